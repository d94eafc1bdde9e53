import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import hre from "hardhat";
import { Contract, ZeroHash } from "ethers";
import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import {
  configToJson,
  deploymentToJson,
  deploySystem,
  genesisBalance,
  parseDeployment,
  parseDeploymentConfig,
  PREDEPLOYS,
  readDeployment,
  readProgramFile,
  type DeploymentConfigInput,
  deploymentWarnings,
} from "../../deployment";
import { MULTICALL3_CODE, MULTICALL3_INIT_CODE } from "../../deployment/artifacts";
import { systemOf } from "../../actor/deployedSystem";
import { isErrorCode, SolventError } from "../../protocol/errors";
import { genesisFromJson } from "../../node/state";
import { compileOnce } from "../../simulator/boards/contracts/compile";
import { deployTestSystem, ETHER, REAL_PROVER, trivialProgram } from "./support/system";

const KEY = "0x00000000000000000000000000000000000000aA";
async function config(extra: Partial<DeploymentConfigInput> = {}): Promise<DeploymentConfigInput> {
  const [, sequencer, user] = await hre.ethers.getSigners();
  return { sequencer: sequencer.address, feeRecipient: KEY, accounts: { [user.address]: 7n * ETHER }, ...extra };
}

function thrown(work: () => unknown): SolventError {
  try {
    work();
  } catch (error) {
    if (error instanceof SolventError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("Deployment", () => {
  before(compileOnce);

  it("deploys the real prover and queue, each naming its peers", async () => {
    const deployer = (await hre.ethers.getSigners())[0];
    const deployment = await deploySystem(deployer, await config(), { contracts: REAL_PROVER });
    const { addresses } = deployment;
    const queue = await hre.ethers.getContractAt("StateRootQueue", addresses.queue);
    const inbox = await hre.ethers.getContractAt("Inbox", addresses.inbox);
    const portal = await hre.ethers.getContractAt("Portal", addresses.portal);
    const bridge = await hre.ethers.getContractAt("TokenBridge", addresses.tokenBridge);
    const same = (actual: string, expected: string) => expect(actual.toLowerCase()).to.equal(expected);
    same(await queue.inbox(), addresses.inbox);
    same(await queue.prover(), addresses.prover);
    same(await inbox.portal(), addresses.portal);
    same(await portal.inbox(), addresses.inbox);
    same(await portal.disputeGameFactory(), addresses.queue);
    same(await bridge.portal(), addresses.portal);
    expect(await queue.genesisOutputRoot()).to.equal(deployment.genesisOutputRoot);
    expect(deployment.programHash).to.equal(trivialProgram().programHash);
    expect(await hre.ethers.provider.getBalance(addresses.portal)).to.equal(7n * ETHER);
    expect(await portal.genesisBalance()).to.equal(genesisBalance(deployment.genesis));
    expect(await hre.ethers.provider.getCode(addresses.multicall3)).to.equal(MULTICALL3_CODE);
  });

  it("changes nothing when run again, by the same file, and makes another system by another one", async () => {
    const deployer = (await hre.ethers.getSigners())[0];
    const first = await deploySystem(deployer, await config(), { contracts: REAL_PROVER });
    const nonce = await deployer.getNonce();
    const made: string[] = [];
    const again = await deploySystem(deployer, configToJson(parseDeploymentConfig(await config())), {
      contracts: REAL_PROVER,
      onContract: (name, _address, isNew) => isNew && made.push(name),
    });
    expect(again).to.deep.equal(first);
    expect(made).to.deep.equal([]);
    expect(await deployer.getNonce()).to.equal(nonce);
    const other = await deploySystem(deployer, await config({ salt: "another" }), { contracts: REAL_PROVER });
    expect(other.addresses.portal).not.to.equal(first.addresses.portal);
    expect(other.genesisOutputRoot).not.to.equal(first.genesisOutputRoot);
  });

  it("V39 makes another system for another program", async () => {
    const deployer = (await hre.ethers.getSigners())[0];
    const input = await config();
    const first = await deploySystem(deployer, input, { contracts: REAL_PROVER });
    const prover = { ...REAL_PROVER.prover, fingerprint: () => "another program" };
    const second = await deploySystem(deployer, input, { contracts: { prover } });
    expect(second.addresses.inbox).not.to.equal(first.addresses.inbox);
  });

  it("goes on where a first attempt broke off", async () => {
    const deployer = (await hre.ethers.getSigners())[0];
    const input = await config({ salt: "interrupted" });
    const stop = new Error("stop");
    const failing = deploySystem(deployer, input, {
      contracts: REAL_PROVER,
      onContract: (name) => {
        if (name === "portal") throw stop;
      },
    });
    expect(
      await failing.then(
        () => null,
        (error: unknown) => error,
      ),
    ).to.equal(stop);
    const made: string[] = [];
    await deploySystem(deployer, input, {
      contracts: REAL_PROVER,
      onContract: (name, _address, isNew) => isNew && made.push(name),
    });
    expect(made).to.deep.equal(["portal", "tokenBridge", "multicall3"]);
  });

  it("makes a contract for claims about sums where they are asked for, by the bounds that the configuration names", async () => {
    const deployer = (await hre.ethers.getSigners())[0];
    // The least bond that the schema takes is the least that the contract takes.
    const sums = { bond: 64n * 7n, demandPrice: 7n, window: 50n, answerTime: 50n };
    const { addresses, ...rest } = await deploySystem(deployer, await config({ sums }), { contracts: REAL_PROVER });
    const contract = await hre.ethers.getContractAt("SumRoots", addresses.sumRoots!);
    expect((await contract.portal()).toLowerCase()).to.equal(addresses.portal);
    const { bond, demandPrice, window, answerTime } = sums;
    for (const [key, value] of Object.entries({ bond, demandPrice, window, answerTime }))
      expect(await contract.getFunction(key)(), key).to.equal(value);
    const factory = await hre.ethers.getContractFactory("SumRoots");
    for (const args of [
      [bond - 1n, demandPrice, window, answerTime],
      [bond, demandPrice, window - 1n, answerTime],
    ] as const)
      await expect(factory.deploy(addresses.portal, ...args)).to.be.revertedWithCustomError(factory, "BadParameter");
    expect(parseDeployment({ addresses, ...rest }).addresses.sumRoots).to.equal(addresses.sumRoots);
    const { deployment: without } = await loadFixture(deployTestSystem);
    expect(without.addresses).not.to.have.property("sumRoots");
  });

  it("V39 states the genesis that every node recomputes", async () => {
    const { deployment } = await loadFixture(deployTestSystem);
    const genesis = genesisFromJson(deployment.genesis, { get: () => undefined, put: () => undefined });
    expect(genesis.outputRoot).to.equal(deployment.genesisOutputRoot);
    expect(genesis.blockHash).to.equal(deployment.genesisBlockHash);
  });

  it("writes predeploys, configuration and peers into genesis", async () => {
    const { deployment } = await loadFixture(deployTestSystem);
    const { alloc } = deployment.genesis;
    const slot = (index: number) => `0x${index.toString(16).padStart(64, "0")}`;
    const info = alloc[PREDEPLOYS.l1BlockInfo].storage!;
    const values = [31_338n, 30_000_000n, 1_000_000n, BigInt(PREDEPLOYS.feeVault), 38_400n, 86_400n, 300n];
    for (const [index, value] of values.entries()) expect(BigInt(info[slot(0x100 + index)])).to.equal(value);
    expect(BigInt(alloc[PREDEPLOYS.l2Bridge].storage![slot(0)])).to.equal(BigInt(deployment.addresses.tokenBridge));
    for (const address of Object.values(PREDEPLOYS)) {
      expect(alloc[address].code, address).to.match(/^0x[0-9a-f]+$/);
      expect(alloc[address].nonce).to.equal("1");
    }
    expect(alloc[PREDEPLOYS.messagePasser].storage).to.equal(undefined);
  });

  it("predicts addresses as the Deployer does, for each caller apart", async () => {
    const { deployment, deployer, user } = await loadFixture(deployTestSystem);
    const contract = await hre.ethers.getContractAt("Deployer", deployment.deployer);
    const [own, foreign] = await Promise.all(
      [deployer, user].map(async (signer) => contract.addressOf(await signer.getAddress(), ZeroHash)),
    );
    expect(own).not.to.equal(foreign);
    const call = contract.connect(user).getFunction("deploy");
    await expect(call(ZeroHash, MULTICALL3_INIT_CODE))
      .to.emit(contract, "Deployed")
      .withArgs(await user.getAddress(), ZeroHash, foreign);
    await expect(call(ZeroHash, MULTICALL3_INIT_CODE)).to.be.reverted;
  });

  it("carries Multicall3 as npm has it", async () => {
    const path = join(require.resolve("viem/package.json"), "..", "_cjs", "constants", "contracts.js");
    const { multicall3Bytecode } = require(path) as { multicall3Bytecode: string };
    expect(MULTICALL3_INIT_CODE).to.equal(multicall3Bytecode);
    const deployer = (await hre.ethers.getSigners())[0];
    const sent = await deployer.sendTransaction({ data: MULTICALL3_INIT_CODE });
    const address = (await sent.wait())!.contractAddress!;
    expect(await hre.ethers.provider.getCode(address)).to.equal(MULTICALL3_CODE);
    const multicall = new Contract(address, ["function getChainId() view returns (uint256)"], deployer);
    expect(await multicall.getChainId()).to.equal(31_337n);
  });

  it("V39 V40 lets no node start whose program is not the one that L1 judges", async () => {
    const { deployment } = await loadFixture(deployTestSystem);
    const own = { ...deployment, programHash: readProgramFile().programHash };
    expect(systemOf(own).genesisOutputRoot).to.equal(deployment.genesisOutputRoot);
    const error = thrown(() => systemOf({ ...own, programHash: trivialProgram().programHash }));
    expect(error.code).to.equal("program-mismatch");
    expect(error.message).to.include(own.programHash).and.include(trivialProgram().programHash);
  });

  it("writes and reads one JSON file, and refuses a damaged one by name", async () => {
    const { deployment } = await loadFixture(deployTestSystem);
    const folder = mkdtempSync(join(tmpdir(), "solvent-deploy-"));
    try {
      const file = join(folder, "deployment.json");
      writeFileSync(file, deploymentToJson(deployment));
      expect(readDeployment(file)).to.deep.equal(deployment);
      const json = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
      const error = thrown(() => parseDeployment({ ...json, genesisOutputRoot: "0x12" }));
      expect(error.code).to.equal("deployment-invalid");
      expect(error.message).to.include("genesisOutputRoot");
      writeFileSync(file, "{");
      expect(
        isErrorCode(
          thrown(() => readDeployment(file)),
          "deployment-invalid",
        ),
      ).to.equal(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("Deployment configuration", () => {
  const valid = { sequencer: KEY, feeRecipient: KEY };

  it("V09 names the key that is wrong", () => {
    const cases: [object, string][] = [
      [{ ...valid, sequencer: "0x12" }, "sequencer"],
      [{ ...valid, sequencer: `0x${"00".repeat(20)}` }, "sequencer"],
      [{ feeRecipient: KEY }, "sequencer"],
      [{ ...valid, blockGasLimit: 999_999 }, "blockGasLimit"],
      [{ ...valid, blockGasLimit: 30_000_001 }, "blockGasLimit"],
      [{ ...valid, forceDelay: "1e3" }, "forceDelay"],
      [{ ...valid, accounts: { [KEY]: -1 } }, "accounts"],
      [{ ...valid, game: { heights: [10, 16, 17] } }, "game.heights"],
      [{ ...valid, game: { heights: [0, 20, 20] } }, "game.heights"],
      [{ ...valid, game: { stakes: [0, 1, 1] } }, "game.stakes"],
      [{ ...valid, game: { challengePeriod: 53, responseTime: 1 } }, "game.challengePeriod"],
      [{ ...valid, game: { challengePeriod: 60, responseTime: 1, censorshipTime: 7 } }, "game.challengePeriod"],
      [{ ...valid, colour: "red" }, "colour"],
    ];
    for (const [input, key] of cases) {
      const error = thrown(() => parseDeploymentConfig(input));
      expect(error.code).to.equal("config-invalid");
      expect(error.message).to.include(key);
    }
  });

  it("I4 warns of a challenge period under seven days, and names the risk", () => {
    const week = parseDeploymentConfig(valid);
    expect(deploymentWarnings(week)).to.deep.equal([]);
    expect(week.game.censorshipTime).to.equal(604_800n - 53n * 3_600n - 1n);
    const short = parseDeploymentConfig({ ...valid, game: { challengePeriod: 604_799, censorshipTime: 5 } });
    expect(deploymentWarnings(short).join()).to.include("604799 s, less than seven days").and.include("5 s");
    expect(deploymentWarnings(short).join()).to.include("take all funds");
  });

  it("takes numbers in every form and fills in the defaults", () => {
    const parsed = parseDeploymentConfig({
      ...valid,
      chainId: "0x10",
      blockGasLimit: "2000000",
      forceDelay: 5,
      isDevnet: true,
      game: { challengePeriod: 60, responseTime: 1 },
    });
    expect(parsed.game.censorshipTime, "what the period leaves").to.equal(6n);
    expect(parsed).to.include({ chainId: 16n, blockGasLimit: 2_000_000n, forceDelay: 5n, maxAhead: 300n });
    expect(parsed.game.heights).to.deep.equal([16n, 17n, 17n]);
  });
});
