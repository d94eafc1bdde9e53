import { LEAF_BYTES, PAGE_BYTES, type Machine } from "../types";
import { tag, keccak256 } from "./hasher";
import { encodeRegisters } from "./machineHash";
import { MemoryTree } from "./memoryTree";

/**
 * Keeps the memory tree of one machine in step with it: every question first takes over the pages that have changed. The only
 * consumer of the machine's dirty pages.
 */
export class MachineCommitter {
  private readonly tree: MemoryTree;
  private readonly preimage = new Uint8Array(160);

  constructor(readonly machine: Machine) {
    this.tree = new MemoryTree(machine.program.memoryDepth);
    this.preimage.set(tag("machine"));
  }

  /** The machine hash, 32 bytes. */
  commit(): Uint8Array {
    this.preimage.set(this.registers(), 32);
    return keccak256(this.preimage);
  }

  /** The encoded registers with the memory root, `REGISTER_BYTES` of them. */
  registers(): Uint8Array {
    return encodeRegisters(this.machine.registers(), this.memoryRoot());
  }

  /** Root of the memory tree. */
  memoryRoot(): Uint8Array {
    this.follow();
    return this.tree.root();
  }

  /** A node of the memory tree, as the machine now stands. */
  node(height: number, index: number): Uint8Array {
    this.follow();
    if (height === 0) return this.machine.readLeaf(index);
    return this.tree.node(height, index, (page) => this.readPage(page));
  }

  /** Height of the memory tree. */
  get depth(): number {
    return this.tree.depth;
  }

  private follow(): void {
    for (const page of this.machine.takeDirtyPages()) this.tree.update(page, this.readPage(page));
  }

  private readPage(page: number): Uint8Array {
    const start = page * PAGE_BYTES;
    const length = Math.min(PAGE_BYTES, this.machine.program.memorySize - start);
    return length > 0 ? this.machine.read(start, length) : new Uint8Array(LEAF_BYTES);
  }
}

const committers = new WeakMap<Machine, MachineCommitter>();

/** The committer of a machine; made at the first question. */
export function committerOf(machine: Machine): MachineCommitter {
  let committer = committers.get(machine);
  if (committer === undefined) committers.set(machine, (committer = new MachineCommitter(machine)));
  return committer;
}

/** The machine hash: `keccak(TAG("machine") || registers)`, 32 bytes. Costs what has changed since the last call. */
export function commit(machine: Machine): Uint8Array {
  return committerOf(machine).commit();
}
