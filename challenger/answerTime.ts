import type { GenesisJson } from "../node/state";
import type { OpenExecution } from "../actor/execution";
import type { MachinePool } from "./commitments/pool";
import { standardRun } from "./commitments/standardRun";

/**
 * Steps of the proof VM that the dearest block which anybody has found takes, rounded up. None of those in `npm run bench -- steps`
 * takes more, by test.
 */
export const WORST_RUN_STEPS = 8_000_000_000;
/** Disputed runs of that kind that may wait for their answers at once. */
export const RUNS_AT_ONCE = 10;

const SAMPLE_GAS = 200_000n;

/** How long a machine takes to answer. Times are in seconds. */
export interface AnswerTime {
  /** Steps of the proof VM a second, with what is hashed of them for level 1. */
  stepsASecond: number;
  /** To hash every step of one stretch, for level 2. */
  stretchSeconds: number;
  /** From a disputed run of `WORST_RUN_STEPS` to its answer; and to the last answer where `RUNS_AT_ONCE` of them are disputed at once. */
  worstSeconds: number;
  worstAtOnceSeconds: number;
}

/**
 * Measures this machine by a run of the real program, in a thread of the pool that answers.
 * @param workers - threads of `pool`.
 * @param heights - of the game.
 */
export async function measureAnswerTime(
  open: OpenExecution,
  genesis: GenesisJson,
  pool: MachinePool,
  workers: number,
  heights: readonly [number, number, number],
): Promise<AnswerTime> {
  const machine = { id: "standard", witness: standardRun(open, genesis, SAMPLE_GAS), patches: [] };
  const [, height1, height2] = heights;
  // Reads and flattens the program, as any thread does once.
  await pool.run({ kind: "witness", machine, step: 0n });
  const [strides, stridesSeconds] = await timed(pool.run({ kind: "strides", machine, height1, height2 }));
  const stride = Number(strides.steps >> BigInt(height2)) >> 1;
  const [, stretchSeconds] = await timed(pool.run({ kind: "steps", machine, stride, height2 }));
  const stepsASecond = Number(strides.steps) / stridesSeconds;
  const worstSeconds = WORST_RUN_STEPS / stepsASecond + stretchSeconds;
  const rounds = Math.ceil(RUNS_AT_ONCE / workers);
  return { stepsASecond, stretchSeconds, worstSeconds, worstAtOnceSeconds: worstSeconds * rounds };
}

/**
 * What to warn of, null where the machine is quick enough.
 * @param responseSeconds - in which the deployment has claims answered.
 */
export function tooSlow({ worstSeconds, worstAtOnceSeconds }: AnswerTime, responseSeconds: number): string | null {
  if (worstAtOnceSeconds <= responseSeconds) return null;
  const [one, all] = [worstSeconds, worstAtOnceSeconds].map(Math.ceil);
  const extent = worstSeconds > responseSeconds ? "one disputed run" : `${RUNS_AT_ONCE} runs disputed at once`;
  return (
    `this machine is too slow for the deployment: the dearest run is answered in ${one} s, ${RUNS_AT_ONCE} of them in ${all} s, and the ` +
    `response time is ${responseSeconds} s, too short for ${extent}: give the challenger more \`workers\` and cores, or a faster machine`
  );
}

async function timed<T>(work: Promise<T>): Promise<[T, number]> {
  const from = performance.now();
  return [await work, (performance.now() - from) / 1_000];
}
