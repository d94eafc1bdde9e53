import type { Hex } from "../../protocol/types";
import type { Referee } from "./referee";
import type { Spending, Verdict } from "./types";

/** Asks until the answer is not null. */
export type Until = <T>(probe: () => T | null) => Promise<T>;

const OFTEN_MS = 50;

const untilFound: Until = async (probe) => {
  for (;;) {
    const found = probe();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, OFTEN_MS));
  }
};

/**
 * Waits until a false assertion of `liar` is slashed, and every rival of it that is the liar's, too.
 * @param from - Index in `referee.seen` from which on events count.
 * @param check - called while it waits; what it throws ends that.
 * @param until - asks whether it is so; every moment, unless somebody knows better when.
 * @throws Error after `timeoutMs`, saying where the dispute stands.
 */
export function untilSlashed(
  referee: Referee,
  liar: Hex,
  from: number,
  timeoutMs: number,
  check: () => void = () => {},
  until: Until = untilFound,
): Promise<Verdict> {
  const end = Date.now() + timeoutMs;
  return until(() => {
    const verdict = referee.verdict(liar, from);
    if (verdict !== null) return verdict;
    check();
    if (Date.now() <= end) return null;
    const why = isContradicted(referee, liar, from) ? "" : "nobody says otherwise than it does, so it told no lie; ";
    throw new Error(`no verdict on ${liar} after ${timeoutMs / 1_000} s: ${why}${referee.standing()}`);
  });
}

/** Whether something that an account has asserted has a sibling: of the children of one assertion one is true. */
export function isContradicted({ seen }: Referee, account: Hex, from: number): boolean {
  const asserted = seen.map(({ told }) => (told?.kind === "asserted" ? told : null));
  return asserted.some((own, i) => {
    if (own === null || own.by !== account || i < from) return false;
    const { id, parent } = own.assertion;
    return asserted.some((other) => other?.assertion.parent === parent && other.assertion.id !== id);
  });
}

/** What an account spent, in words. */
export function describeSpending({ transactions, gas, moves }: Spending): string {
  const list = Object.entries(moves).map(([name, count]) => `${count} ${name}`);
  return `${gas.toLocaleString("en")} gas in ${transactions} transactions (${list.join(", ")})`;
}
