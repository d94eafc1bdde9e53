import { expect } from "chai";
import hre from "hardhat";
import { time } from "@nomicfoundation/hardhat-network-helpers";
import { keccak256, ZeroAddress, ZeroHash, type Signer } from "ethers";
import { requireQueueAgrees } from "../../actor/agreement";
import { maxPrecompileInputOf, requireProverCovers } from "../../actor/proverBound";
import type { RollupSystem } from "../../actor/system";
import {
  deploySystem,
  describeDeployment,
  parseDeploymentConfig,
  planDeployment,
  SYSTEM_CONTRACTS,
  standardContracts,
  type Deployment,
  type DeploymentConfigInput,
  type DeploymentPlan,
} from "../../deployment";
import { ensureDeployer } from "../../deployment/ensureDeployer";
import { createSystemModule } from "../../deployment/ignition/modules/system";
import { L1Rpc } from "../../node/l1/rpc";
import { genesisFromJson } from "../../node/state";
import { OverlayNodeStore } from "../../node/store/nodeStore";
import { ZERO_HASH } from "../../protocol";
import type { Hex } from "../../protocol/types";
import { compileOnce } from "../../simulator/boards/contracts/compile";
import { assertOutput, queueOf } from "./support/assertions";
import { ETHER, REAL_PROVER } from "./support/system";

const EMPTY = { batchCount: 0, lastBatch: ZERO_HASH, delayedCount: 0, lastDelayed: ZERO_HASH };
const OUTPUT = {
  stateRoot: keccak256("0x01") as Hex,
  messagePasserStorageRoot: ZERO_HASH,
  header: "0xc9808080808080808005",
};
const contracts = REAL_PROVER;
const planOf = (from: string, input: DeploymentConfigInput): ReturnType<typeof planDeployment> => {
  const config = parseDeploymentConfig(input);
  return planDeployment(from, config, { ...standardContracts(config), ...REAL_PROVER });
};

/** Hardhat's in-process network as an actor's L1. */
class InProcessL1 extends L1Rpc {
  constructor() {
    super("in process");
  }

  override async exchange(method: string, params: unknown[]) {
    return hre.network.provider.send(method, params).then(
      (result: unknown) => ({ result }),
      ({ message }: Error) => ({ error: { code: 3, message } }),
    );
  }
}

/** What an actor knows of a system. */
function systemOf({ addresses, genesisOutputRoot }: Deployment): RollupSystem {
  return { ...addresses, genesisOutputRoot } as never;
}

async function config(salt: string): Promise<DeploymentConfigInput> {
  const [, sequencer, , other] = await hre.ethers.getSigners();
  return {
    ...{ sequencer: sequencer.address, feeRecipient: other.address, salt },
    game: { heights: [2, 17, 17], challengePeriod: 100, responseTime: 1 },
  };
}

/** All that a stranger may call of what stands by now; returns how many calls went through. */
async function meddle(plan: DeploymentPlan, stranger: Signer): Promise<number> {
  const { addresses } = plan;
  const gas = { gasLimit: 3_000_000n };
  const at = async (name: string, address: string) => (await hre.ethers.getContractAt(name, address)).connect(stranger);
  const inbox = await at("Inbox", addresses.inbox);
  const portal = await at("Portal", addresses.portal);
  const queue = await at("StateRootQueue", addresses.queue);
  const bridge = await at("TokenBridge", addresses.tokenBridge);
  const deployer = await at("Deployer", await ensureDeployer(stranger));
  const self = await stranger.getAddress();
  const any = (contract: unknown, name: string, ...args: unknown[]) => {
    const target = contract as { target: string; getFunction(name: string): (...args: unknown[]) => Promise<unknown> };
    return async () => {
      if ((await hre.ethers.provider.getCode(target.target)) === "0x") throw new Error("nothing there");
      return target.getFunction(name)(...args);
    };
  };
  const output = { ...OUTPUT };
  const origin = { above: ZeroHash, start: plan.genesis.outputRoot, inbox: ZeroHash };
  const attempts = [
    any(inbox, "sendMessage", self, 0n, 21_000n, false, "0x", gas),
    any(inbox, "sendMessage", ZeroAddress, 1n, 100_000n, true, "0x00", gas),
    any(inbox, "sendDeposit", self, self, ETHER, 0n, 21_000n, false, "0x", gas),
    any(inbox, "forceInclude", 0n, 1n, gas),
    any(inbox, "postBatch", 0n, ZeroHash, 0n, ZeroHash, "0x", gas),
    any(portal, "depositTransaction", self, 5n, 50_000n, false, "0x", { ...gas, value: 5n }),
    any(queue, "deposit", { ...gas, value: 2n * ETHER }),
    any(queue, "assertState", origin, ZeroHash, output, [ZeroHash, ZeroHash], gas),
    any(bridge, "depositToken", self, self, self, 1n, gas),
    // ether to where the next contracts will stand, and the same code under the same salts
    () => stranger.sendTransaction({ to: addresses.queue, value: 1n, gasLimit: 100_000n }),
    () => stranger.sendTransaction({ to: addresses.portal, value: 1n, gasLimit: 500_000n }),
    ...plan.contracts.map(({ salt, initCode }) => any(deployer, "deploy", salt, initCode, { gasLimit: 16_000_000n })),
  ];
  let done = 0;
  for (const attempt of attempts)
    await attempt().then(
      () => done++,
      () => undefined,
    );
  return done;
}

