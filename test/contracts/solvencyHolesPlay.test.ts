import { expect } from "chai";
import fc from "fast-check";
import hre from "hardhat";
import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { toBeHex, type Contract } from "ethers";
import { noteTaken, noteTakenBefore, type LayerSigner } from "../../client";
import type { Hex } from "../../protocol/types";
import { compileMutant, type SolidityMutant } from "../support/game/solidityMutants";
import { attempt } from "./support/attempt";
import { waitOut } from "./support/assertions";
import { assertBooks, deploySolvency, evidenceOf, type AssertedState, type ShownDeposit } from "./support/solvency";
import { markProven, type PlayCode } from "./support/solvencyPlay";

const IS_FULL = process.env.SOLVENT_FULL === "1";
const SEED = Number(process.env.SOLVENT_SEED ?? (IS_FULL ? Date.now() % 2 ** 31 : 1));
const RUNS = IS_FULL ? 12 : 1;
const STEPS = 60;
/** What every play must have met, so that it says something. */
const MET = [
  "deposited",
  "credited twice",
  "lied",
  "lie proven",
  "weak",
  "exact",
  "noted",
  "shown",
  "forged note",
  "proven by any note",
];
/** Messages and tokens of the fixture's deposit. */
const FIRST = { index: 0, amount: 1000n };

/** A state that L2 was in. @param hole - Of what it has credited, what never went in. */
interface Truth {
  asserted: AssertedState;
  consumed: number;
  hole: bigint;
  credited: bigint;
}

type Step = [kind: number, a: number, b: number];

const FILE = "contracts/solvency/SolvencyOracle.sol";
/** One rule off, each, and a play that finds it. */
const MUTANTS: readonly SolidityMutant[] = [
  {
    name: "a deposit is shown twice",
    file: FILE,
    from: "if (deposit.index < next || deposit.index >= later)",
    to: "if (deposit.index < count || deposit.index >= later)",
  },
  {
    name: "what is noted holds for a later count",
    file: FILE,
    from: "if (count >= later) revert NotBetween(count, 0, later);",
    to: "",
  },
  {
    name: "a deposit behind what is noted is taken off",
    file: FILE,
    from: "if (deposit.index < next || deposit.index >= later)",
    to: "if (deposit.index < next)",
  },
  {
    name: "a state is compared with what was noted before it",
    file: FILE,
    from: "if (evidence.noted < consumed) revert NotedTooEarly(evidence.noted, consumed);",
    to: "",
  },
  {
    name: "a newer root forgets what was shown",
    file: FILE,
    from: "excess_ = last.excess;",
    to: "excess_ = 0;",
  },
  {
    name: "what was confirmed as a standing record is overwritten",
    file: FILE,
    from: "(next.isConfirmed, last.isConfirmed) = (true, false);",
    to: "",
  },
  {
    name: "more replaces less of what was noted",
    file: FILE,
    from: "if (known != 0 && known <= noted) revert",
    to: "if (known != 0 && known == noted) revert",
  },
  {
    name: "an older root of the chain shows nothing",
    file: FILE,
    from: "bool isOfChain = record.isConfirmed || record",
    to: "bool isOfChain = record",
  },
];

/** L2 as a list of deposits and of what it credited without any; L1 and the oracle are the real ones. */
class HolesPlay {
  readonly counts: Record<string, number> = {};
  private readonly deposits: { index: number; amount: bigint; shown?: ShownDeposit }[] = [FIRST];
  private readonly lies: AssertedState[] = [];
  private readonly truths: Truth[] = [];
  /** Credited without a deposit. */
  private hole = 0n;
  /** The most that was shown of a confirmed root. */
  private shown = 0n;
  /** What is noted at which count, by whomever. */
  private readonly notes = new Map<number, bigint>();
  private fault: string | null = null;
  private block = 0;
  private salt = 0;
  /** Whether a lie stands on a lie: it counts, downwards, until somebody says that what is below it has lost. */
  private hasChild = false;

  constructor(
    private readonly system: Awaited<ReturnType<typeof deploySolvency>>,
    private readonly oracle: Contract,
  ) {}

  /** @returns what is wrong after it; null where nothing is. */
  async step([kind, a, b]: Step): Promise<string | null> {
    const moves = [
      () => this.deposit(a),
      () => this.deposit(a),
      () => this.creditTwice(a),
      () => this.note(a),
      () => this.forgeNote(a, b),
      () => this.lie(a, b),
      () => this.truth(a, b),
      () => this.truth(a, b),
      () => this.showOlder(a),
      () => this.proveByAnyNote(a, b),
      () => attempt(this.oracle.drop(this.asset)),
    ];
    if (this.truths.length === 0) await this.truth(0, 0);
    await moves[kind % moves.length]();
    return this.check();
  }

  private get asset(): string {
    return this.system.token.target as string;
  }

