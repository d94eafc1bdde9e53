import { edgeId, mutualId, NO_CLAIM, chainPrefix } from "../../../games/edges/place";
import type { At, Before } from "../../../games/edges/types";
import { hashWords } from "../../../games/history/hashing";
import { ZERO_HASH } from "../../../protocol";
import type { Hex } from "../../../protocol/types";

export type Four = readonly [Hex, Hex, Hex, Hex];

/** A binary history of even height, by its quarters: nodes two levels below. Twin of `contracts/games/wide/Quads.sol`. */
export class History {
  private readonly nodes = new Map<string, Hex>();

  /**
   * @param height - Digits in base four of a leaf's number.
   * @param leaf - Each leaf below `settled`.
   * @param settled - From this leaf on all are as this one.
   * @param below - A history that this one is equal to before leaf `settled`, so that its nodes need not be computed again.
   */
  constructor(
    readonly height: number,
    readonly leaf: (index: number) => Hex,
    private readonly settled: number,
    private readonly below?: History,
  ) {}

  node(height: number, index: number): Hex {
    const first = index * 4 ** height;
    if (this.below !== undefined && first + 4 ** height <= this.settled) return this.below.node(height, index);
    if (height === 0) return this.leaf(Math.min(index, this.settled));
    const key = first >= this.settled ? `${height}` : `${height}/${index}`;
    let node = this.nodes.get(key);
    if (node === undefined) this.nodes.set(key, (node = nodeOver(this.childrenOf(height, index))));
    return node;
  }

  childrenOf(height: number, index: number): Four {
    return [0, 1, 2, 3].map((digit) => this.node(height - 1, 4 * index + digit)) as unknown as Four;
  }

  /** Left siblings on the way to a subtree's last leaf, bottom first: two for each digit. */
  spine(height = this.height, index = 0): Hex[] {
    const spine: Hex[] = [];
    for (let h = 0; h < height; h++) {
      const last = (index + 1) * 4 ** (height - h) - 1;
      spine.push(this.node(h, last - 1), hashWords("node", this.node(h, last - 3), this.node(h, last - 2)));
    }
    return spine;
  }
}

/** A subtree of somebody's history at its place. */
export interface Edge {
  readonly at: At;
  readonly root: Hex;
  readonly history: History;
  /** Place; place and root; with the claim, too. */
  readonly place: Hex;
  readonly id: Hex;
  readonly rootId: Hex;
  /** The edge that it is a quarter of; none for a root edge. */
  readonly parent: Edge | null;
  /** All quarters of a leaf are none. */
  readonly quarters: Four | null;
}

export function rootEdge(at: At, history: History): Edge {
  return edgeAt(at, history, null);
}

const quarterEdges = new WeakMap<Edge, Edge[]>();

/** One of the four quarters; the same object each time. */
export function quarterOf(edge: Edge, digit: number): Edge {
  let known = quarterEdges.get(edge);
  if (known === undefined) quarterEdges.set(edge, (known = []));
  return (known[digit] ??= edgeAt(quarterPlace(edge.at, edge.quarters!, digit), edge.history, edge));
}

export const digitOf = (edge: Edge): number => edge.at.index % 4;

/** Where a quarter stands: each quarter to its left joins the prefix. */
function quarterPlace(at: At, quarters: Four, digit: number): At {
  const prefix = quarters.slice(0, digit).reduce(chainPrefix, at.prefix);
  return { ...at, height: at.height - 1, index: 4 * at.index + digit, prefix, claim: NO_CLAIM };
}

/** The first quarter in which two edges of one place differ. */
export function firstDifference(a: Four, b: Four): number {
  return a.findIndex((root, digit) => root !== b[digit]);
}

/** The leaf of that number, below a root edge. */
export function leafOf(root: Edge, index: number): Edge {
  let edge = root;
  for (let height = root.at.height - 1; height >= 0; height--)
    edge = quarterOf(edge, Math.floor(index / 4 ** height) % 4);
  return edge;
}

/** The edges from a root edge down to a leaf, the root first. */
export function wayTo(root: Edge, index: number): Edge[] {
  const way: Edge[] = [];
  for (let edge: Edge | null = leafOf(root, index); edge !== null; edge = edge.parent) way.unshift(edge);
  return way;
}

/** The agreed state before a leaf, from the history that it is of. */
export function beforeOf(leaf: Edge, start: Hex): Before {
  const { index } = leaf.at;
  if (index === 0) return { state: start, prefix: ZERO_HASH, path: [] };
  let [height, number, above] = [0, index, leaf];
  while (number % 4 === 0) [height, number, above] = [height + 1, number / 4, above.parent!];
  const prefix = above.parent!.quarters!.slice(0, (number % 4) - 1).reduce(chainPrefix, above.parent!.at.prefix);
  return { state: leaf.history.node(0, index - 1), prefix, path: leaf.history.spine(height, number - 1) };
}

function edgeAt(at: At, history: History, parent: Edge | null): Edge {
  const root = history.node(at.height, at.index);
  const quarters = at.height === 0 ? null : history.childrenOf(at.height, at.index);
  const id = edgeId({ ...at, claim: NO_CLAIM }, root);
  return { at, root, history, place: mutualId(at), id, rootId: edgeId(at, root), parent, quarters };
}

function nodeOver(quarters: Four): Hex {
  return hashWords("node", hashWords("node", quarters[0], quarters[1]), hashWords("node", quarters[2], quarters[3]));
}
