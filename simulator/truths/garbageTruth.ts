import type { Hex } from "../../protocol/types";
import { hashNode, lastLeafOf, type HistoryTree } from "../../games/history/history";
import type { MachineHistory, Parent, RunHistory, Truth } from "../../games/edges/truth";
import { futureOf } from "../../games/truth";
import type { Level } from "../../games/edges/types";
import { fakeMachine, garbage, memo } from "./lyingTruth";
import { falseOutput, toyOutputRoot } from "./toy/machine";

/** A root that nobody can take apart: only the way down to its last leaf is known, all else is noise. */
export class GarbageTree implements HistoryTree {
  private readonly spine: Hex[];

  constructor(
    readonly height: number,
    last: Hex,
    private readonly salt: number,
  ) {
    this.spine = [last];
    for (let at = 0; at < height; at++) this.spine.push(hashNode(this.noise(at, 0), this.spine[at]));
  }

  get root(): Hex {
    return this.spine[this.height];
  }

  node(height: number, index: number): Hex {
    if (index === 2 ** (this.height - height) - 1) return this.spine[height];
    // The left sibling on the spine is what the root was made of; what is below it is made up.
    return index === 2 ** (this.height - height) - 2 ? this.noise(height, 0) : this.noise(height, index + 1);
  }

  leaf(index: number): Hex {
    return this.node(0, index);
  }

  private noise(height: number, index: number): Hex {
    return garbage(this.salt * 65_536 + height * 1024 + (index % 1024));
  }
}

export interface GarbageLie {
  /** The level from which on the trees are noise; above it they are `base`'s. */
  level: Level;
  salt: number;
  /** Level 0: whether the last output root is the right one. Below, the last leaf always yields what it claims. */
  rightEnd?: boolean;
}

/** Histories of noise that end where they must: what the last-leaf proof lets through. */
export class GarbageTruth implements Truth {
  private readonly once = memo();

  constructor(
    private readonly base: Truth,
    private readonly heights: readonly [number, number, number],
    private readonly lie: GarbageLie,
  ) {}

  runs(parent: Parent): RunHistory | undefined {
    return this.once(futureOf(parent), () => this.noisyRuns(parent));
  }

  machines(parent: Parent, run: number): MachineHistory | undefined {
    return this.once(`${futureOf(parent)}/${run}`, () => this.noisyMachines(parent, run));
  }

  steps(parent: Parent, run: number, segment: number): HistoryTree | undefined {
    return this.once(`${futureOf(parent)}/${run}/${segment}`, () => this.noisySteps(parent, run, segment));
  }

  witness(parent: Parent, run: number, segment: number, step: number): Hex | undefined {
    const mine = this.steps(parent, run, segment)?.leaf(step);
    if (mine === undefined || mine !== this.base.steps(parent, run, segment)?.leaf(step)) return undefined;
    return this.base.witness(parent, run, segment, step);
  }

  private noisyRuns(parent: Parent): RunHistory | undefined {
    const base = this.base.runs(parent);
    if (base === undefined || this.lie.level > 0) return base;
    const output = this.lie.rightEnd === true ? base.output : falseOutput(1, this.lie.salt);
    return { tree: new GarbageTree(this.heights[0], toyOutputRoot(output), this.lie.salt), output };
  }

  private noisyMachines(parent: Parent, run: number): MachineHistory | undefined {
    const base = this.base.machines(parent, run);
    const claimed = this.runs(parent)?.tree.leaf(run);
    if (base === undefined || claimed === undefined) return undefined;
    if (this.lie.level === 2) return base;
    const isBase = this.lie.level === 1 || claimed === this.base.runs(parent)?.tree.leaf(run);
    if (isBase && this.lie.level === 0) return base;
    const last = isBase
      ? { hash: lastLeafOf(base.tree), bytes: base.last }
      : fakeMachine(parent, claimed, this.lie.salt);
    return { ...base, tree: new GarbageTree(this.heights[1], last.hash, this.lie.salt + 1), last: last.bytes };
  }

  private noisySteps(parent: Parent, run: number, segment: number): HistoryTree | undefined {
    const base = this.base.steps(parent, run, segment);
    const claimed = this.machines(parent, run)?.tree.leaf(segment);
    if (base === undefined || claimed === undefined) return undefined;
    if (this.lie.level < 2 && claimed === this.base.machines(parent, run)?.tree.leaf(segment)) return base;
    return new GarbageTree(this.heights[2], claimed, this.lie.salt + 2);
  }
}
