import { MerkleTree } from "merkletreejs";
import type { Hex } from "../../protocol/types";
import { concatBytes, fromHex, keccak256, tag, toHex } from "../../protocol";
import { invariant } from "../../protocol/errors";
import type { HistoryTree } from "./history";

const TAG_NODE = tag("node");
const hashPair = (pair: Buffer): Buffer => Buffer.from(keccak256(concatBytes(TAG_NODE, pair)));

/**
 * The level-0 history: output roots after each of 2^height runs, padded by the last one (an idle run is the identity).
 * Ordered, not sorted: place is meaning. Built on merkletreejs; the padding, which can be most of the tree, is one chain of hashes.
 */
export class OutputTree implements HistoryTree {
  readonly root: Hex;
  /** Hash of a subtree full of the last output root, by height. */
  private readonly padding: Buffer[] = [];
  /** Nodes by height from the left; what is behind the end of a layer is padding. */
  private readonly layers: Buffer[][];

  /** @param outputs - Output roots after run 0, 1, ...; at least one, at most 2^height. */
  constructor(
    readonly height: number,
    outputs: readonly Hex[],
  ) {
    invariant(outputs.length >= 1 && outputs.length <= 2 ** height, `${outputs.length} outputs at height ${height}`);
    const leaves: Buffer[] = outputs.map((output) => Buffer.from(fromHex(output)));
    let full: Buffer = leaves[leaves.length - 1];
    for (let at = 0; at <= height; at++) {
      this.padding.push(full);
      full = hashPair(Buffer.concat([full, full]));
    }
    // Up to the next power of two the tree is merkletreejs's own; above, its root meets only padding.
    const inner = Math.ceil(Math.log2(leaves.length));
    while (leaves.length < 2 ** inner) leaves.push(this.padding[0]);
    this.layers = new MerkleTree(leaves, hashPair, { sortPairs: false, sortLeaves: false }).getLayers();
    for (let at = inner; at < height; at++)
      this.layers.push([hashPair(Buffer.concat([this.layers[at][0], this.padding[at]]))]);
    this.root = this.node(height, 0);
  }

  node(height: number, index: number): Hex {
    invariant(index >= 0 && index < 2 ** (this.height - height), `no node ${index} at height ${height}`);
    return toHex(this.layers[height][index] ?? this.padding[height]);
  }

  leaf(index: number): Hex {
    return this.node(0, index);
  }
}
