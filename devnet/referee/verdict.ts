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
  /** How many of the loser's stakes were slashed, and what of them pays for the moves against it and was burnt, in wei. */
  stakes: number;
  reward: bigint;
  burnt: bigint;
}

/**
 * Waits until a false assertion of `liar` is slashed, and every rival of it that is the liar's, too.
 * @param from - Index in `referee.seen` from which on events count.
 * @param check - called while it waits; what it throws ends that.
 * @throws Error after `timeoutMs`, saying where the dispute stands.
 */
export async function untilSlashed(
  referee: Referee,
  liar: Hex,
  from: number,
  timeoutMs: number,
  check: () => void = () => {},
): Promise<Verdict> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const verdict = findVerdict(referee, liar, from);
    if (verdict !== null) return verdict;
    check();
    if (Date.now() > end) throw new Error(`no verdict on ${liar} after ${timeoutMs / 1_000} s: ${standing(referee)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function findVerdict({ seen, replica }: Referee, liar: Hex, from: number): Verdict | null {
  const news = seen.slice(from);
  const slashed = news.flatMap(({ event, at }) =>
    event.kind === "Slashed" && event.staker === liar ? [{ ...event, settledAt: at }] : [],
  );
  const first = slashed.find(({ id }) => replica.assertions.has(id));
  if (first === undefined) return null;
  const { mutualId } = replica.edge(first.id)!;
  const ended = new Set(slashed.map(({ id }) => id));
  for (const id of replica.assertions.keys()) {
    const rival = replica.edge(id)!;
    if (rival.mutualId === mutualId && rival.staker === liar && !ended.has(id)) return null;
  }
  const { at: toldAt } = seen.find(({ event }) => event.kind === "AssertionAdded" && event.assertion.id === first.id)!;
  const proof = news.find((one) => one.event.kind === "StepProven" && one.at >= toldAt);
  const sum = (values: bigint[]): bigint => values.reduce((total, value) => total + value, 0n);
  return {
    winner: { account: replica.edge(first.winner)!.staker, assertion: first.winner },
    loser: { account: liar, assertion: first.id },
    by: proof === undefined ? "time" : "proof",
    proven: proof?.event.kind === "StepProven" ? replica.edge(proof.event.id)! : null,
    provenAfterMs: proof === undefined ? null : proof.at - toldAt,
    settledAfterMs: slashed.at(-1)!.settledAt - toldAt,
    stakes: slashed.length,
    reward: sum(slashed.map(({ reward }) => reward)),
    burnt: sum(slashed.map(({ burnt }) => burnt)),
  };
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
