import { expect } from "chai";
import fc from "fast-check";
import hre from "hardhat";
import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { fromHex, keccak256 } from "../../protocol";
import { SUM_FINDINGS, verifyLiability, walkSumTrie, type Sum } from "../../protocol/liability";
import type { Hex } from "../../protocol/types";
import type { Liabilities } from "../../games/sums/liabilities";
import { challengeSum, type SumMove } from "../../games/sums/challenge";
import {
  accountAt,
  ANSWER_TIME,
  assertStateOf,
  BOND,
  deployRoots,
  deploySums,
  hashBySpec,
  PRICE,
  sites,
  stateOf,
  SUM_LIES,
  SUM_MUTANTS,
  tellLie,
  WINDOW,
  type SumSystem,
} from "./support/sums";
import { compileMutant } from "../support/game/solidityMutants";
import { expectPinned } from "../support/snapshot";

const FILE = "gas.solvency";
const IS_FULL = process.env.SOLVENT_FULL === "1";
const SEED = Number(process.env.SOLVENT_SEED ?? (IS_FULL ? Date.now() % 2 ** 31 : 1));
const RUNS = IS_FULL ? 300 : 12;
const GAS_BOUND = 1_000_000;
const balancesOf = (count: number): bigint[] => Array.from({ length: count }, (_, i) => BigInt(i) * 10n ** 18n);

let system: SumSystem;
/** Of the last assertion: each is another one. */
let number = 0;
type Posted = { game: bigint; output: object; index: bigint; claim: { assertion: Hex; stateRoot: Hex; sum: Sum } };

/** Posts a claim of `other` about a state that `user` asserts. */
async function post(truth: Liabilities, sum: Sum): Promise<Posted> {
  const { asserted, output } = await assertStateOf(system, system.user, truth, ++number);
  const { sums, other } = system;
  const index = (await sums.postingCount()) as bigint;
  await (await sums.connect(other).getFunction("post")(asserted.index, output, sum, { value: BOND })).wait();
  return { game: asserted.index, output, index, claim: { assertion: asserted.id, stateRoot: truth.stateRoot, sum } };
}

const statusOf = async ({ index }: Posted): Promise<number> =>
  Number(((await system.sums.postings(index)) as { status: bigint }).status);
const [OPEN, FALLEN, SETTLED] = [1, 2, 3];

type Sent = Promise<{ wait(): Promise<{ gasUsed: bigint } | null> }>;
const refute = ({ index, claim }: Posted, { key, nodes, records }: SumMove & { kind: "refute" }): Sent =>
  system.sums.refute(index, claim, key, nodes, records) as Sent;
const demand = ({ index, claim }: Posted, { records, path }: SumMove & { kind: "demand" }, value = PRICE): Sent =>
  system.sums.demand(index, claim, records, path, { value }) as Sent;
const gasOf = async (sent: Sent): Promise<number> => Number((await (await sent).wait())!.gasUsed);

/** What is in the contract beyond the halves of bonds that were lost. */
const balance = (): Promise<bigint> => hre.ethers.provider.getBalance(system.sums.target);

