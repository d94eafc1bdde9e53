import type { Hex } from "../../protocol/types";
import { hashNode } from "../../games/history/history";
import { edgeId, leftOf, mutualId, rightOf } from "../../games/edges/place";
import { INFINITE_TIME, addTime, ownTime } from "../../games/edges/timers";
import { ZERO_ADDRESS } from "../../protocol";
import type { BoardEdge, BoardView } from "./board";

/** What is below an edge. */
export interface Links {
  /** Roots of both halves of a bisected edge. */
  halvesOf(id: Hex): readonly [Hex, Hex] | undefined;
  /** Root edges one level below the leaf's place, whichever rival of it they claim. */
  rootsUnder(id: Hex): readonly BoardEdge[];
}

/** Who is above whom in a game, found from the edges alone. Made anew for each view. */
export class Structure implements Links {
  private readonly byPlace = new Map<Hex, BoardEdge[]>();
  private readonly roots = new Map<Hex, BoardEdge[]>();

  constructor(private readonly view: BoardView) {
    for (const [id, edge] of view.edges) {
      const place = mutualId(edge.at);
      push(this.byPlace, place, edge);
      if (edge.staker === ZERO_ADDRESS || edge.at.level === 0) continue;
      const staked = view.stakedAt(place).find((candidate) => candidate.id === id);
      if (staked !== undefined) push(this.roots, staked.origin.above, edge);
    }
  }

  halvesOf(id: Hex): [Hex, Hex] | undefined {
    const { at, root } = this.view.edge(id)!;
    if (at.height === 0) return undefined;
    for (const left of this.byPlace.get(mutualId(leftOf(at))) ?? [])
      for (const right of this.byPlace.get(mutualId(rightOf(at, left.root))) ?? [])
        if (hashNode(left.root, right.root) === root) return [left.root, right.root];
    return undefined;
  }

  rootsUnder(id: Hex): BoardEdge[] {
    return this.roots.get(mutualId(this.view.edge(id)!.at)) ?? [];
  }
}

/**
 * Seconds that the edge has earned with all below it, from nothing but times of creation: what no cache may exceed.
 * @param countsProofs - False tells what time alone would have come to.
 */
export function earned(view: BoardView, links: Links, id: Hex, countsProofs = true): number {
  const edge = view.edge(id)!;
  const { at } = edge;
  if (edge.status === "proven" && countsProofs) return INFINITE_TIME;
  const own = ownTime(edge, view.mutual(mutualId(at))!, view.nowSeconds);
  const halves = links.halvesOf(id);
  if (halves !== undefined) {
    const below = [edgeId(leftOf(at), halves[0]), edgeId(rightOf(at, halves[0]), halves[1])];
    return addTime(own, Math.min(...below.map((half) => earned(view, links, half, countsProofs))));
  }
  const claims = at.height === 0 ? links.rootsUnder(id).filter(({ at: { claim } }) => claim === id) : [];
  return addTime(
    own,
    Math.max(0, ...claims.map(({ at: root, root: hash }) => earned(view, links, edgeId(root, hash), countsProofs))),
  );
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
