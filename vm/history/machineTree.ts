import { VmError } from "../errors";
import { equalBytes } from "../commit/bytes";
import { hashLevel, hashNode, tag } from "../commit/hasher";

const MAGIC = "SLVHIST1";
const HEADER_BYTES = 16;
const MAX_HEIGHT = 40;

/**
 * A history commitment: the full binary tree of `height` over `count` leaves, padded by the last one,
 * `node = keccak(TAG("node") || left || right)` over the leaf hashes as they are. Leaves are kept as bytes; inner nodes are computed at
 * the first question and kept (32 bytes a leaf in all); subtrees of padding take one node a level.
 * @see docs/spec/01-interfaces.md#game
 */
export class MachineTree {
  readonly count: number;
  private readonly levels: Uint8Array[];
  private readonly padding: Uint8Array[];

  /**
   * @param leaves - 32 bytes each, at least one, at most `2^height`. Kept, not copied.
   * @param height - 0 to 40.
   */
  constructor(
    leaves: Uint8Array,
    readonly height: number,
  ) {
    if (!(Number.isInteger(height) && height >= 0 && height <= MAX_HEIGHT))
      throw new VmError("vm.bad-argument", `height ${height} is not in 0..${MAX_HEIGHT}`);
    this.count = leaves.length / 32;
    if (!Number.isInteger(this.count) || this.count < 1 || this.count > 2 ** height)
      throw new VmError("vm.bad-argument", `${this.count} leaves in a tree of height ${height}`);
    this.levels = [leaves];
    this.padding = [leaves.slice(leaves.length - 32)];
  }

  /** The commitment itself. */
  get root(): Uint8Array {
    return this.node(this.height, 0);
  }

  /** Number of leaves with the padding: `2^height`. */
  get size(): number {
    return 2 ** this.height;
  }

  /** The node at `height` over the leaves with the given index; a copy. */
  node(height: number, index: number): Uint8Array {
    this.require(height, index);
    if (index * 2 ** height >= this.count) return this.paddingAt(height).slice();
    return this.levelAt(height).slice(index * 32, index * 32 + 32);
  }

  /** The two children of the node at `height >= 1`: what a bisection reveals. */
  children(height: number, index: number): [Uint8Array, Uint8Array] {
    if (height < 1) throw new VmError("vm.bad-argument", "a leaf has no children");
    this.require(height, index);
    return [this.node(height - 1, 2 * index), this.node(height - 1, 2 * index + 1)];
  }

  /** Leaf `index` of `size`. */
  leaf(index: number): Uint8Array {
    return this.node(0, index);
  }

  /** Siblings of a leaf from the bottom up, `height` of them. */
  proof(index: number): Uint8Array[] {
    this.require(0, index);
    const siblings: Uint8Array[] = [];
    for (let height = 0; height < this.height; ++height) {
      const at = Math.floor(index / 2 ** height);
      siblings.push(this.node(height, at % 2 === 0 ? at + 1 : at - 1));
    }
    return siblings;
  }

  /** Left siblings of the last leaf from the bottom up: `lastLeaf(leaf, spine) == root`. */
  lastLeafSpine(): Uint8Array[] {
    return this.spine(this.height, 0);
  }

  /** Left siblings on the way from the last leaf of the subtree at (`height`, `index`) up to it, `height` of them. */
  spine(height: number, index: number): Uint8Array[] {
    this.require(height, index);
    const siblings: Uint8Array[] = [];
    for (let i = 0; i < height; ++i) siblings.push(this.node(i, (index + 1) * 2 ** (height - i) - 2));
    return siblings;
  }

  /** What `fromBytes` reads: a header of 16 bytes and the leaves. */
  toBytes(): Uint8Array {
    const leaves = this.levels[0];
    const bytes = new Uint8Array(HEADER_BYTES + leaves.length);
    bytes.set(new TextEncoder().encode(MAGIC), 0);
    const view = new DataView(bytes.buffer);
    view.setUint32(8, this.height);
    view.setUint32(12, this.count);
    bytes.set(leaves, HEADER_BYTES);
    return bytes;
  }

  /** @throws {VmError} `vm.malformed-history` unless `bytes` are exactly what `toBytes` wrote. */
  static fromBytes(bytes: Uint8Array): MachineTree {
    if (bytes.length < HEADER_BYTES || new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC)
      throw new VmError("vm.malformed-history", "no saved history: the header is missing");
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (bytes.length !== HEADER_BYTES + view.getUint32(12) * 32)
      throw new VmError("vm.malformed-history", `${bytes.length} bytes for ${view.getUint32(12)} leaves`);
    try {
      return new MachineTree(bytes.slice(HEADER_BYTES), view.getUint32(8));
    } catch (error) {
      throw new VmError("vm.malformed-history", (error as Error).message);
    }
  }

  private require(height: number, index: number): void {
    if (!(Number.isInteger(height) && height >= 0 && height <= this.height))
      throw new VmError("vm.bad-argument", `height ${height} of a tree of height ${this.height}`);
    if (!(Number.isSafeInteger(index) && index >= 0 && index < 2 ** (this.height - height)))
      throw new VmError("vm.bad-argument", `node ${index} at height ${height} of a tree of height ${this.height}`);
  }

  private paddingAt(height: number): Uint8Array {
    for (let h = this.padding.length; h <= height; ++h)
      this.padding.push(hashNode(tag("node"), this.padding[h - 1], this.padding[h - 1]));
    return this.padding[height];
  }

  private levelAt(height: number): Uint8Array {
    for (let h = this.levels.length; h <= height; ++h) {
      let below = this.levels[h - 1];
      const nodes = below.length / 32;
      if (nodes % 2 === 1) {
        const even = new Uint8Array(below.length + 32);
        even.set(below, 0);
        even.set(this.paddingAt(h - 1), below.length);
        below = even;
      }
      this.levels.push(hashLevel(tag("node"), below, below.length / 64));
    }
    return this.levels[height];
  }
}

/** Root of a tree that holds `leaf` at `index`, from its siblings bottom-up. */
export function rootFromProof(leaf: Uint8Array, index: number, siblings: readonly Uint8Array[]): Uint8Array {
  return siblings.reduce(
    (node, sibling, height) =>
      Math.floor(index / 2 ** height) % 2 === 0
        ? hashNode(tag("node"), node, sibling)
        : hashNode(tag("node"), sibling, node),
    leaf,
  );
}

/** Root of the tree whose last leaf is `leaf`, from the left siblings bottom-up. Twin of `rootByLastLeaf` in games/history. */
export function lastLeaf(leaf: Uint8Array, spine: readonly Uint8Array[]): Uint8Array {
  return spine.reduce((node, left) => hashNode(tag("node"), left, node), leaf);
}

/** True if `leaf` stands at `index` under `root`. */
export function isInHistory(
  root: Uint8Array,
  leaf: Uint8Array,
  index: number,
  siblings: readonly Uint8Array[],
): boolean {
  return equalBytes(rootFromProof(leaf, index, siblings), root);
}
