import { VmError } from "../errors";
import { hashLevel, hashNode, tag } from "./hasher";

const LEAF_BYTES = 32;

/**
 * The tree over a program's code: leaves of two instructions (32 bytes, as they are), `node = keccak(TAG("code") || left || right)`, padded
 * by zero leaves up to `2^depth`, the least depth that holds them.
 * @see docs/spec/05-machine-proofs.md#code
 */
export class CodeTree {
  readonly depth: number;
  private readonly levels: Uint8Array[];
  private readonly zeros: Uint8Array[] = [new Uint8Array(LEAF_BYTES)];

  constructor(code: Uint8Array) {
    const leaves = Math.max(1, Math.ceil(code.length / LEAF_BYTES));
    this.depth = Math.ceil(Math.log2(leaves));
    let level = new Uint8Array(leaves * LEAF_BYTES);
    level.set(code);
    this.levels = [level];
    for (let height = 0; height < this.depth; ++height) {
      const zero = this.zeros[height];
      this.zeros.push(hashNode(tag("code"), zero, zero));
      const count = Math.ceil(level.length / 64);
      const even = new Uint8Array(count * 64);
      even.set(level);
      if (even.length > level.length) even.set(zero, level.length);
      level = new Uint8Array(hashLevel(tag("code"), even, count));
      this.levels.push(level);
    }
  }

  /** The code root. */
  get root(): Uint8Array {
    return this.levels[this.depth].slice();
  }

  /** Whether the tree holds the instruction at `pc`; behind it all code is zero. */
  has(pc: number): boolean {
    return Math.floor(pc / 2) < 2 ** this.depth;
  }

  /** The leaf with the instruction at `pc`, and its siblings bottom-up. */
  proof(pc: number): { leaf: Uint8Array; siblings: Uint8Array[] } {
    if (!this.has(pc)) throw new VmError("vm.bad-argument", `pc ${pc} is behind the code tree`);
    const index = Math.floor(pc / 2);
    const siblings = Array.from({ length: this.depth }, (_, height) =>
      this.node(height, Math.floor(index / 2 ** height) ^ 1),
    );
    return { leaf: this.node(0, index), siblings };
  }

  private node(height: number, index: number): Uint8Array {
    const level = this.levels[height];
    if (index * 32 >= level.length) return this.zeros[height];
    return level.slice(index * 32, index * 32 + 32);
  }
}
