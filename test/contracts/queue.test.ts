import { expect } from "chai";
import hre from "hardhat";
import { loadFixture, mine, time } from "@nomicfoundation/hardhat-network-helpers";
import {
  concat,
  Contract,
  encodeRlp,
  getAddress,
  Interface,
  keccak256,
  toBeHex,
  ZeroAddress,
  ZeroHash,
  type Signer,
} from "ethers";
import type { Hex } from "../../protocol/types";
import { readArtifact } from "../../deployment";
import { assertArgs, assertOutput, genesisOrigin, queueOf, waitOut, type OutputPreimage } from "./support/assertions";
import { deployRealSystem } from "./support/system";

type RealSystem = Awaited<ReturnType<typeof deployRealSystem>>;
const ROOT = keccak256("0x01") as Hex;
let system: RealSystem;
let queue: Contract;
let stake: bigint;

/** A header with that number where the number stands, and little else. */
function header(number: string, before = Array<string>(8).fill("0x"), after = ["0x05"]): Hex {
  return encodeRlp([...before, number, ...after]) as Hex;
}

function output(bytes: Hex, stateRoot = ROOT): OutputPreimage {
  return { stateRoot, messagePasserStorageRoot: ROOT, header: bytes };
}

async function tryAssert(preimage: OutputPreimage, past?: Hex, signer: Signer = system.user) {
  const own = queueOf(system.deployment, signer);
  const args = assertArgs(system.deployment, await genesisOrigin(system.deployment, own), preimage, past);
  return own.assertState(args.origin, args.root, args.output, args.spine);
}

/** Rationale: the queue's ether is balances, stakes of open edges, and what was burnt; nothing else comes in or stays. */
async function expectStakesCovered(): Promise<void> {
  const accounts = [system.user, system.other, system.deployer, system.sequencer];
  let owed = (await queue.burnt()) as bigint;
  for (const account of accounts) owed += (await queue.balanceOf(await account.getAddress())) as bigint;
  for (const account of contracts) owed += (await queue.balanceOf(account)) as bigint;
  for (let i = 0n; i < (await queue.gameCount()); i++) {
    const { id } = await queue.assertionOfGame((await queue.gameAtIndex(i)).proxy);
    const { status, stakeMoved } = (await queue.edge(id)) as { status: bigint; stakeMoved: boolean };
    if (status === 1n) owed += stake;
    // One stake for both, until the upper assertion is confirmed.
    if (stakeMoved && status !== 3n) owed -= stake;
  }
  expect(await hre.ethers.provider.getBalance(queue.target)).to.equal(owed);
}
/** Contracts that hold balances in the running test. */
let contracts: string[];

