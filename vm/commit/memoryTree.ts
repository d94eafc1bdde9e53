import { VmError } from "../errors";
import { PAGE_BYTES } from "../types";
import { createHasher, tag, type HasherExports } from "./hasher";

// a page has 128 leaves
const PAGE_HEIGHT = 7;
/** Pages whose inner nodes are kept; 8 KiB each. */
const DEFAULT_CACHED_PAGES = 1024;

/**
 * The Merkle tree over a machine's memory: 32-byte leaves as they are, `node = keccak(TAG("memory") || left || right)`,
 * fixed depth. Starts all zero; `update` takes whole pages and rehashes the leaves that changed. Keeps all nodes from page roots
 * upwards and the inner nodes of the last pages seen.
 * @see docs/spec/05-machine-proofs.md#memory
 */
export class MemoryTree {
  private readonly hasher: HasherExports;
  private readonly buffer: number;
  private readonly pageCount: number;
  private view: Uint8Array;

  /** @param depth - Height of the root over the leaves, 7 to 23. */
  constructor(
    readonly depth: number,
    cachedPages = DEFAULT_CACHED_PAGES,
  ) {
    if (!(depth >= PAGE_HEIGHT && depth <= 23)) throw new VmError("vm.bad-argument", `depth ${depth} is not in 7..23`);
    this.pageCount = 2 ** (depth - PAGE_HEIGHT);
    const { hasher, buffer } = createHasher();
    this.hasher = hasher;
    this.buffer = buffer;
    new Uint8Array(hasher.memory.buffer).set(tag("memory"), buffer);
    hasher.setTag(buffer);
    hasher.initTree(depth, Math.min(cachedPages, this.pageCount));
    this.view = new Uint8Array(hasher.memory.buffer);
  }

  /** Number of pages that the tree covers. */
  get pages(): number {
    return this.pageCount;
  }

  /** Takes the content of a page: `bytes` from `offset` on, 4,096 of them; what is beyond their end is zero. */
  update(page: number, bytes: Uint8Array, offset = 0): void {
    if (!(page >= 0 && page < this.pageCount))
      throw new VmError("vm.bad-argument", `page ${page} of ${this.pageCount}`);
    const content = bytes.subarray(offset, offset + PAGE_BYTES);
    this.view.set(content, this.buffer);
    if (content.length < PAGE_BYTES) this.view.fill(0, this.buffer + content.length, this.buffer + PAGE_BYTES);
    this.hasher.updatePage(page);
  }

  /** The root, 32 bytes. */
  root(): Uint8Array {
    const at = this.hasher.root();
    return this.view.slice(at, at + 32);
  }

  /** Writes the root to `target` at `offset`; saves the allocation. */
  rootInto(target: Uint8Array, offset: number): void {
    const at = this.hasher.root();
    target.set(this.view.subarray(at, at + 32), offset);
  }

  /**
   * The node at `height` over the leaves (0 a leaf, `depth` the root) with the given index.
   * @param readPage - Content of a page, asked for when its inner nodes are not cached; must be what `update` last took.
   */
  node(height: number, index: number, readPage: (page: number) => Uint8Array): Uint8Array {
    if (!(height >= 0 && height <= this.depth && index >= 0 && index < 2 ** (this.depth - height)))
      throw new VmError("vm.bad-argument", `node ${index} at height ${height} of a tree of depth ${this.depth}`);
    this.hasher.root();
    if (height >= PAGE_HEIGHT) return this.at(this.hasher.upperNodes(), 2 ** (this.depth - height) + index);
    const page = Math.floor(index / 2 ** (PAGE_HEIGHT - height));
    let heap = this.hasher.pageNodes(page);
    if (heap === 0) {
      this.update(page, readPage(page));
      heap = this.hasher.pageNodes(page);
      // a page without a slot after an update is all zero
      if (heap === 0) return this.at(this.hasher.zeroNodes(), height);
    }
    return this.at(heap, 2 ** (PAGE_HEIGHT - height) + (index % 2 ** (PAGE_HEIGHT - height)));
  }

  private at(heap: number, number: number): Uint8Array {
    return this.view.slice(heap + number * 32, heap + number * 32 + 32);
  }
}
