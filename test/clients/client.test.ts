import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";
import {
  ContractFactory,
  NonceManager,
  Wallet,
  parseEther,
  ZeroAddress,
  Contract,
  type EventLog,
  type JsonRpcProvider,
} from "ethers";
import {
  buildBackingEvidence,
  buildWithdrawalProof,
  checkSettled,
  depositEther,
  depositStatus,
  fetchLiability,
  finalizeWithdrawal,
  findAssertion,
  forceTransaction,
  guardSums,
  hashWithdrawal,
  postSum,
  proveWithdrawal,
  startWithdrawal,
  withdrawalStatus,
  type LayerSigner,
  type RollupAddresses,
  type ToldAssertion,
  type WithdrawalStatus,
} from "../../client";
import { readArtifact } from "../../deployment";
import type { LiabilityProof } from "../../protocol/liability";
import type { Hex } from "../../protocol/types";
import { SUM_ROOTS_ABI } from "../../client/abi";
import { devAccount, ROLES } from "../../devnet/accounts";
import type { DevnetInfo } from "../../devnet/devnet";
import { jump } from "../support/jump";
import { connect, eventually, result, startDevnet } from "./support/devnet";

// An account of its own, that nobody else sends from.
const USER = Wallet.createRandom();
const STRANGER = "0x00000000000000000000000000000000000c11e7";