describe(`Sum roots, seed ${SEED}`, function () {
  const { tests } = this;
  const truth = stateOf(balancesOf(300));
  beforeEach(async () => {
    system = await loadFixture(deploySums);
  });

  it("settle what nobody could take down, and tell each account its balance in it", async () => {
    const { sums, other } = system;
    const posted = await post(truth, truth.sum);
    const { assertion } = posted.claim;
    const nobodies = Array.from({ length: 12 }, (_, i) => accountAt(1_000 + i));
    const at = (who: Hex) => ({ ...truth.path(keccak256(fromHex(who))) });
    const check = (who: Hex, { nodes, records } = at(who)) =>
      sums.balanceIn(assertion, who, nodes, records) as Promise<bigint>;
    await expect(check(accountAt(7)))
      .to.be.revertedWithCustomError(sums, "NotSettled")
      .withArgs(assertion);
    await expect(sums.settle(posted.index, posted.claim)).to.be.revertedWithCustomError(sums, "TooEarly");
    await time.increase(WINDOW);
    await expect(sums.settle(posted.index, posted.claim)).to.changeEtherBalance(other, BOND);
    expect(await sums.sumOf(assertion)).to.deep.equal([BigInt((299 * 300) / 2) * 10n ** 18n, true]);
    const { stateRoot, sum } = (await sums.settledClaim(assertion)) as Posted["claim"];
    expect([stateRoot, ...Object.values(sum)]).to.deep.equal([truth.stateRoot, truth.root, truth.total]);
    expect(await sums.sumOf(truth.root)).to.deep.equal([0n, false]);
    // These accounts own what nobody has paid in: this system's L1 knows of its genesis alone.
    const taken = (await system.portal.deposited()) as bigint;
    expect(await sums.excessOf(assertion)).to.deep.equal([truth.total > taken ? truth.total - taken : 0n, true]);
    expect(await sums.excessOf(truth.root)).to.deep.equal([0n, false]);
    for (const i of [0, 7, 150, 299]) expect(await check(accountAt(i))).to.equal(BigInt(i) * 10n ** 18n);
    // Some keys end where there is no child, some at another's leaf.
    for (const nobody of nobodies) expect(await check(nobody), nobody).to.equal(0n);
    // Of a proof that ends too early nothing follows.
    const { nodes, records } = at(accountAt(7));
    await expect(check(accountAt(7), { nodes: nodes.slice(0, -1), records }))
      .to.be.revertedWithCustomError(sums, "NotCounted")
      .withArgs(SUM_FINDINGS.indexOf("open"));
    await expect(check(accountAt(7), { nodes, records: records.slice(1) })).to.be.revertedWithCustomError(
      sums,
      "RecordMismatch",
    );
    await expect(check(accountAt(7), { nodes: nodes.slice(1), records })).to.be.revertedWithCustomError(
      sums,
      "NodeMismatch",
    );
    await expect(sums.settle(posted.index, posted.claim)).to.be.revertedWithCustomError(sums, "NotOpen");
    expect(await balance()).to.equal(0n);
  });

  it("are the same by the words of the rule, in both languages", () => {
    const { records, nodes } = truth.path(keccak256(fromHex(accountAt(7))));
    expect(hashBySpec(records[0])).to.equal(truth.root);
    const proof = truth.prove(accountAt(7))!;
    expect([proof.balance, proof.nodes, proof.records]).to.deep.equal([`${7n * 10n ** 18n}`, nodes, records]);
    expect(verifyLiability(proof)).to.equal(true);
    for (const wrong of [
      { balance: "1" },
      { address: accountAt(8) },
      { total: `${truth.total + 1n}` },
      { root: truth.stateRoot },
      { stateRoot: truth.root },
      { records: records.slice(1) },
    ])
      expect(verifyLiability({ ...proof, ...wrong }), Object.keys(wrong)[0]).to.equal(false);
    expect(truth.prove(accountAt(1_000))).to.equal(undefined);
  });

  for (const lie of SUM_LIES)
    it(`fall where ${lie.name}`, async () => {
      const { sums, user, other } = system;
      let met = 0;
      for (const isDeep of [false, true]) {
        const places = sites(truth).filter(({ at }) => at === lie.at);
        const place = isDeep
          ? places.reduce((a, b) => (b.path.length > a.path.length ? b : a))
          : places[lie.at === "leaf" ? 1 : 0];
        const told = tellLie(truth, place, lie);
        if (told === null) continue;
        met++;
        const move = challengeSum(truth, told.claimed, (hash) => told.records.get(hash));
        const posted = await post(truth, told.claimed);
        if (lie.finding === null) {
          if (move.kind !== "demand") throw new Error(`a ${move.kind} where a record is withheld`);
          await (await demand(posted, move)).wait();
          await time.increase(ANSWER_TIME + 1);
          await expect(sums.lapse(posted.index, move.hash)).to.changeEtherBalance(system.deployer, BOND / 2n + PRICE);
          continue;
        }
        if (move.kind !== "refute") throw new Error(`a ${move.kind} where a lie is in the open`);
        expect(move.finding).to.equal(lie.finding);
        const walked = walkSumTrie(truth.stateRoot, told.claimed, fromHex(move.key), move.nodes, move.records);
        expect(walked.finding).to.equal(lie.finding);
        // The same does not touch the truth.
        const honest = await post(truth, truth.sum);
        const { nodes, records } = truth.path(fromHex(move.key));
        await expect(sums.refute(honest.index, honest.claim, move.key, nodes, records)).to.be.revertedWithCustomError(
          sums,
          "NoLie",
        );
        const by = sums.connect(user).getFunction("refute");
        await expect(by(posted.index, posted.claim, move.key, move.nodes, move.records))
          .to.emit(sums, "Fell")
          .withArgs(posted.index, SUM_FINDINGS.indexOf(lie.finding), await user.getAddress());
        expect(await statusOf(posted)).to.equal(FALLEN);
        await expect(
          sums.connect(other).getFunction("settle")(posted.index, posted.claim),
        ).to.be.revertedWithCustomError(sums, "NotOpen");
      }
      expect(met).to.be.greaterThan(0);
    });

  it("pay half of a lost bond to who took them down, and keep the rest from everybody", async () => {
    const { sums, user } = system;
    const told = tellLie(
      truth,
      sites(truth)[0],
      SUM_LIES.find(({ at }) => at === "branch")!,
    )!;
    const move = challengeSum(truth, told.claimed, (hash) => told.records.get(hash));
    const posted = await post(truth, told.claimed);
    if (move.kind !== "refute") throw new Error("no refutation");
    const by = sums.connect(user).getFunction("refute");
    await expect(by(posted.index, posted.claim, move.key, move.nodes, move.records)).to.changeEtherBalance(
      user,
      BOND / 2n,
    );
    expect(await balance()).to.equal(BOND / 2n);
  });

  it("let each demand be answered by anyone, once, at the price of who asked, and wait for it", async () => {
    const { sums, user, other } = system;
    const posted = await post(truth, truth.sum);
    const root: SumMove & { kind: "demand" } = { kind: "demand", hash: truth.root, records: [], path: [] };
    await expect(demand(posted, root, PRICE - 1n)).to.be.revertedWithCustomError(sums, "WrongValue");
    await time.increase(WINDOW - 10);
    await (await demand(posted, root)).wait();
    await expect(demand(posted, root)).to.be.revertedWithCustomError(sums, "NothingToDemand").withArgs(truth.root);
    await time.increase(10);
    await expect(sums.settle(posted.index, posted.claim)).to.be.revertedWithCustomError(sums, "DemandsOpen");
    await expect(demand(posted, root)).to.be.revertedWithCustomError(sums, "TooLate");
    await expect(sums.lapse(posted.index, truth.root)).to.be.revertedWithCustomError(sums, "TooEarly");
    await expect(sums.reclaim(posted.index, truth.root)).to.be.revertedWithCustomError(sums, "NotFallen");
    const record = truth.recordBehind(truth.root)!;
    const open = sums.connect(user).getFunction("open");
    await expect(open(posted.index, record.slice(0, -2))).to.be.revertedWithCustomError(sums, "RecordMismatch");
    await expect(open(posted.index, `${record.slice(0, -2)}01`)).to.be.revertedWithCustomError(sums, "NotDemanded");
    await expect(open(posted.index, record)).to.changeEtherBalance(user, PRICE);
    await expect(open(posted.index, record)).to.be.revertedWithCustomError(sums, "NotDemanded");
    // Who asked has the answer's time to go on, and what was shown is not asked for again.
    await expect(sums.settle(posted.index, posted.claim)).to.be.revertedWithCustomError(sums, "TooEarly");
    await expect(demand(posted, root)).to.be.revertedWithCustomError(sums, "NothingToDemand");
    await time.increase(ANSWER_TIME);
    await expect(sums.settle(posted.index, posted.claim)).to.changeEtherBalance(other, BOND);
    expect(await balance()).to.equal(0n);
  });

  it("pay back what was asked of a claim that fell otherwise", async () => {
    const { sums, deployer } = system;
    const total = truth.total + 1n;
    const posted = await post(truth, { hash: truth.root, total });
    const record = truth.recordBehind(truth.root)!;
    const child = 5;
    const below: SumMove & { kind: "demand" } = {
      ...{ kind: "demand", hash: truth.root, records: [record] },
      path: [child],
    };
    await (await demand(posted, below)).wait();
    const move = challengeSum(truth, { hash: truth.root, total }, () => undefined);
    if (move.kind !== "refute") throw new Error("the truth's own record was not taken");
    await (await refute(posted, move)).wait();
    const { hash } = decode(record)[child];
    await expect(sums.lapse(posted.index, hash)).to.be.revertedWithCustomError(sums, "NotOpen");
    await expect(sums.reclaim(posted.index, hash)).to.changeEtherBalance(deployer, PRICE);
    await expect(sums.reclaim(posted.index, hash)).to.be.revertedWithCustomError(sums, "NotDemanded");
  });

  it("take no claim without its bond, about another state than was asserted, or under another name", async () => {
    const { sums } = system;
    const { asserted, output } = await assertStateOf(system, system.user, truth, ++number);
    const value = BOND;
    await expect(sums.post(asserted.index, output, truth.sum, { value: BOND - 1n })).to.be.revertedWithCustomError(
      sums,
      "WrongValue",
    );
    const other = { ...output, stateRoot: truth.root };
    await expect(sums.post(asserted.index, other, truth.sum, { value })).to.be.revertedWithCustomError(
      sums,
      "OutputMismatch",
    );
    await (await sums.post(asserted.index, output, truth.sum, { value })).wait();
    const claim = { assertion: asserted.id, stateRoot: truth.stateRoot, sum: { ...truth.sum, total: 1n } };
    for (const call of [
      () => sums.refute(0, claim, truth.root, [], []),
      () => sums.demand(0, claim, [], [], { value: PRICE }),
      () => sums.settle(0, claim),
    ])
      await expect(call()).to.be.revertedWithCustomError(sums, "ClaimMismatch");
    const { portal } = system.deployment.addresses;
    const make = (...args: unknown[]) => hre.ethers.deployContract("SumRoots", args);
    for (const args of [
      [portal, BOND, 0n, WINDOW, ANSWER_TIME],
      [portal, BOND - 1n, PRICE, WINDOW, ANSWER_TIME],
      [portal, BOND, PRICE, WINDOW, 0],
      [portal, BOND, PRICE, ANSWER_TIME - 1, ANSWER_TIME],
    ])
      await expect(make(...args)).to.be.revertedWithCustomError(sums, "BadParameter");
  });

  it("keep the first settled claim of a state, and every bond that no lie has lost", async () => {
    const { sums, other } = system;
    const first = await post(truth, truth.sum);
    // Nobody took the other one down, which is too late now.
    const { output } = first;
    const lie = { ...first.claim, sum: { ...truth.sum, total: 1n } };
    const second: Posted = { ...first, index: 1n, claim: lie };
    await (await sums.connect(other).getFunction("post")(first.game, output, lie.sum, { value: BOND })).wait();
    await time.increase(WINDOW);
    await (await sums.settle(first.index, first.claim)).wait();
    await expect(sums.settle(second.index, second.claim)).to.changeEtherBalance(other, BOND);
    expect([await statusOf(first), await statusOf(second)]).to.deep.equal([SETTLED, SETTLED]);
    expect(await sums.sumOf(first.claim.assertion)).to.deep.equal([truth.total, true]);
  });

  it("pin their gas", async () => {
    const { sums, other } = system;
    const { asserted, output } = await assertStateOf(system, system.user, truth, ++number);
    const by = sums.connect(other).getFunction("post");
    expectPinned(
      FILE,
      "sums: post",
      await gasOf(by(asserted.index, output, truth.sum, { value: BOND }) as Sent),
      GAS_BOUND,
    );
    const claim = { assertion: asserted.id, stateRoot: truth.stateRoot, sum: truth.sum };
    const honest: Posted = { game: asserted.index, output, index: 0n, claim };
    const root: SumMove & { kind: "demand" } = { kind: "demand", hash: truth.root, records: [], path: [] };
    expectPinned(FILE, "sums: demand the root's record", await gasOf(demand(honest, root)), GAS_BOUND);
    const record = truth.recordBehind(truth.root)!;
    expectPinned(FILE, "sums: open a record", await gasOf(sums.open(0, record) as Sent), GAS_BOUND);
    const leaf = SUM_LIES[0];
    for (const depth of [2, 3]) {
      const place = sites(truth).find(({ at, path }) => at === "leaf" && path.length === depth)!;
      const told = tellLie(truth, place, leaf)!;
      const move = challengeSum(truth, told.claimed, (hash) => told.records.get(hash));
      if (move.kind !== "refute") throw new Error("no refutation");
      const posted = await post(truth, told.claimed);
      expectPinned(FILE, `sums: refute a leaf under ${depth} branches`, await gasOf(refute(posted, move)), GAS_BOUND);
    }
    await time.increase(WINDOW);
    expectPinned(FILE, "sums: settle", await gasOf(sums.settle(0, honest.claim) as Sent), GAS_BOUND);
    const { nodes, records } = truth.path(keccak256(fromHex(accountAt(7))));
    const check = (await sums.balanceIn.estimateGas(asserted.id, accountAt(7), nodes, records)) as bigint;
    expectPinned(FILE, `sums: check a leaf under ${records.length} branches`, Number(check), GAS_BOUND);
  });

  // Each is compiled anew.
  for (const mutant of IS_FULL ? SUM_MUTANTS : [])
    it(`kills: ${mutant.name}`, async () => {
      const code = compileMutant(mutant, ["contracts/solvency/SumRoots.sol", "SumRoots"]);
      let kills = 0;
      for (const { fn } of tests.filter(({ title }) => !/^(kills|pin|every lie)/.test(title))) {
        system = await loadFixture(deploySums);
        system = { ...system, sums: await deployRoots(system, code) };
        try {
          await fn!.call(this as never, undefined as never);
        } catch {
          kills++;
        }
      }
      expect(kills).to.be.greaterThan(0);
    }).timeout(120_000);

  it(`every lie falls and no truth does, whatever is withheld, ${RUNS} random plays`, async function () {
    this.timeout(IS_FULL ? 3_600_000 : 120_000);
    const met: Record<string, number> = {};
    const play = fc.record({
      balances: fc.array(fc.bigInt({ min: 0n, max: 2n ** 90n }), { minLength: 2, maxLength: 120 }),
      kind: fc.nat(SUM_LIES.length - 1),
      site: fc.nat(10_000),
      hides: fc.nat(3),
      isMute: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(play, async ({ balances, kind, site, hides, isMute }) => {
        const state = stateOf(balances);
        const lie = SUM_LIES[kind];
        const places = sites(state).filter(({ at }) => at === lie.at);
        const told = tellLie(state, places[site % places.length], lie);
        if (told === null) return;
        const before = (await hre.network.provider.send("evm_snapshot", [])) as string;
        const posted = await post(state, told.claimed);
        // What the liar shows only when it must: all, nothing, or some; what is on L1 is known.
        const known = new Map([...told.records].filter((_, i) => hides === 0 || (hides > 1 && i % hides === 0)));
        for (let round = 0; (await statusOf(posted)) === OPEN; round++) {
          expect(round, "the way down is longer than the trie").to.be.at.most(64);
          const move = challengeSum(state, told.claimed, (hash) => known.get(hash));
          if (move.kind === "agree") throw new Error("a lie is agreed to");
          if (move.kind === "refute") {
            await (await refute(posted, move)).wait();
            met[move.finding] = (met[move.finding] ?? 0) + 1;
            continue;
          }
          await (await demand(posted, move)).wait();
          const record = isMute ? undefined : told.records.get(move.hash);
          met[record === undefined ? "lapsed" : "answered"] =
            (met[record === undefined ? "lapsed" : "answered"] ?? 0) + 1;
          if (record !== undefined) {
            await (await system.sums.open(posted.index, record)).wait();
            known.set(move.hash, record);
          } else {
            await time.increase(ANSWER_TIME + 1);
            await (await system.sums.lapse(posted.index, move.hash)).wait();
          }
        }
        expect(await statusOf(posted)).to.equal(FALLEN);
        await hre.network.provider.send("evm_revert", [before]);
        // Nothing that a challenger can bring takes the truth down: neither its own way down nor any key's.
        expect(challengeSum(state, state.sum, () => undefined)).to.deep.equal({ kind: "agree" });
        const key = keccak256(fromHex(accountAt(site)));
        const { nodes, records } = state.path(key);
        const { finding } = walkSumTrie(state.stateRoot, state.sum, key, nodes, records);
        expect(finding).to.equal(site < balances.length ? "counted" : "absent");
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: !IS_FULL },
    );
    console.log(`        ${JSON.stringify(met)}`);
    for (const what of IS_FULL ? [...SUM_FINDINGS.slice(3), "lapsed", "answered"] : ["lapsed", "answered"])
      expect(met[what], what).to.be.greaterThan(0);
  });
});

function decode(record: Hex): { hash: Hex; total: bigint }[] {
  return Array.from({ length: 16 }, (_, i) => ({
    hash: `0x${record.slice(2 + 128 * i, 66 + 128 * i)}` as Hex,
    total: BigInt(`0x${record.slice(66 + 128 * i, 130 + 128 * i)}`),
  }));
}