  private count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  private sumBefore(count: number): bigint {
    return this.deposits.reduce((sum, { index, amount }) => (index < count ? sum + amount : sum), 0n);
  }

  private async deposit(a: number): Promise<void> {
    const shown = await this.system.deposit(1 + a);
    this.deposits.push({ index: Number(shown.index), amount: BigInt(1 + a), shown });
    this.count("deposited");
  }

  private async creditTwice(a: number): Promise<void> {
    this.hole += BigInt(a);
    this.count("credited twice");
    await Promise.resolve();
  }

  private async note(a: number): Promise<void> {
    const { inbox } = this.system.deployment.addresses;
    await noteTaken(this.signer(a), { inbox }, this.oracle.target as string, this.asset);
    this.count("noted");
    await this.readNotes();
  }

  /** A liar shows what it likes: counts at random, deposits twice, in any order, of any place. */
  private async forgeNote(a: number, b: number): Promise<void> {
    const known = this.deposits.flatMap(({ shown }) => shown ?? []);
    const picked = [a, b, a].flatMap((at) => known.slice(at % (known.length + 1), (at % (known.length + 1)) + 1));
    if (a % 2 === 0) await this.note(a);
    const counts = [...this.notes.keys(), this.deposits.length + 1];
    const later = counts[b % counts.length];
    for (const at of [counts[a % counts.length], (a + b) % (this.deposits.length + 2), b % (later + 1)])
      for (const deposits of [picked, picked.slice(0, 1), []])
        if (await attempt(this.oracle.noteTakenBefore(this.asset, at, later, deposits))) this.count("forged note");
    await this.readNotes();
  }

  private async readNotes(): Promise<void> {
    for (let count = 0; count <= this.deposits.length + 1; count++) {
      const amount = (await this.oracle.takenAt(this.asset, count).catch(() => null)) as bigint | null;
      const before = this.notes.get(count);
      if (amount !== null) this.notes.set(count, amount);
      // Rationale: what was shown to be less is not more again, and never less than what L1 had taken in.
      if (before !== undefined && (amount === null || amount > before))
        this.fault = `${amount} at ${count}, after ${before}`;
      if (amount !== null && amount < this.sumBefore(count)) this.fault = `${amount} at ${count} is too little`;
    }
  }

  /** By whatever was noted, before the state or after. */
  private async proveByAnyNote(a: number, b: number): Promise<void> {
    const { asserted, credited } = this.truths[a % this.truths.length];
    const some = [...this.notes].filter((_, at) => at % 2 === b % 2);
    for (const [noted, taken] of some) {
      if (!(await attempt(this.oracle.prove(this.asset, evidenceOf(asserted, this.asset, noted))))) continue;
      this.count("proven by any note");
      if (credited - taken > this.shown) this.shown = credited - taken;
    }
  }

  /** Rosy or black, the first at its place or on another lie, by itself or compared with whatever was noted. */
  private async lie(a: number, b: number): Promise<void> {
    const own = b % 2 === 0 ? this.lies.at(-1) : undefined;
    this.hasChild ||= own !== undefined;
    const on = own ?? this.tip;
    const credited = BigInt(a % 2 === 0 ? 1 : 10_000 + a);
    const books = { number: this.block + 1 + (b % 5), consumed: b % (this.deposits.length + 1), credited };
    const past = toBeHex(1 + ++this.salt, 32) as Hex;
    const lie = await assertBooks(this.system, this.system.other, books, { on, past });
    this.lies.push(lie);
    this.count("lied");
    for (const noted of [undefined, a % (this.deposits.length + 1)])
      if (await attempt(this.oracle.prove(this.asset, evidenceOf(lie, this.asset, noted)))) this.count("lie proven");
  }

  /** The truth moves on and wins; it is proven before, after, both or never. */
  private async truth(a: number, b: number): Promise<void> {
    const { system, hole } = this;
    const before = this.truths.at(-1)?.consumed ?? 1;
    const consumed = before + (a % (this.deposits.length - before + 1));
    const credited = this.sumBefore(consumed) + hole;
    const books = { number: ++this.block, consumed, credited };
    const asserted = await assertBooks(system, system.user, books, { on: this.tip });
    const truth = { asserted, consumed, hole, credited };
    const early = b % 3 === 1 ? await this.show(truth, a % 2 === 0) : null;
    if (this.lies.length > 0) await markProven(system, asserted.id);
    await waitOut(system.deployment);
    await asserted.confirm();
    this.lies.length = 0;
    if (this.hasChild) await (await this.oracle.drop(this.asset)).wait();
    this.hasChild = false;
    this.truths.push(truth);
    if (early !== null && early > this.shown) this.shown = early;
    if (b % 3 === 2 || this.truths.length === 1) await this.showConfirmed(truth, a % 2 === 1);
    if (b % 6 !== 5) return;
    // The newest by itself, and then an older one in full.
    await this.showConfirmed(truth, false);
    await this.showConfirmed(this.truths.at(-2) ?? truth, true);
  }

