import { Gauge, type Registry } from "prom-client";
import type { AssertionStatus } from "../../games/game";
import { isDecided, lostOf, type IsTrue } from "./outlook";

/** How an assertion stands, by whether it says what this node's chain says. Who made it defends it. Source: op-dispute-mon's words. */
const STATUSES = [
  "agree_defender_ahead",
  "agree_challenger_ahead",
  "disagree_defender_ahead",
  "disagree_challenger_ahead",
  "agree_defender_wins",
  "agree_challenger_wins",
  "disagree_defender_wins",
  "disagree_challenger_wins",
] as const;
type AgreementStatus = (typeof STATUSES)[number];

export interface Agreement {
  /** Assertions by how they stand. */
  counts: Record<AgreementStatus, number>;
  /** When the newest was made that says what this chain says, and the newest that does not; L1 seconds, 0 without one. */
  latest: { agree: number; disagree: number };
}

/**
 * Counts the assertions of a game. Of an open one the defender is ahead while no rival at its place has more time on its clock; one whose
 * step was proven is ahead of all. A lost one, slashed or not, is the challenger's.
 */
export function agreementOf(assertions: readonly AssertionStatus[], isTrue: IsTrue): Agreement {
  const lost = lostOf(assertions);
  const most = new Map<string, number>();
  for (const one of assertions)
    if (!lost.has(one.info.id)) most.set(one.place, Math.max(most.get(one.place) ?? 0, clockOf(one)));
  const counts = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Agreement["counts"];
  const latest = { agree: 0, disagree: 0 };
  for (const one of assertions) {
    const side = isTrue(one) ? "agree" : "disagree";
    latest[side] = Math.max(latest[side], one.created);
    const isLost = lost.has(one.info.id);
    const isAhead = !isLost && clockOf(one) >= most.get(one.place)!;
    const who = isAhead ? "defender" : "challenger";
    counts[`${side}_${who}_${isLost || isDecided(one) ? "wins" : "ahead"}`] += 1;
  }
  return { counts, latest };
}

function clockOf({ status, timerSeconds }: AssertionStatus): number {
  return status === "open" ? timerSeconds : Infinity;
}

/** Serves the newest agreement, under names and labels of op-dispute-mon. @param read - Null where nothing is known yet. */
export function addAgreementMetrics(registry: Registry, read: () => Agreement | null): void {
  const registers = [registry];
  new Gauge({
    name: "solvent_games_agreement",
    help: "Assertions by how they stand, and whether they say what this node's chain says",
    labelNames: ["status", "completion", "result_correctness", "root_agreement"],
    registers,
    collect() {
      for (const [status, count] of Object.entries(read()?.counts ?? {})) {
        const [side, who, how] = status.split("_");
        const isCorrect = (side === "agree") === (who === "defender");
        this.set(
          {
            status,
            completion: how === "wins" ? "complete" : "in_progress",
            result_correctness: isCorrect ? "correct" : "incorrect",
            root_agreement: side,
          },
          count,
        );
      }
    },
  });
  new Gauge({
    name: "solvent_latest_proposal",
    help: "L1 time of the newest assertion that says what this node's chain says, and of the newest that does not; 0 without one",
    labelNames: ["root_agreement"],
    registers,
    collect() {
      for (const [side, time] of Object.entries(read()?.latest ?? {})) this.set({ root_agreement: side }, time);
    },
  });
}
