import { expectAll, expectBound, type Outcome } from "./checks";
import { Play, type Fault, type Way } from "./play";
import type { TurnsWorld } from "./world";

/** What became of several seeds. */
export interface Tally {
  seeds: number;
  seconds: number;
  /** Seeds in which a member played so. */
  ways: Map<Way, number>;
  reorgs: number;
  sum: Outcome;
  /** Of each seed that broke a rule, the first that it broke. */
  failures: string[];
}

/** Plays seeds, one after another, each from the same beginning. @param isEnough - asked of each failure whether to stop. */
export async function seedsOf(
  world: TurnsWorld,
  first: number,
  count: number,
  fault: Fault = {},
  isEnough: (failure: string) => boolean = () => false,
): Promise<Tally> {
  const began = Date.now();
  const sum = { batches: 0, forced: 0, messages: 0, promises: 0, contradicted: 0, punished: 0, blocks: 0 };
  const tally: Tally = { seeds: 0, seconds: 0, ways: new Map(), reorgs: 0, sum, failures: [] };
  for (let seed = first; seed < first + count && !tally.failures.some(isEnough); seed++) {
    const play = new Play(world, seed, fault, expectBound);
    tally.seeds++;
    for (const way of play.ways) tally.ways.set(way, (tally.ways.get(way) ?? 0) + 1);
    try {
      await play.run();
      const outcome = await expectAll(play);
      for (const key of Object.keys(sum) as (keyof Outcome)[]) sum[key] += outcome[key];
    } catch (error) {
      const { name, message } = error as Error;
      if (name !== "AssertionError") throw error;
      tally.failures.push(`${message} (${play.ways.join(", ")})`);
    }
    tally.reorgs += play.reorgs.count;
    tally.seconds = (Date.now() - began) / 1_000;
    if (tally.seeds % 50 === 0 && tally.seeds < count) tell(tally);
  }
  return tally;
}

/** Prints a line. */
export function tell({ seeds, seconds, ways, reorgs, sum, failures }: Tally): void {
  const { batches, forced, messages, promises, contradicted, punished, blocks } = sum;
  const members = [...ways].map(([way, count]) => `${count} ${way}`).join(", ");
  console.log(
    `      ${seeds} rotations in ${seconds.toFixed(0)} s (${members}): ${batches} batches (${forced} forced), ${blocks} blocks, ` +
      `${messages} messages, ${promises} promises (${contradicted} of the honest contradicted by their own batch), ${reorgs} reorgs of L1, ${punished} liars punished, ${failures.length} failures`,
  );
}