  private async showOlder(a: number): Promise<void> {
    await this.showConfirmed(this.truths[a % this.truths.length], true);
  }

  private async showConfirmed(truth: Truth, isExact: boolean): Promise<void> {
    const shown = await this.show(truth, isExact);
    // Rationale: any honest proof makes it true again.
    if (isExact && shown === null && truth.hole > this.shown) this.fault = `no proof of ${truth.hole} is taken`;
    if (shown !== null && shown > this.shown) this.shown = shown;
  }

  /** @returns how much of the hole it has shown: all, or what deposits since leave of it; null where it was refused. */
  private async show({ asserted, consumed, hole, credited }: Truth, isExact: boolean): Promise<bigint | null> {
    const { inbox, tokenBridge } = this.system.deployment.addresses;
    const oracle = this.oracle.target as string;
    if (isExact) await noteTakenBefore(this.signer(0), { inbox, tokenBridge }, oracle, this.asset, BigInt(consumed));
    const evidence = evidenceOf(asserted, this.asset, isExact ? consumed : undefined);
    await this.readNotes();
    if (!(await attempt(this.oracle.prove(this.asset, evidence)))) return null;
    this.count(isExact ? "exact" : "weak");
    const taken = this.sumBefore(Infinity);
    const shown = isExact ? hole : credited > taken ? credited - taken : 0n;
    if (shown > 0n) this.count("shown");
    return shown;
  }

  private async check(): Promise<string | null> {
    const taken = this.sumBefore(Infinity);
    const { owed } = (await this.oracle.backing(this.asset)) as { owed: bigint };
    // Rationale: what was shown of the truth stays owed on top of all deposits, whatever a liar deposits, asserts, notes or proves.
    if (owed < taken + this.shown) return `owes ${owed}, and ${taken} + ${this.shown} was shown`;
    // Rationale: no false alarm, and any honest proof makes it true again: nothing is owed but the truth where no lie stands.
    if (this.lies.length === 0 && owed !== taken + this.shown) return `owes ${owed}, not ${taken} + ${this.shown}`;
    if (this.shown > this.hole) return `was shown ${this.shown} of ${this.hole}`;
    return this.fault;
  }

  private get tip(): AssertedState | undefined {
    return this.truths.at(-1)?.asserted;
  }

  private signer(a: number): LayerSigner {
    return (a % 2 === 0 ? this.system.user : this.system.other) as LayerSigner;
  }
}

const number = fc.integer({ min: 0, max: 999 });
const plays = fc.sample(
  fc.array(fc.tuple(number, number, number), { minLength: STEPS, maxLength: STEPS, size: "max" }),
  { numRuns: RUNS, seed: SEED },
) as Step[][];

/** @returns what a play found wrong; null where nothing is. */
async function run(total: Record<string, number>, code: PlayCode = {}): Promise<string | null> {
  for (const [at, steps] of plays.entries()) {
    const system = await loadFixture(deploySolvency);
    const play = new HolesPlay(system, await oracleOf(system, code));
    for (const [index, step] of steps.entries()) {
      const wrong = await play.step(step);
      if (wrong !== null) return `play ${at}, step ${index}: ${wrong}`;
    }
    for (const [what, count] of Object.entries(play.counts)) total[what] = (total[what] ?? 0) + count;
  }
  return null;
}

async function oracleOf(system: Awaited<ReturnType<typeof deploySolvency>>, code: PlayCode): Promise<Contract> {
  const { SolvencyOracle: mutant } = code;
  if (mutant === undefined) return system.oracle;
  const factory = new hre.ethers.ContractFactory(mutant.abi as never, mutant.bytecode, system.user);
  const of = [system.tokenBridge.target, hre.ethers.ZeroAddress, system.roots.target];
  return (await factory.deploy(...of)) as unknown as Contract;
}

describe(`Holes and deposits, played at random, ${RUNS} x ${STEPS} steps, seed ${SEED}`, function () {
  this.timeout(IS_FULL ? 3_600_000 : 300_000);

  it("V80 the feed owes what was shown and never less, whoever deposits, notes, lies or proves", async () => {
    const total: Record<string, number> = {};
    expect(await run(total), JSON.stringify(total)).to.equal(null);
    console.log(`        ${JSON.stringify(total)}`);
    for (const what of MET) expect(total[what], what).to.be.greaterThan(0);
  });

  // Each is compiled anew.
  for (const mutant of IS_FULL ? MUTANTS : [])
    it(`kills: ${mutant.name}`, async () => {
      const code = { SolvencyOracle: compileMutant(mutant, [FILE, "SolvencyOracle"]) };
      expect(await run({}, code)).to.not.equal(null);
    });
});