describe("State root queue: what it keeps, and what it reads", () => {
  beforeEach(async () => {
    system = await loadFixture(deployRealSystem);
    queue = queueOf(system.deployment, system.user);
    stake = await queue.stakeOf(0);
    contracts = [];
  });
  afterEach(expectStakesCovered);

  it("V45 takes the block number from the header that the output root fixes", async () => {
    await (await queue.deposit({ value: 8n * stake })).wait();
    const cases: [string, bigint][] = [
      ["0x", 0n],
      ["0x01", 1n],
      ["0x7f", 127n],
      ["0x80", 128n],
      ["0x0100", 256n],
      ["0xffffffffffffffff", 2n ** 64n - 1n],
    ];
    for (const [index, [number, expected]] of cases.entries()) {
      await (await tryAssert(output(header(number)))).wait();
      const { id } = await queue.assertionOfGame((await queue.gameAtIndex(index)).proxy);
      expect((await queue.assertionOf(id)).l2BlockNumber).to.equal(expected);
    }
    const args = assertArgs(system.deployment, await genesisOrigin(system.deployment, queue), output(header("0x09")));
    const other = { ...args.output, header: header("0x0a") };
    await expect(queue.assertState(args.origin, args.root, other, args.spine)).to.be.revertedWithCustomError(
      queue,
      "RootMismatch",
    );
  });

  it("V10 refuses a header without a block number of at most 64 bits", async () => {
    await (await queue.deposit({ value: 2n * stake })).wait();
    const list = (payload: string) => concat([toBeHex(0xc0 + (payload.length - 2) / 2), payload]) as Hex;
    const nine = "0x010000000000000000";
    const malformed: [string, Hex][] = [
      ["none at all", "0x"],
      ["no list", "0x80"],
      ["a list cut off", concat([header("0x01"), "0x"]).slice(0, -2) as Hex],
      ["bytes behind the list", concat([header("0x01"), "0x00"]) as Hex],
      ["too few fields", encodeRlp(Array<string>(8).fill("0x")) as Hex],
      ["a list for a number", header([] as never)],
      ["nine bytes", header(nine)],
      ["a leading zero", list("0x8080808080808080" + "820001")],
      ["a field cut off", list("0x8080808080808080" + "88ff")],
      ["a length cut off", list("0x80808080808080b9")],
    ];
    for (const [what, bytes] of malformed) {
      await expect(tryAssert(output(bytes)), what).to.be.revertedWithCustomError(queue, "MalformedHeader");
    }
    const long = `0x${"11".repeat(300)}`;
    await (await tryAssert(output(header("0x0102", ["0x", "0x", long, "0x", "0x", "0x", "0x", "0x"])))).wait();
    expect((await queue.assertionOfGame((await queue.gameAtIndex(0)).proxy)).l2BlockNumber).to.equal(0x0102n);
  });

  it("takes the zero root without a header, and only both together", async () => {
    await (await queue.deposit({ value: stake })).wait();
    const zero = ZeroHash as Hex;
    for (const preimage of [
      { stateRoot: ROOT, messagePasserStorageRoot: zero, header: "0x" as Hex },
      { stateRoot: zero, messagePasserStorageRoot: ROOT, header: "0x" as Hex },
    ]) {
      await expect(tryAssert(preimage)).to.be.revertedWithCustomError(queue, "MalformedHeader");
    }
    await (await tryAssert({ stateRoot: zero, messagePasserStorageRoot: zero, header: "0x" })).wait();
    const { outputRoot } = await queue.assertionOfGame((await queue.gameAtIndex(0)).proxy);
    expect(outputRoot).to.equal(ZeroHash);
  });

  it("V46 lets an absurd block number neither confirm nor stand in the way of another assertion", async () => {
    const honest = await assertOutput(system.deployment, system.user, output(header("0x05")));
    await waitOut(system.deployment);
    const absurd = await assertOutput(system.deployment, system.other, output(header("0xffffffffffffffff")));
    await (await queue.confirm(honest.at, honest.root)).wait();
    expect(await queue.isAssertionConfirmed(absurd.id)).to.equal(false);
    const found = await queue.findLatestGames(100, (await queue.gameCount()) - 1n, 10);
    expect(found.map(({ index }: { index: bigint }) => index)).to.deep.equal([honest.index]);
    const next = await assertOutput(system.deployment, system.user, output(header("0x06")), {
      origin: honest.childOrigin,
    });
    await next.confirm();
    expect(await queue.isAssertionConfirmed(next.id)).to.equal(true);
  });

  it("V16 counts seconds, not blocks", async () => {
    const assertion = await assertOutput(system.deployment, system.user, output(header("0x05")));
    const confirm = () => queue.confirm(assertion.at, assertion.root);
    const created = (await queue.edge(assertion.id)).created as bigint;
    await mine(90);
    await expect(confirm()).to.be.revertedWithCustomError(queue, "TimerTooLow");
    await time.setNextBlockTimestamp(created + 99n);
    await expect(confirm()).to.be.revertedWithCustomError(queue, "TimerTooLow").withArgs(99n, 100n);
    await time.setNextBlockTimestamp(created + 100n);
    await expect(confirm()).to.emit(queue, "Confirmed");
  });

  it("V20 credits the caller, not the signer of the transaction", async () => {
    const relay = await hre.ethers.deployContract("Relay");
    contracts = [await relay.getAddress()];
    const call = (name: string, args: unknown[], value = 0n) =>
      relay.relay(queue.target, queue.interface.encodeFunctionData(name, args), { value });
    await (await call("deposit", [], stake)).wait();
    expect(await queue.balanceOf(relay.target)).to.equal(stake);
    expect(await queue.balanceOf(await system.deployer.getAddress())).to.equal(0n);
    const args = assertArgs(system.deployment, await genesisOrigin(system.deployment, queue), output(header("0x05")));
    await (await call("assertState", [args.origin, args.root, args.output, args.spine])).wait();
    await waitOut(system.deployment);
    await (await queue.confirm(args.at, args.root)).wait();
    expect(await queue.balanceOf(relay.target)).to.equal(stake);
    const to = "0x00000000000000000000000000000000000000dd";
    await expect(call("withdraw", [to])).to.changeEtherBalances([queue.target, to], [-stake, stake]);
  });

  it("V21 takes exactly the stake and gives everything else back", async () => {
    await expect(tryAssert(output(header("0x05"))))
      .to.be.revertedWithCustomError(queue, "InsufficientBalance")
      .withArgs(0n, stake);
    await (await queue.deposit({ value: stake - 1n })).wait();
    await expect(tryAssert(output(header("0x05"))))
      .to.be.revertedWithCustomError(queue, "InsufficientBalance")
      .withArgs(stake - 1n, stake);
    await (await queue.deposit({ value: 8n })).wait();
    await (await tryAssert(output(header("0x05")))).wait();
    const user = await system.user.getAddress();
    expect(await queue.balanceOf(user)).to.equal(7n);
    await (await tryAssert(output(header("0x05")))).wait();
    expect(await queue.balanceOf(user)).to.equal(7n);
    await expect(queue.withdraw(user)).to.changeEtherBalances([queue, user], [-7n, 7n]);
    const payable = queue.interface.fragments.filter((item) => (item as { payable?: boolean }).payable === true);
    expect(payable.map((item) => (item as unknown as { name: string }).name)).to.deep.equal(["deposit"]);
    await expect(system.user.sendTransaction({ to: queue.target, value: 1n })).to.be.reverted;
  });

  it("V22 pays a stake back once, however often it is asked to", async () => {
    const assertion = await assertOutput(system.deployment, system.user, output(header("0x05")));
    await assertion.confirm();
    const user = await system.user.getAddress();
    for (let i = 0; i < 2; i++) await (await queue.confirm(assertion.at, assertion.root)).wait();
    expect(await queue.balanceOf(user)).to.equal(stake);
    await expect(queue.withdraw(user)).to.changeEtherBalance(queue, -stake);
    await expect(queue.withdraw(user)).to.changeEtherBalance(queue, 0n);
  });

  it("V23 pushes no payment: a staker that refuses ether holds up nobody, and loses nothing", async () => {
    const hostile = await hre.ethers.deployContract("Relay");
    contracts = [await hostile.getAddress()];
    const call = (name: string, args: unknown[], value = 0n) =>
      hostile.relay(queue.target, queue.interface.encodeFunctionData(name, args), { value });
    await (await call("deposit", [], stake)).wait();
    const args = assertArgs(system.deployment, await genesisOrigin(system.deployment, queue), output(header("0x05")));
    await (await call("assertState", [args.origin, args.root, args.output, args.spine])).wait();
    await waitOut(system.deployment);
    await (await queue.confirm(args.at, args.root)).wait();
    // Relay has no receive function.
    await expect(call("withdraw", [hostile.target])).to.be.revertedWithCustomError(queue, "TransferFailed");
    expect(await queue.balanceOf(hostile.target)).to.equal(stake);
    await expect(call("withdraw", [await system.other.getAddress()])).to.changeEtherBalance(queue, -stake);
  });

  it("V24 V59 has no function that changes a parameter, moves another's money, or upgrades", () => {
    const changing = (source: string) =>
      new Interface(readArtifact(source).abi).fragments
        .filter((item) => item.type === "function" && !(item as unknown as { constant: boolean }).constant)
        .map((item) => (item as unknown as { name: string }).name)
        .sort();
    expect(changing("games/edges/StateRootQueue")).to.deep.equal([
      "assertState",
      "bisect",
      "confirm",
      "deposit",
      "moveStake",
      "multicall",
      "open",
      "proveStep",
      "reward",
      "slash",
      "update",
      "withdraw",
    ]);
    expect(changing("inbox/Inbox")).to.deep.equal(["forceInclude", "postBatch", "sendDeposit", "sendMessage"]);
    expect(changing("bridge/Portal")).to.deep.equal([
      "depositTransaction",
      "exitDeposit",
      "exitEther",
      "exitWithdrawal",
      "finalizeWithdrawalTransaction",
      "finalizeWithdrawalTransactionExternalProof",
      "proveTrap",
      "proveWithdrawalTransaction",
    ]);
    expect(changing("bridge/TokenBridge")).to.deep.equal([
      "depositToken",
      "exitToken",
      "exitTokenDeposit",
      "releaseToken",
    ]);
    expect(changing("vm/OneStepProver")).to.deep.equal([]);
    expect(changing("deploy/Deployer")).to.deep.equal(["deploy"]);
    expect(changing("settlement/AssertionGame")).to.deep.equal([]);
  });

  it("V01 V63 takes an assertion only on the very parent, root and inbox that it names", async () => {
    const honest = await assertOutput(system.deployment, system.user, output(header("0x05")));
    const other = keccak256("0x77") as Hex;
    await (await queue.deposit({ value: stake })).wait();
    const attempt = (change: Partial<typeof honest.childOrigin>) => {
      const args = assertArgs(system.deployment, { ...honest.childOrigin, ...change }, output(header("0x06")));
      return queue.assertState(args.origin, args.root, args.output, args.spine);
    };
    await expect(attempt({ above: other }))
      .to.be.revertedWithCustomError(queue, "AssertionNotFound")
      .withArgs(other);
    await expect(attempt({ start: other })).to.be.revertedWithCustomError(queue, "OriginMismatch");
    // As after an L1 reorg that changed the inbox between parent and child.
    await expect(attempt({ inbox: other })).to.be.revertedWithCustomError(queue, "OriginMismatch");
    await (await attempt({})).wait();
  });

  it("V02 V08 takes the same assertion once, whoever repeats it, also where every hash in it is zero", async () => {
    const zero = { stateRoot: ZeroHash as Hex, messagePasserStorageRoot: ZeroHash as Hex, header: "0x" as Hex };
    const first = await assertOutput(system.deployment, system.user, zero);
    const stranger = queueOf(system.deployment, system.other);
    await (await stranger.deposit({ value: stake })).wait();
    await expect(tryAssert(zero, undefined, system.other)).not.to.emit(queue, "AssertionAdded");
    expect(await queue.balanceOf(await system.other.getAddress())).to.equal(stake);
    expect(await queue.gameCount()).to.equal(1n);
    expect((await queue.edge(first.id)).staker).to.equal(await system.user.getAddress());
  });

  it("V28 pays a stake out right after the confirmation, to the caller alone", async () => {
    const assertion = await assertOutput(system.deployment, system.user, output(header("0x05")));
    await assertion.confirm();
    const user = await system.user.getAddress();
    await expect(queueOf(system.deployment, system.other).withdraw(user)).to.changeEtherBalance(queue, 0n);
    await expect(queue.withdraw(user)).to.changeEtherBalances([queue, user], [-stake, stake]);
  });

  it("V62 counts a bad proof as nothing: it reverts, and the assertion stands as before", async () => {
    const assertion = await assertOutput(system.deployment, system.user, output(header("0x05")));
    const before = { state: ZeroHash, prefix: ZeroHash, path: [] };
    const inbox = { batchCount: 0, lastBatch: ZeroHash, delayedCount: 0, lastDelayed: ZeroHash };
    const origin = await genesisOrigin(system.deployment, queue);
    await expect(
      queue.proveStep(assertion.at, assertion.root, origin, before, inbox, "0x"),
    ).to.be.revertedWithCustomError(queue, "WrongLevel");
    const leaf = { ...assertion.at, level: 2, height: 0 };
    await expect(queue.proveStep(leaf, assertion.root, origin, before, inbox, "0x")).to.be.revertedWithCustomError(
      queue,
      "EdgeNotFound",
    );
    expect((await queue.edge(assertion.id)).status).to.equal(1n);
    await assertion.confirm();
  });

  it("V58 lets anyone confirm first, and then takes the staker's own call for done", async () => {
    const assertion = await assertOutput(system.deployment, system.user, output(header("0x05")));
    await waitOut(system.deployment);
    const stranger = queueOf(system.deployment, system.other);
    await (await stranger.confirm(assertion.at, assertion.root)).wait();
    await (await queue.confirm(assertion.at, assertion.root)).wait();
    expect(await queue.balanceOf(await system.user.getAddress())).to.equal(stake);
    expect(await queue.balanceOf(await system.other.getAddress())).to.equal(0n);
  });

  it("finds no assertion and no game that it did not make", async () => {
    const missing = keccak256("0x05");
    for (const call of [queue.assertionOf, queue.gameOf]) {
      await expect(call(missing)).to.be.revertedWithCustomError(queue, "AssertionNotFound").withArgs(missing);
    }
    await expect(queue.gameAtIndex(0)).to.be.revertedWithCustomError(queue, "AssertionNotFound");
    const assertion = await assertOutput(system.deployment, system.user, output(header("0x05")));
    expect((await queue.assertionOfGame(assertion.game)).id).to.equal(assertion.id);
    expect(await queue.gameOf(assertion.id)).to.equal(assertion.game);
    // A copy of a game's code, with its arguments, at another address.
    const copy = "0x00000000000000000000000000000000000023ab";
    const code = await hre.ethers.provider.getCode(assertion.game);
    await hre.network.provider.send("hardhat_setCode", [copy, code]);
    for (const foreign of [copy, ZeroAddress, system.portal.target]) {
      await expect(queue.assertionOfGame(foreign)).to.be.revertedWithCustomError(queue, "AssertionNotFound");
      expect(await queue.isGameRegistered(foreign)).to.equal(false);
      expect(await queue.isGameRespected(foreign)).to.equal(false);
      expect(await queue.isGameProper(foreign)).to.equal(false);
      expect(await queue.isGameClaimValid(foreign)).to.equal(false);
    }
    expect(await queue.isGameRegistered(assertion.game)).to.equal(true);
  });
});

