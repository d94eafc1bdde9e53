import type { Hex } from "../../protocol/types";
import { invariant } from "../../protocol/errors";
import { hashNode, type HistoryTree } from "./history";
import { paddingOf } from "./lazyTree";

/** Another history with the leaves `[from, to)` replaced by one value: a lie, as small or as wide as wanted. */
export class PatchedTree implements HistoryTree {
  readonly height: number;
  private readonly nodes = new Map<string, Hex>();
  private readonly patch: Hex[];

  constructor(
    private readonly base: HistoryTree,
    private readonly from: number,
    private readonly to: number,
    leaf: Hex,
  ) {
    this.height = base.height;
    invariant(from >= 0 && from < to && to <= 2 ** base.height, `no leaves ${from} to ${to}`);
    this.patch = paddingOf(leaf, base.height);
  }

  get root(): Hex {
    return this.node(this.height, 0);
  }

  node(height: number, index: number): Hex {
    const [first, end] = [index * 2 ** height, (index + 1) * 2 ** height];
    if (end <= this.from || first >= this.to) return this.base.node(height, index);
    if (first >= this.from && end <= this.to) return this.patch[height];
    const key = `${height}/${index}`;
    let node = this.nodes.get(key);
    if (node === undefined) {
      node = hashNode(this.node(height - 1, 2 * index), this.node(height - 1, 2 * index + 1));
      this.nodes.set(key, node);
    }
    return node;
  }

  leaf(index: number): Hex {
    return this.node(0, index);
  }
}
