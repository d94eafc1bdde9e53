import { count, duration, shorten } from "../format";
import type { StepPlace, Verdict } from "./history";

/** `instruction 12,345 of the run that makes L2 block 7`. */
export function stepName({ instruction, l2Block }: StepPlace): string {
  return `instruction ${count(instruction)} of the run that makes L2 block ${count(l2Block)}`;
}

/**
 * Who won and why, or where it stands: one sentence.
 * @param nameOf - What an account is called.
 * @param contested - Where a game that goes on stands, in words; null where nobody disagrees.
 */
export function describeVerdict(
  { winner, losers, by, place }: Verdict,
  contested: string | null,
  challengePeriodSeconds: number,
  nameOf: (account: string) => string = shorten,
): string {
  if (by === "frozen")
    return "Nobody won: each side left an answer out and is out. The place is frozen: no assertion is ever confirmed here.";
  if (winner === null) {
    if (contested === null) return "Nobody contests this assertion.";
    const where = place === null ? contested : `L1 has executed ${stepName(place)} itself`;
    return `Not decided yet: ${where}.`;
  }
  const liars = losers.map((account) => nameOf(account)).join(" and ");
  if (losers.length === 0)
    return `${nameOf(winner)} was confirmed: nobody contested it for ${duration(challengePeriodSeconds)}.`;
  if (by === "proof")
    return `${nameOf(winner)} won because L1 executed the one disputed instruction itself (${stepName(place!)}) and got what ${nameOf(winner)} had claimed and ${liars} had not.`;
  return `${nameOf(winner)} won because ${liars} left an answer out: what it claimed stood uncontested for ${duration(challengePeriodSeconds)}.`;
}

/** What the leaves of each level of a game stand for: one, and many. */
const LEAVES = [
  ["run", "runs"],
  ["stretch", "stretches"],
  ["step", "steps"],
] as const;

/** `runs 0 to 63`, `step 5`: neighbouring leaves of a level. */
export function leavesName(level: 0 | 1 | 2, first: number, last: number): string {
  const [one, many] = LEAVES[level];
  return first === last ? `${one} ${count(first)}` : `${many} ${count(first)} to ${count(last)}`;
}
