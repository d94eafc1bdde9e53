import { keccak256 } from "../protocol";
import type { DeploymentConfig } from "./config";

/**
 * What an honest party computes for one lie about the worst blocks known, in seconds of one core of the machine that measured it, by kind
 * of work, each at its dearest block. Source: `npm run bench -- answers` (docs/benchmarks.md), which prints these lines.
 */
export const WORST_ANSWER = {
  heights: [17, 17],
  /** The reference loop on that machine. */
  referenceSeconds: 0.092,
  recordSeconds: 33.3,
  stridesSeconds: 55.1,
  stepsSeconds: 3.2,
  witnessSeconds: 0.4,
} as const;
/** Lies about different blocks that have to be answered at once. */
export const LIES_AT_ONCE = 10;
/** Machines may be so much slower than the one that measured. */
const SLOWER = 2;
/** From the last computation to an answer that stands in a block: 25 blocks of 12 seconds, while the bid is raised twice. */
const L1_SECONDS = 300;
const KECCAKS = 4_000;
const KECCAK_BYTES = 4_096;

/** Seconds of one core for the commitments of one lie, on the machine that measured. Hashing grows with the leaves of its level. */
export function answerSeconds({ heights }: Pick<DeploymentConfig["game"], "heights">): number {
  const { heights: measured, recordSeconds, stridesSeconds, stepsSeconds, witnessSeconds } = WORST_ANSWER;
  const [strides, steps] = measured.map((height, i) => Math.max(1, 2 ** (Number(heights[i + 1]) - height)));
  return recordSeconds + stridesSeconds * strides + stepsSeconds * steps + witnessSeconds;
}

/**
 * The least `responseTime` in seconds in which a party answers `LIES_AT_ONCE` lies about the worst blocks.
 * @param slower - times that its machine is slower than the one that measured. @param workers - threads that compute, a core each.
 */
export function leastResponseTime(
  game: Pick<DeploymentConfig["game"], "heights">,
  slower = SLOWER,
  workers = 1,
): number {
  return Math.ceil((LIES_AT_ONCE * answerSeconds(game) * slower) / workers) + L1_SECONDS;
}

/** What to say of a machine that cannot keep a deployment's response time; null where it can. */
export function tooSlow(
  game: Pick<DeploymentConfig["game"], "heights" | "responseTime">,
  { slower, workers }: { slower: number; workers: number },
): string | null {
  const least = leastResponseTime(game, slower, workers);
  if (game.responseTime >= BigInt(least)) return null;
  return (
    `this machine is too slow for the deployment: ${LIES_AT_ONCE} lies about the worst blocks take it ${least} s with ${workers} ` +
    `worker(s), answers are due within ${game.responseTime} s; give it more workers, or faster cores`
  );
}

/** How much slower this machine is than the one that measured, by the reference loop; the best of three. Takes a moment. */
export function measureSlower(): number {
  return Math.min(...[1, 2, 3].map(referenceSeconds)) / WORST_ANSWER.referenceSeconds;
}

/** The reference loop: keccaks of a page, as commitments are made of them. */
export function referenceSeconds(): number {
  const page = new Uint8Array(KECCAK_BYTES);
  const started = performance.now();
  for (let i = 0; i < KECCAKS; i++) page.set(keccak256(page));
  return (performance.now() - started) / 1000;
}
