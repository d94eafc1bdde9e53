import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import hre from "hardhat";
import { getBytes, hexlify } from "ethers";
import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { readArtifact } from "../../deployment";
import { PREDEPLOY_CONTRACTS } from "../../protocol/predeploys";
import { compileOnce } from "../../simulator/boards/contracts/compile";
import { testsOf } from "../support/customErrors";
import { globSync } from "../support/glob";
import { assertOutput, queueOf } from "./support/assertions";
import { deployRealSystem, ETHER, FORCE_DELAY } from "./support/system";

const ROOT = join(__dirname, "..", "..");
const [CALLCODE, DELEGATECALL, SELFDESTRUCT] = [0xf2, 0xf4, 0xff];
const FORBIDDEN = new Map([
  [CALLCODE, "CALLCODE"],
  [DELEGATECALL, "DELEGATECALL"],
  [SELFDESTRUCT, "SELFDESTRUCT"],
]);
/** A clone's code (EIP-1167): copies calldata, delegates to the address at byte 10, hands on what comes back. */
const CLONE = /^0x363d3d373d3d3d363d73([0-9a-f]{40})5af43d82803e903d91602b57fd5bf3([0-9a-f]*)$/;

/** After these nothing is executed before the next JUMPDEST: STOP, JUMP, RETURN, REVERT, INVALID, SELFDESTRUCT. */
const LAST_OPS = new Set([0x00, 0x56, 0xf3, 0xfd, 0xfe, 0xff]);
const JUMPDEST = 0x5b;

/**
 * Names of forbidden instructions in runtime code. What stands behind a JUMPDEST counts as executed, whoever jumps there, so data may be
 * taken for code but never code for data.
 */
function forbiddenIn(code: string): string[] {
  const bytes = getBytes(code);
  const found: string[] = [];
  let isLive = true;
  for (let at = 0; at < bytes.length; at++) {
    const op = bytes[at];
    isLive ||= op === JUMPDEST;
    const name = FORBIDDEN.get(op);
    if (isLive && name !== undefined) found.push(name);
    if (LAST_OPS.has(op)) isLive = false;
    if (op >= 0x60 && op <= 0x7f) at += op - 0x5f;
  }
  return found;
}

/** Functions of a contract that may change state, by name. */
function changing(source: string): string[] {
  const { abi } = readArtifact(source) as unknown as { abi: { type: string; name: string; stateMutability: string }[] };
  return abi
    .filter(({ type, stateMutability }) => type === "function" && !["view", "pure"].includes(stateMutability))
    .map(({ name }) => name)
    .sort();
}

/**
 * L2BEAT's framework (stages, risk view, recategorisation), row by row: what holds by code, each row under its name. Rows that other
 * files test name those tests, and it is checked that they stand.
 */