describe("clients: the client library with ethers signers", function () {
  this.timeout(240_000);
  let info: DevnetInfo;
  let rollup: RollupAddresses;
  let l1: JsonRpcProvider;
  let l2: JsonRpcProvider;
  let onL1: LayerSigner;
  let onL2: LayerSigner;

  before(async () => {
    info = await startDevnet();
    rollup = info.deployment.addresses;
    l1 = connect(info.l1.url);
    l2 = connect(info.l2.sequencer!);
    onL1 = new NonceManager(new Wallet(USER.privateKey, l1)) as unknown as LayerSigner;
    onL2 = new NonceManager(new Wallet(USER.privateKey, l2)) as unknown as LayerSigner;
    const funder = new Wallet(devAccount(0).privateKey, l1);
    await (await funder.sendTransaction({ to: USER.address, value: parseEther("20") })).wait();
  });

  it("deposits ether, and knows the L2 hash before L2 has it", async () => {
    const deposit = await depositEther(onL1, rollup, { amount: parseEther("3"), to: STRANGER, value: 5n });
    await eventually("the deposit on L2", async () => (await depositStatus(l2, deposit)).state === "included");
    expect(await depositStatus(l2, deposit)).to.deep.include({ state: "included", callSucceeded: true });
    expect(await l2.getBalance(STRANGER)).to.equal(5n);
    expect(await l2.getBalance(USER.address)).to.equal(parseEther("3") - 5n);
    expect(deposit.sentAtSeconds).to.be.closeTo((await l1.getBlock("latest"))!.timestamp, 120);
  });

  it("says that a deposit whose call fails is included, and that the call failed", async () => {
    // Nobody has so much: the mint of one wei stands, the call does not.
    const deposit = await depositEther(onL1, rollup, { amount: 1n, to: STRANGER, value: parseEther("1000000") });
    await eventually("the deposit on L2", async () => (await depositStatus(l2, deposit)).state === "included");
    expect(await depositStatus(l2, deposit)).to.include({ callSucceeded: false });
  });

  it("sends a transaction through L1, from the account's own address", async () => {
    const before = await l2.getBalance(STRANGER);
    const forced = await forceTransaction(onL1, rollup, { to: STRANGER, value: 7n });
    await eventually("the message on L2", async () => (await depositStatus(l2, forced)).state === "included");
    expect(await l2.getBalance(STRANGER)).to.equal(before + 7n);
  });

  it("takes a withdrawal from the message passer to the account on L1, and says where it is on the way", async () => {
    const withdrawal = await startWithdrawal(onL2, { amount: parseEther("1"), to: STRANGER });
    expect(hashWithdrawal(withdrawal.transaction)).to.equal(withdrawal.hash);
    const me = USER.address;
    const status = (): Promise<WithdrawalStatus> => withdrawalStatus(l1, rollup, withdrawal, me);
    expect((await status()).state).to.equal("waiting-for-assertion");
    await eventually("an assertion that covers it", async () => (await status()).state === "ready-to-prove");
    const { assertion } = await proveWithdrawal(onL1, l2, rollup, withdrawal);
    expect(assertion.l2Block).to.be.at.least(withdrawal.l2Block);
    const waiting = await status();
    expect(waiting).to.deep.include({ state: "in-challenge-period", isRivalled: false });
    await eventually(
      "the end of the challenge period",
      async () => {
        await jump(info, 1 / 8);
        return (await status()).state === "ready-to-finalize";
      },
      150,
    );
    const { timestamp } = (await l1.getBlock("latest"))!;
    expect((waiting as { expectedAt: number }).expectedAt, "the time that was foretold").to.be.closeTo(timestamp, 30);
    const before = await l1.getBalance(STRANGER);
    await finalizeWithdrawal(onL1, rollup, withdrawal);
    expect((await l1.getBalance(STRANGER)) - before).to.equal(parseEther("1"));
    expect((await status()).state).to.equal("finalized");
  });

  it("refuses to prove what L2 never recorded, and against a chain that the node does not have", async () => {
    const assertion = (await findAssertion(l1, rollup, 0))!;
    const hash = `0x${"ab".repeat(32)}` as const;
    await expectCode(buildWithdrawalProof(l2, assertion, { hash }), "not-recorded");
    const withdrawal = await startWithdrawal(onL2, { amount: 1n });
    const end = { ...assertion, l2Block: withdrawal.l2Block };
    await expectCode(buildWithdrawalProof(l2, end, withdrawal), "other-chain");
  });

  it("checks that what an account owns is counted in what the chain owes", async function () {
    if (info.l2.verifier === null) return this.skip();
    const verifier = connect(info.l2.verifier);
    const { address } = USER;
    await eventually("the verifier's books", async () => (await fetchLiability(verifier, address)) !== null);
    const proof = (await fetchLiability(verifier, address))!;
    expect(BigInt(proof.balance) > 0n).to.equal(true);
    expect(BigInt(proof.total) > BigInt(proof.balance)).to.equal(true);
    expect(await fetchLiability(verifier, `0x${"00".repeat(19)}99`)).to.equal(null);
  });

  it("guards what is told on L1 of all accounts: a lie falls, the truth is settled and counts the account", async function () {
    if (info.l2.verifier === null) return this.skip();
    const verifier = connect(info.l2.verifier);
    const { abi, bytecode } = readArtifact("solvency/SumRoots");
    const [bond, price, window, answerTime] = [64n * 10n ** 14n, 10n ** 14n, 7_200, 3_600];
    const made = await new ContractFactory(abi as never, bytecode, onL1).deploy(
      ...[rollup.portal, bond, price, window, answerTime],
    );
    const sums = (await made.waitForDeployment()) as Contract;
    const address = sums.target as string;
    const { assertion, proof } = await newestKnown(verifier);
    const index = await postSum(onL1, verifier, address, assertion);
    const { output } = await buildBackingEvidence(verifier, assertion, ZeroAddress);
    for (const sum of [
      { hash: proof.root, total: BigInt(proof.total) - 1n },
      { hash: `0x${"ab".repeat(32)}`, total: BigInt(proof.total) },
    ])
      await (await sums.getFunction("post")(assertion.index, output, sum, { value: bond })).wait();
    const posted = (await sums.queryFilter("Posted")) as EventLog[];
    const id = posted[0].args.assertion as Hex;
    const claim = { assertion: id, stateRoot: proof.stateRoot, sum: { hash: proof.root, total: proof.total } };
    await (await sums.getFunction("demand")(index, claim, [], [], { value: price })).wait();
    const round = async (): Promise<[number, string][]> =>
      (await guardSums(onL1, verifier, address)).map((act) => [act.index, act.kind]);
    const pass = (seconds: number) => result(info.l2.sequencer!, "solvent_advanceTime", seconds);
    // A claim that a guard fails at, here for want of the verifier's word, is told of and holds up none of the others.
    const deaf = Object.create(verifier, {
      send: {
        value: (method: string, params: unknown[]) =>
          method === "rollup_getSumRecord" ? Promise.reject(new Error("no word")) : verifier.send(method, params),
      },
    }) as typeof verifier;
    const plain = new Wallet(USER.privateKey, l1) as unknown as LayerSigner;
    expect(
      (await guardSums(plain, deaf, address)).map(({ index: one, kind, reason }) => [one, kind, reason]),
    ).to.deep.equal([
      [index, "failed", "no word"],
      [index + 1, "refuted", undefined],
      [index + 2, "demanded", undefined],
    ]);
    (onL1 as unknown as NonceManager).reset();
    // What is hidden is asked for; of the truth everything can be shown.
    expect(await round()).to.deep.equal([[index, "opened"]]);
    expect(await round()).to.deep.equal([]);
    await pass(answerTime + 1);
    expect(await round()).to.deep.equal([[index + 2, "lapsed"]]);
    expect(await checkSettled(l1, address, id, proof)).to.equal(null);
    await pass(window);
    expect(await round()).to.deep.equal([[index, "settled"]]);
    expect(await checkSettled(l1, address, id, proof)).to.equal(BigInt(proof.total));
    await expectCode(checkSettled(l1, address, id, { ...proof, root: id }), "liability-proof-wrong");
  });

  it("has its sums guarded by the challenger, unasked: two lies fall, the truth is shown and settled", async function () {
    if (info.l2.verifier === null) return this.skip();
    const verifier = connect(info.l2.verifier);
    const address = rollup.sumRoots!;
    const sums = new Contract(address, SUM_ROOTS_ABI, onL1);
    const [bond, price, answerTime] = (await Promise.all([
      sums.bond(),
      sums.demandPrice(),
      sums.answerTime(),
    ])) as bigint[];
    const { assertion, proof } = await newestKnown(verifier);
    const { output } = await buildBackingEvidence(verifier, assertion, ZeroAddress);
    const total = BigInt(proof.total);
    const lies = [
      { hash: proof.root, total: total + 1n },
      { hash: `0x${"ab".repeat(32)}`, total },
    ];
    for (const sum of lies) await (await sums.post(assertion.index, output, sum, { value: bond })).wait();
    const index = await postSum(onL1, verifier, address, assertion);
    const [{ args }] = (await sums.queryFilter(sums.filters.Posted(index))) as EventLog[];
    const id = args.assertion as Hex;
    const claim = { assertion: id, stateRoot: proof.stateRoot, sum: { hash: proof.root, total } };
    await (await sums.demand(index, claim, [], [], { value: price })).wait();
    const by = async (event: string, of: number): Promise<string[]> => {
      const logs = (await sums.queryFilter(sums.filters[event](of))) as EventLog[];
      return Promise.all(logs.map(async (log) => (await log.getTransaction()).from.toLowerCase()));
    };
    const guard = devAccount(ROLES.challenger).address;
    await eventually("a refutation", async () => (await by("Fell", index - 2)).includes(guard));
    await eventually("a demand for what is hidden", async () => (await by("Demanded", index - 1)).includes(guard));
    await eventually("the record that was demanded", async () => (await by("Opened", index)).includes(guard));
    expect(await checkSettled(l1, address, id, proof)).to.equal(null);
    await result(info.l2.sequencer!, "solvent_advanceTime", Number(answerTime) + 1);
    await eventually("the end of a claim that hides its parts", async () =>
      (await by("Fell", index - 1)).includes(guard),
    );
    await eventually("the settlement", async () => (await by("Settled", index)).includes(guard));
    expect(await checkSettled(l1, address, id, proof)).to.equal(total);
  });

  it("tells and guards the sum of all accounts by the command, too", async function () {
    if (info.l2.verifier === null) return this.skip();
    const { address, privateKey } = Wallet.createRandom();
    const funder = new Wallet(devAccount(0).privateKey, l1);
    await (await funder.sendTransaction({ to: address, value: parseEther("3") })).wait();
    const parties = ["--l1", info.l1.url, "--verifier", info.l2.verifier, "--key", privateKey];
    const run = async (...args: string[]): Promise<string> => {
      const all = ["--require", require.resolve("tsx/cjs"), "scripts/sums.ts", ...args, ...parties];
      return (await promisify(execFile)(process.execPath, all)).stdout.trim();
    };
    const roots = await run("deploy");
    const at = ["--roots", roots];
    const told: string[] = [];
    const hasPosted = async (): Promise<boolean> => {
      told.push(await run("post", ...at).catch((error: { stderr: string }) => error.stderr));
      return !/other-chain|not-covered/.test(told.at(-1)!);
    };
    await eventually("a claim by the command", hasPosted);
    expect(told.at(-1)).to.match(/^claim 0: the accounts of L2 block \d+$/);
    expect(await run("guard", "--once", ...at)).to.equal("");
    expect(await l1.getBalance(roots)).to.equal(parseEther("1"));
  });

  it("names the remedy where the addresses are of no one rollup", async () => {
    const strange = { ...rollup, inbox: rollup.queue };
    await expectCode(depositEther(onL1, strange, { amount: 1n }), "wrong-rollup");
  });
});

/** An assertion that knows the account, which is younger than the first ones; the verifier is behind the last one. */
async function newestKnown(verifier: JsonRpcProvider): Promise<{ assertion: ToldAssertion; proof: LiabilityProof }> {
  const found: { assertion: ToldAssertion; proof: LiabilityProof }[] = [];
  await eventually("an assertion that knows the account", async () => {
    const [assertion] = (await verifier.send("rollup_getAssertions", [1])) as (ToldAssertion | undefined)[];
    if (assertion === undefined) return false;
    const proof = await fetchLiability(verifier, USER.address, assertion.l2BlockNumber).catch(() => null);
    return proof !== null && found.push({ assertion, proof }) > 0;
  });
  return found[0];
}

async function expectCode(promise: Promise<unknown>, code: string): Promise<void> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error, `an error ${code}`).to.include({ code });
}
