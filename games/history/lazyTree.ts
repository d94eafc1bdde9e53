import type { Hex } from "../../protocol/types";
import { invariant } from "../../protocol/errors";
import { hashNode, type HistoryTree } from "./history";

/**
 * A history given by a function: leaves from `settled` on are all equal (the machine has stopped). Nodes are computed once,
 * when asked for; the equal part costs one hash a height.
 */
export class LazyTree implements HistoryTree {
  private readonly nodes = new Map<string, Hex>();
  private readonly padding: Hex[];

  /** @param settled - Index of the first leaf that all later ones equal; 2^height or more if there is none. */
  constructor(
    readonly height: number,
    private readonly leafAt: (index: number) => Hex,
    private readonly settled: number,
  ) {
    this.padding = settled < 2 ** height ? paddingOf(leafAt(settled), height) : [];
  }

  get root(): Hex {
    return this.node(this.height, 0);
  }

  node(height: number, index: number): Hex {
    invariant(index >= 0 && index < 2 ** (this.height - height), `no node ${index} at height ${height}`);
    if (index * 2 ** height >= this.settled) return this.padding[height];
    const key = `${height}/${index}`;
    let node = this.nodes.get(key);
    if (node === undefined) {
      if (height === 0) node = this.leafAt(index);
      else node = hashNode(this.node(height - 1, 2 * index), this.node(height - 1, 2 * index + 1));
      this.nodes.set(key, node);
    }
    return node;
  }

  leaf(index: number): Hex {
    return this.node(0, index);
  }
}

/** Roots of trees full of one leaf, by height from 0. */
export function paddingOf(leaf: Hex, height: number): Hex[] {
  const padding = [leaf];
  for (let at = 0; at < height; at++) padding.push(hashNode(padding[at], padding[at]));
  return padding;
}