describe("State root queue: parameters", () => {
  it("V09 refuses parameters that make no game, each by name", async () => {
    system = await loadFixture(deployRealSystem);
    const factory = await hre.ethers.getContractFactory("StateRootQueue");
    const valid = {
      heights: [2, 17, 17],
      stakes: [1n, 1n, 1n],
      challengePeriod: 40,
      responseTime: 1,
      censorshipTime: 0,
      genesisOutputRoot: ROOT,
      inbox: system.deployment.addresses.inbox,
      prover: system.deployment.addresses.prover,
    };
    const key = await system.user.getAddress();
    const cases: [Partial<typeof valid>, string][] = [
      [{ heights: [0, 17, 17] }, "heights"],
      [{ heights: [2, 0, 40] }, "heights"],
      [{ heights: [2, 41, 17] }, "heights"],
      [{ heights: [2, 17, 41] }, "heights"],
      [{ heights: [2, 16, 17] }, "heights"],
      [{ stakes: [0n, 1n, 1n] }, "stakes"],
      [{ stakes: [1n, 0n, 1n] }, "stakes"],
      [{ stakes: [1n, 1n, 0n] }, "stakes"],
      [{ responseTime: 0 }, "responseTime"],
      [{ challengePeriod: 39 }, "challengePeriod"],
      [{ censorshipTime: 1 }, "challengePeriod"],
      [{ challengePeriod: 2 ** 32 }, "challengePeriod"],
      [{ responseTime: 2 ** 32 }, "challengePeriod"],
      [{ genesisOutputRoot: ZeroHash as Hex }, "genesisOutputRoot"],
      [{ inbox: key as Hex }, "inbox"],
      [{ prover: key as Hex }, "prover"],
    ];
    for (const [change, name] of cases) {
      await expect(factory.deploy({ ...valid, ...change } as never), JSON.stringify(Object.keys(change)))
        .to.be.revertedWithCustomError(factory, "BadParameter")
        .withArgs(hre.ethers.encodeBytes32String(name));
    }
    const other = await hre.ethers.deployContract("ToyInbox");
    await expect(factory.deploy({ ...valid, inbox: other.target } as never), "a prover that reads another inbox")
      .to.be.revertedWithCustomError(factory, "ProverInboxMismatch")
      .withArgs(getAddress(valid.inbox), other.target);
    const made = await factory.deploy(valid as never);
    expect([await made.challengePeriod(), await made.responseTime(), await made.censorshipTime()]).to.deep.equal([
      40n,
      1n,
      0n,
    ]);
    await factory.deploy({ ...valid, heights: [40, 40, 40], challengePeriod: 124 } as never);
    await expect(made.heightOf(3)).to.be.revertedWithCustomError(factory, "WrongLevel").withArgs(3n, 2n);
    await expect(made.stakeOf(3)).to.be.revertedWithCustomError(factory, "WrongLevel").withArgs(3n, 2n);
    expect(await made.stakeOf(2)).to.equal(1n);
  });
});
