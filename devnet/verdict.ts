import type { Hex } from "../protocol/types";
import type { PlacedEdge } from "../games/edges";
import type { Referee, Spending } from "./referee";

/** How one dispute ended. */
export interface Verdict {
  /** Staker and id of the assertion that won, and of the one that lost. */
  winner: { account: Hex; assertion: Hex };
  loser: { account: Hex; assertion: Hex };
  /** A step that L1 executed itself, or time that nobody contested. */
  by: "proof" | "time";
  /** The step that L1 executed, where it did. */
  proven: PlacedEdge | null;
  /** Milliseconds from the lie to the step on L1 (null without one), and to the end of its assertion. */
  provenAfterMs: number | null;
  settledAfterMs: number;
  /** Wei: what of the loser's stake for the assertion went to the winner, and what was burnt. */
  reward: bigint;
  burnt: bigint;
}

/**
 * Waits until an assertion of `liar` is slashed.
 * @param from - Index in `referee.seen` from which on events count.
 * @throws Error after `timeoutMs`, saying where the dispute stands.
 */
export async function untilSlashed(referee: Referee, liar: Hex, from: number, timeoutMs: number): Promise<Verdict> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const verdict = findVerdict(referee, liar, from);
    if (verdict !== null) return verdict;
    if (Date.now() > end) throw new Error(`no verdict on ${liar} after ${timeoutMs / 1_000} s: ${standing(referee)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function findVerdict({ seen, replica }: Referee, liar: Hex, from: number): Verdict | null {
  const news = seen.slice(from);
  for (const { event, at } of news) {
    if (event.kind !== "Slashed" || event.staker !== liar) continue;
    const lie = replica.assertions.get(event.id);
    if (lie === undefined) continue;
    const toldAt = seen.find((one) => one.event.kind === "AssertionAdded" && one.event.assertion.id === lie.id)!.at;
    const proof = news.find((one) => one.event.kind === "StepProven" && one.at >= toldAt);
    return {
      winner: { account: replica.edge(event.winner)!.staker, assertion: event.winner },
      loser: { account: liar, assertion: lie.id },
      by: proof === undefined ? "time" : "proof",
      proven: proof?.event.kind === "StepProven" ? replica.edge(proof.event.id)! : null,
      provenAfterMs: proof === undefined ? null : proof.at - toldAt,
      settledAfterMs: at - toldAt,
      reward: event.reward,
      burnt: event.burnt,
    };
  }
  return null;
}

/** One line on the game as it is. */
export function standing({ replica }: Referee): string {
  const edges = [...replica.edges.values()];
  const deepest = edges.reduce<PlacedEdge | null>((best, edge) => {
    const isDeeper =
      best === null ||
      edge.at.level > best.at.level ||
      (edge.at.level === best.at.level && edge.at.height < best.at.height);
    return isDeeper ? edge : best;
  }, null);
  const place = deepest === null ? "" : `, deepest at level ${deepest.at.level} height ${deepest.at.height}`;
  return `${replica.assertions.size} assertions, ${edges.length} edges${place}`;
}

/** What an account spent, in words. */
export function describeSpending({ transactions, gas, moves }: Spending): string {
  const list = Object.entries(moves).map(([name, count]) => `${count} ${name}`);
  return `${gas.toLocaleString("en")} gas in ${transactions} transactions (${list.join(", ")})`;
}
