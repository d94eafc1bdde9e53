import type { Expectation } from "../comparison";
import type { GameReplica, PlacedEdge } from "./replica";
import type { EdgeStatus } from "./types";

/** Twin of `IDispute.Status`. */
const STATUS: Readonly<Record<EdgeStatus, number>> = { open: 1, proven: 2, confirmed: 3, slashed: 4 };

/**
 * What the contract holds if the replica is right: as many assertions, and the words of all edges and places that anything still hangs on.
 * NOTE: a third rival writes nothing at its place. One that is missing takes no time from any edge that is known, and what it is bisected into shows
 * as soon as it stands where a known edge does.
 */
export function* expectedOfEdges(replica: GameReplica): Generator<Expectation> {
  yield { key: "assertions", view: "gameCount", args: [], holds: { count: replica.assertions.size } };
  const places = new Set<string>();
  for (const edge of replica.edges.values()) {
    const { id, mutualId, created, timer, status, staker, maker, stakeMoved, cost } = edge;
    const reward = replica.rewardOf(id);
    if (reward > 0n) yield { key: `reward of ${id}`, view: "rewardAt", args: [mutualId], holds: { reward } };
    if (!isAlive(edge, replica)) continue;
    const word = { created, timer, status: STATUS[status], staker, maker, stakeMoved, cost };
    yield { key: `edge ${id}`, view: "edge", args: [id], holds: word };
    if (places.has(mutualId)) continue;
    places.add(mutualId);
    const { rivalledAt, decidedAt } = replica.mutual(mutualId)!;
    const times = { rivalledAt: rivalledAt ?? 0, decided: decidedAt !== null, decidedAt: decidedAt ?? 0 };
    yield { key: `place ${mutualId}`, view: "mutual", args: [mutualId], holds: times };
  }
}

/** Whether its assertions are not decided yet, or a stake lies on it. */
function isAlive({ contest, staker, status }: PlacedEdge, replica: GameReplica): boolean {
  const isDecided = replica.mutual(contest)!.decidedAt !== null;
  return !isDecided || (BigInt(staker) !== 0n && (status === "open" || status === "proven"));
}