/** Rationale: whoever starts from this file is believed, and what is right is taken. */
async function expectSound(deployment: Deployment): Promise<void> {
  const [, , user] = await hre.ethers.getSigners();
  const queue = queueOf(deployment, user);
  expect(await queue.isConfirmed(await queue.genesis(), deployment.genesisOutputRoot, EMPTY)).to.equal(true);
  await requireQueueAgrees(new InProcessL1(), systemOf(deployment));
  const assertion = await assertOutput(deployment, user, OUTPUT as never);
  expect((await queue.edge(assertion.id)).status).to.equal(1n);
}

describe("Deployment: whatever comes between its transactions (A1)", function () {
  this.timeout(300_000);
  before(compileOnce);

  for (const [index, name] of SYSTEM_CONTRACTS.entries())
    it(`V66 binds the empty inbox when strangers meddle for days before the ${name} is made`, async () => {
      const [deployer, , , stranger] = await hre.ethers.getSigners();
      const input = await config(`before ${name}`);
      const plan = planOf(deployer.address, input);
      const stop = new Error("stop");
      const first = deploySystem(deployer, input, {
        contracts,
        onContract: (next) => {
          if (next === name) throw stop;
        },
      });
      expect(await first.catch((error: unknown) => error)).to.equal(stop);
      const done = await meddle(plan, stranger);
      if (index > 0) expect(done, "calls that went through").to.be.greaterThan(1);
      await time.increase(10 * 86_400);
      await meddle(plan, stranger);
      await expectSound(await deploySystem(deployer, input, { contracts }));
    });

  it("V66 binds the empty inbox when strangers meddle before every single one", async () => {
    const [deployer, , , stranger] = await hre.ethers.getSigners();
    const input = await config("before each");
    const plan = planOf(deployer.address, input);
    for (const name of SYSTEM_CONTRACTS.slice(1)) {
      const stop = new Error("stop");
      const part = deploySystem(deployer, input, {
        contracts,
        onContract: (next) => {
          if (next === name) throw stop;
        },
      });
      expect(await part.catch((error: unknown) => error)).to.equal(stop);
      await meddle(plan, stranger);
      await time.increase(86_400);
    }
    await expectSound(await deploySystem(deployer, input, { contracts }));
  });

  it("V66 makes two systems of two deployers at once, and one of one who deploys twice at once", async () => {
    const [deployer, , , other] = await hre.ethers.getSigners();
    const input = await config("at once");
    const both = await Promise.all([deployer, other].map((by) => deploySystem(by, input, { contracts })));
    expect(both[0].addresses.inbox).not.to.equal(both[1].addresses.inbox);
    for (const deployment of both) await expectSound(deployment);
    const twice = await config("twice at once");
    const attempts = [deployer, deployer].map((by) => deploySystem(by, twice, { contracts }));
    await Promise.allSettled(attempts);
    await expectSound(await deploySystem(deployer, twice, { contracts }));
  });

  it("V66 binds the empty inbox when Ignition deploys and a stranger sends messages all the while", async () => {
    const [deployer, , , stranger] = await hre.ethers.getSigners();
    const plan = planOf(deployer.address, await config("by Ignition"));
    const module = createSystemModule(plan, await ensureDeployer(deployer));
    let isOver = false;
    let early = 0;
    const hasCode = async (address: string) => (await hre.ethers.provider.getCode(address)) !== "0x";
    const inbox = await hre.ethers.getContractAt("Inbox", plan.addresses.inbox, stranger);
    const meddler = (async () => {
      for (; !isOver; await new Promise((resolve) => setTimeout(resolve, 5))) {
        if (!(await hasCode(plan.addresses.inbox))) continue;
        const sent = await inbox.sendMessage(stranger.address, 0n, 21_000n, false, "0x");
        await sent.wait();
        if (!(await hasCode(plan.addresses.queue))) early++;
      }
    })();
    try {
      await hre.ignition.deploy(module, { config: { blockPollingInterval: 50, requiredConfirmations: 1 } });
    } finally {
      isOver = true;
      await meddler;
    }
    expect(early, "messages before the queue stood").to.be.greaterThan(0);
    await expectSound(await describeDeployment(deployer, plan));
  });

  it("A1 says at start which queue is not its own: another genesis, inbox, a stranger's contract, nothing at all", async () => {
    const [deployer, , user] = await hre.ethers.getSigners();
    const l1 = new InProcessL1();
    const deployment = await deploySystem(deployer, await config("asked"), { contracts });
    const other = await deploySystem(deployer, await config("another"), { contracts });
    const { inbox, prover } = deployment.addresses;
    const found = await hre.ethers.getContractAt("Inbox", inbox, user);
    await (await found.sendMessage(inbox, 0n, 21_000n, false, "0x")).wait();
    // As the faulty version made it: bound to the inbox that it found.
    const argument = {
      ...{ heights: [2, 17, 17], stakes: [1n, 1n, 1n], challengePeriod: 100, responseTime: 1, censorshipTime: 0 },
      ...{ genesisOutputRoot: deployment.genesisOutputRoot, inbox, prover },
    };
    const faulty = await hre.ethers.deployContract("ToyQueue", [argument]);
    const asked = (change: Partial<RollupSystem>) =>
      requireQueueAgrees(l1, { ...systemOf(deployment), ...change }).then(
        () => "agreed",
        (error: { code: string; message: string }) => error.code,
      );
    expect(await asked({})).to.equal("agreed");
    expect(await asked({ queue: String(faulty.target).toLowerCase() as Hex }), "bound to a message").to.equal(
      "queue-mismatch",
    );
    expect(await asked({ genesisOutputRoot: other.genesisOutputRoot })).to.equal("queue-mismatch");
    expect(await asked({ queue: other.addresses.queue })).to.equal("queue-mismatch");
    expect(await asked({ inbox: other.addresses.inbox })).to.equal("queue-mismatch");
    expect(await asked({ queue: deployment.addresses.tokenBridge })).to.equal("queue-mismatch");
    expect(await asked({ queue: `0x${"77".repeat(20)}` })).to.equal("l1-queue-missing");
  });

  it("B8 lets no node start where genesis allows a precompile more than the queue's prover can prove", async () => {
    const [deployer] = await hre.ethers.getSigners();
    const l1 = new InProcessL1();
    const deployment = await deploySystem(deployer, await config("prover asked"), { contracts });
    const { inbox, queue } = deployment.addresses;
    const asked = (allowed: bigint, at: Hex = queue) =>
      requireProverCovers(l1, at, allowed).then(
        () => "covered",
        (error: { code: string }) => error.code,
      );
    for (const [allowed, answer] of [
      [38_400n, "covered"],
      [1n, "covered"],
      [38_401n, "queue-mismatch"],
      [0n, "queue-mismatch"],
    ] as const)
      expect(await asked(allowed), `${allowed} bytes`).to.equal(answer);
    // A prover that names no bound.
    const prover = await hre.ethers.deployContract("ToyProver", [inbox, 8, 2n ** 40n, 2n ** 40n]);
    const argument = {
      ...{ heights: [2, 17, 17], stakes: [1n, 1n, 1n], challengePeriod: 100, responseTime: 1, censorshipTime: 0 },
      ...{ genesisOutputRoot: deployment.genesisOutputRoot, inbox, prover: prover.target },
    };
    const other = await hre.ethers.deployContract("ToyQueue", [argument]);
    expect(await asked(38_400n, String(other.target).toLowerCase() as Hex)).to.equal("queue-mismatch");
    const store = new OverlayNodeStore();
    const { header } = genesisFromJson(deployment.genesis, store);
    expect(maxPrecompileInputOf(store, header.stateRoot)).to.equal(38_400n);
  });
});
