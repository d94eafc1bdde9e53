import { expect } from "chai";
import { randomInt } from "node:crypto";
import type { Arena, Battle, LiarSpec } from "./arena";
import { checkBooks } from "./books";

/** A kind of fraud, and why it must lose. */
export interface Fraud {
  title: string;
  fault: string;
  /** `proof`: L1 executes the step at which the lie begins. `time`: nobody can go on with it. */
  by: "proof" | "time";
  /** Number of the block in its assertion that is lied about. */
  run?: number;
  /** The host call whose answer is forged: the instruction that L1 executes. */
  call?: "inbox" | "preimage";
  /** The liar still stakes at this level, and does nothing there. */
  reaches?: number;
  /** A deposit is made before, and consumed by the first block. */
  withDeposit?: boolean;
}

/** The fraud of `npm test`, then the rest. */
export const FRAUDS: readonly Fraud[] = [
  {
    title: "a wrong output root in the middle block of an assertion",
    fault: "wrong-state:middle",
    by: "proof",
    run: 1,
  },
  { title: "a bit of memory flipped at a random step", fault: "flip", by: "proof", run: 2 },
  {
    title: "a deposit that the inbox does not hold",
    fault: "wrong-batch",
    by: "proof",
    run: 0,
    call: "inbox",
    withDeposit: true,
  },
  { title: "a precompile that fails for want of gas", fault: "low-gas:middle", by: "proof", run: 1, call: "preimage" },
  { title: "a history of garbage", fault: "garbage", by: "time" },
];

export const MORE_FRAUDS: readonly Fraud[] = [
  { title: "a wrong output root in the first block", fault: "wrong-state:first", by: "proof", run: 0 },
  { title: "a wrong output root in the last block", fault: "wrong-state:last", by: "proof", run: 2 },
  { title: "a lie at the very first step", fault: "wrong-state:first:0", by: "proof", run: 0 },
  { title: "a block that L1 holds no data for", fault: "unsafe", by: "proof", run: 3 },
  { title: "a batch said to be too late", fault: "wrong-batch", by: "proof", run: 0, call: "inbox" },
  { title: "a wrong preimage", fault: "wrong-preimage", by: "proof", run: 2, call: "preimage" },
  { title: "a signature of somebody else", fault: "wrong-precompile", by: "proof", run: 2, call: "preimage" },
  { title: "a liar who stalls after the assertion", fault: "silent:0", by: "time", reaches: 0 },
  { title: "a liar who stalls at level 1", fault: "silent:1", by: "time", reaches: 1 },
  { title: "a liar who stalls at level 2", fault: "silent:2", by: "time", reaches: 2 },
  { title: "the true end after another history", fault: "copied-history", by: "time" },
  { title: "ten rivals at once", fault: "spam:10", by: "time" },
];

/** A seed, new each time; SOLVENT_SEED repeats a run. */
export function newSeed(): number {
  return Number(process.env.SOLVENT_SEED ?? randomInt(1, 2 ** 31));
}

/** Plays one fraud to its end and asserts who won and why. */
export async function playFraud(arena: Arena, fraud: Fraud): Promise<Battle> {
  const spec: LiarSpec = { fault: fraud.fault, seed: newSeed() };
  const battle = await arena.fight([spec], async () => {
    if (fraud.withDeposit === true) await arena.system.deposit(3, 10n ** 18n);
    await arena.postBlocks();
  });
  console.log(`      ${spec.fault}, seed ${spec.seed}: ${battle.seconds.toFixed(1)} s`);
  expectHonestWinner(arena, battle);
  if (fraud.reaches !== undefined) expect(deepestStake(arena, battle), "level reached").to.equal(fraud.reaches);
  if (fraud.by === "time") expect(battle.proven, "steps proven").to.deep.equal([]);
  else await expectProof(arena, battle, fraud);
  await checkBooks(arena.system, arena.record, [arena.honestAccount]);
  return battle;
}

/** Every lie's rival that was confirmed is what the honest party holds for true. */
export function expectHonestWinner(arena: Arena, { news, liars }: Battle): void {
  const { replica } = arena.record;
  for (const { account, spec } of liars) {
    const slashed = news.flatMap(({ event }) => (event.kind === "Slashed" && event.staker === account ? [event] : []));
    const lie = slashed.find(({ id }) => replica.edge(id)!.at.level === 0)!;
    const winner = replica.edge(lie.winner)!;
    expect([winner.status, winner.staker], spec.fault).to.deep.equal(["confirmed", arena.honestAccount]);
    const { stakes } = replica.parameters;
    expect(lie.reward, "half of the stake for those who made the moves").to.equal(stakes[0] / 2n);
    expect(lie.burnt, "half of the stake burnt").to.equal(stakes[0] - stakes[0] / 2n);
  }
}

/** The deepest level at which the liar staked. */
function deepestStake({ record }: Arena, { liars: [{ account, since }] }: Battle): number {
  const edges = [...record.replica.edges.values()];
  const own = edges.filter(({ staker, created }) => staker === account && created >= since);
  return Math.max(...own.map(({ at }) => at.level));
}

/** L1 executed exactly the step at which the lie begins, and its result is the honest party's. */
async function expectProof({ honest }: Arena, { proven, liars: [liar] }: Battle, fraud: Fraud): Promise<void> {
  const { start, inbox, run, forgery } = liar.told()!;
  expect(run).to.equal(fraud.run);
  expect(proven, "steps proven").to.have.length(1);
  const [{ edge, place }] = proven;
  expect(place.run, "block").to.equal(run);
  const [mine, theirs] = await Promise.all(
    [honest.source, liar.source].map((source) => source.steps(start, inbox, place.segment)),
  );
  expect(edge.root, "what L1 found").to.equal(mine.leaf(place.step)).and.not.equal(theirs.leaf(place.step));
  if (place.step > 0) expect(mine.leaf(place.step - 1), "the state before").to.equal(theirs.leaf(place.step - 1));
  const step = (BigInt(place.segment) << BigInt(mine.height)) + BigInt(place.step);
  if (forgery.patches !== undefined) expect(step).to.equal(forgery.patches[0].step - 1n);
  const { mnemonic, file, line, source } = await honest.source.explain(start, inbox, step);
  console.log(`      L1 executed step ${step}: ${mnemonic}  (${file}:${line}: ${source})`);
  if (fraud.call !== undefined) expect(mnemonic).to.match(new RegExp(`^${fraud.call}\\b`));
}