describe("Stage 2", function () {
  this.timeout(120_000);
  before(compileOnce);

  it("no upgrade path: no contract destroys itself or runs foreign code as its own", async () => {
    const { deployment, user } = await loadFixture(deployRealSystem);
    const { queue, ...others } = deployment.addresses;
    for (const [name, address] of Object.entries({ ...others, deployer: deployment.deployer }))
      expect(forbiddenIn(await hre.ethers.provider.getCode(address)), name).to.deep.equal([]);
    for (const contract of Object.values(PREDEPLOY_CONTRACTS))
      expect(forbiddenIn(readArtifact(`l2/${contract}`).deployedBytecode), contract).to.deep.equal([]);
    expect(forbiddenIn(await hre.ethers.provider.getCode(queue)), "the queue's multicall").to.deep.equal([
      "DELEGATECALL",
    ]);

    // That one is the queue itself, whoever calls and whatever with.
    const contract = queueOf(deployment, user);
    const calls = ["deposit", "update"].map((name) =>
      contract.interface.encodeFunctionData(name, name === "update" ? [[]] : []),
    );
    const sent = await contract.multicall(calls);
    const trace = (await hre.network.provider.send("debug_traceTransaction", [sent.hash])) as {
      structLogs: { op: string; stack: string[] }[];
    };
    const targets = trace.structLogs
      .filter(({ op }) => op === "DELEGATECALL")
      .map(({ stack }) => stack.at(-2)!.slice(-40));
    expect(targets).to.deep.equal([queue.slice(2), queue.slice(2)]);

    // The clones delegate to one implementation for ever, and that runs nobody's code.
    const output = { stateRoot: deployment.genesisOutputRoot, messagePasserStorageRoot: deployment.genesisOutputRoot };
    const { game } = await assertOutput(deployment, user, { ...output, header: "0xc9808080808080808005" });
    const [, implementation, constants] = CLONE.exec(await hre.ethers.provider.getCode(game))!;
    expect(forbiddenIn(await hre.ethers.provider.getCode(`0x${implementation}`))).to.deep.equal([]);
    expect(constants.length).to.equal(5 * 64);
  });

  it("no upgrade path: the check itself finds each forbidden instruction, and none in data", () => {
    expect(forbiddenIn("0x5ff4")).to.deep.equal(["DELEGATECALL"]);
    expect(forbiddenIn("0x5ff25fff")).to.deep.equal(["CALLCODE", "SELFDESTRUCT"]);
    expect(forbiddenIn(`0x7f${"f4".repeat(32)}00`)).to.deep.equal([]);
    expect(forbiddenIn("0x60f400fff4"), "behind a STOP").to.deep.equal([]);
    expect(forbiddenIn("0x00fff45bf400"), "behind a place to jump to").to.deep.equal(["DELEGATECALL"]);
  });

  it("no owner, proxy, pause or allow-list: these functions change state, and three of them ask who calls", async () => {
    const portal = [
      "depositTransaction",
      "exitDeposit",
      "exitEther",
      "exitWithdrawal",
      "finalizeWithdrawalTransaction",
      "finalizeWithdrawalTransactionExternalProof",
      "proveTrap",
      "proveWithdrawalTransaction",
    ];
    expect({
      inbox: changing("inbox/Inbox"),
      portal: changing("bridge/Portal"),
      tokenBridge: changing("bridge/TokenBridge"),
      braked: [changing("bridge/BrakedPortal"), changing("bridge/BrakedTokenBridge")],
      prover: changing("vm/OneStepProver"),
    }).to.deep.equal({
      inbox: ["forceInclude", "postBatch", "sendDeposit", "sendMessage"],
      portal,
      tokenBridge: ["depositToken", "exitToken", "exitTokenDeposit", "releaseToken"],
      braked: [portal, ["depositToken", "exitToken", "exitTokenDeposit", "releaseHeld", "releaseToken"]],
      prover: [],
    });
    const { deployment, other } = await loadFixture(deployRealSystem);
    const inbox = await hre.ethers.getContractAt("Inbox", deployment.addresses.inbox, other);
    const bridge = await hre.ethers.getContractAt("TokenBridge", deployment.addresses.tokenBridge, other);
    const zero = `0x${"00".repeat(32)}`;
    await expect(inbox.postBatch(0, zero, 0, zero, "0x")).to.be.revertedWithCustomError(inbox, "NotSequencer");
    await expect(
      inbox.sendDeposit(deployment.addresses.inbox, deployment.addresses.inbox, 1, 0, 21_000, false, "0x"),
    ).to.be.revertedWithCustomError(inbox, "NotPortal");
    const account = await other.getAddress();
    await expect(bridge.releaseToken(account, account, account, 1n)).to.be.revertedWithCustomError(
      bridge,
      "NotL2Bridge",
    );
  });

  it("sequencer failure: force delay at most 7 days, and then in by one call of anybody's", async () => {
    const factory = await hre.ethers.getContractFactory("Inbox");
    const key = "0x00000000000000000000000000000000000000aa";
    await expect(factory.deploy(key, `0x${"bb".repeat(20)}`, 30_000_000, 7 * 86_400 + 1))
      .to.be.revertedWithCustomError(factory, "BadParameter")
      .withArgs(hre.ethers.encodeBytes32String("forceDelay"));
    const { deployment, user, other } = await loadFixture(deployRealSystem);
    const inbox = await hre.ethers.getContractAt("Inbox", deployment.addresses.inbox, user);
    const stranger = await hre.ethers.getContractAt("Inbox", deployment.addresses.inbox, other);
    expect((await inbox.forceDelay()) <= 7n * 86_400n).to.equal(true);
    await (await inbox.sendMessage(key, 0, 100_000, false, "0x")).wait();
    await time.increase(FORCE_DELAY);
    await (await stranger.forceInclude(0, 1)).wait();
    expect(await inbox.consumedCount()).to.equal(1n);
  });

  it("proposer failure: anyone proposes, with a stake that somebody else lends, and pays it back", async () => {
    const { deployment, user, other } = await loadFixture(deployRealSystem);
    const queue = queueOf(deployment, other);
    const stake = (await queue.stakeOf(0)) as bigint;
    const borrower = hre.ethers.Wallet.createRandom().connect(hre.ethers.provider);
    await (await user.sendTransaction({ to: borrower.address, value: stake + ETHER / 100n })).wait();
    const output = { stateRoot: deployment.genesisOutputRoot, messagePasserStorageRoot: deployment.genesisOutputRoot };
    const assertion = await assertOutput(deployment, borrower, { ...output, header: "0xc9808080808080808005" });
    await assertion.confirm();
    const lender = hexlify(hre.ethers.randomBytes(20));
    await (await queueOf(deployment, borrower).withdraw(lender)).wait();
    expect(await hre.ethers.provider.getBalance(lender)).to.equal(stake);
  });

  it("state validation: the challenge period is on L1 for everybody to read, and what it survives", async () => {
    const { deployment, user } = await loadFixture(deployRealSystem);
    const queue = queueOf(deployment, user);
    const heights = await Promise.all([0, 1, 2].map((level) => queue.heightOf(level) as Promise<bigint>));
    const answers = heights.reduce((sum, height) => sum + height, 3n);
    const [period, answer, censored] = [
      await queue.challengePeriod(),
      await queue.responseTime(),
      await queue.censorshipTime(),
    ];
    expect(period > answers * answer + censored).to.equal(true);
  });

  /** Rows whose tests stand elsewhere: part of a title, by file. */
  const ELSEWHERE: Record<string, readonly [file: string, title: string][]> = {
    "stage 0: state roots on L1": [["test/contracts/queue.test.ts", "V02 V08 takes the same assertion once"]],
    "stage 0: data on L1, and a node that rebuilds the chain from L1 alone": [
      ["test/contracts/inbox.test.ts", "appends records that protocol computes from the events alone"],
      ["test/e2e/walkaway.test.ts", "exit with every actor deleted and the stake borrowed"],
    ],
    "stage 0: five outsiders may challenge, by fraud proofs that anyone makes": [
      ["test/e2e/fraud.test.ts", ""],
      ["test/contracts/game/play.test.ts", ""],
    ],
    "stage 1: nobody can block or forge a message of the bridge": [
      ["test/contracts/bridge.portal.test.ts", "V48"],
      ["test/contracts/bridge.portal.test.ts", "V49"],
      ["test/vm/repriced.test.ts", "V67 never takes a valid call"],
    ],
    "stage 1: users leave without any operator": [
      ["test/e2e/walkaway.test.ts", "exit with every actor deleted and the stake borrowed"],
      ["test/contracts/exit.test.ts", ""],
    ],
    "stage 1: program and sources reproducible, its hash on L1, other nodes refused": [
      ["test/stf/pins.test.ts", ""],
      ["test/contracts/deploy.test.ts", "V39 V40 lets no node start"],
      ["test/contracts/deploy.order.test.ts", "A1 says at start"],
    ],
    "data availability: on chain, enforced by the proof": [
      ["test/contracts/inbox.limits.test.ts", "V37 finds the same after the inbox has grown"],
      ["test/vm/gasHost.test.ts", "V34 reads a word of"],
    ],
  };
  for (const [row, tests] of Object.entries(ELSEWHERE))
    it(`${row}: its tests stand`, () => {
      const files = globSync(join(ROOT, "test"), /\.(test|full)\.ts$/);
      for (const [file, title] of tests) {
        const path = join(ROOT, file);
        expect(files, file).to.include(path);
        const titles = testsOf(readFileSync(path, "utf8")).map((test) => test.title);
        expect(
          titles.some((found) => found.startsWith(title)),
          `${file}: ${title}`,
        ).to.equal(true);
      }
    });
});
