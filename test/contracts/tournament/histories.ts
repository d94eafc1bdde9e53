import { hashNode, type HistoryTree } from "../../../games/history/history";
import type { Hex } from "../../../protocol/types";
import { concatBytes, keccak256, toHex, word } from "../../../protocol";
import type { InboxState, OutputPreimage } from "../../../games/types";
import { LazyTree } from "../../../games/history/lazyTree";
import { labelOf, type Patch } from "../../../simulator/lab/games/history";
import type { TournamentGame } from "../../../simulator/lab/games/tournament/model";
import {
  hashOf,
  registerBytes,
  registersAfter,
  startRegisters,
  toyOutput,
  toyOutputRoot,
  type ToyRegisters,
  type ToyRules,
} from "../../../simulator/truths/toy/machine";

/** Leaf of level 0 that a tournament is about, and the leaf of level 1. */
interface Run {
  block: number;
  stride: number;
}

/** A model's labels as the toy chain's hashes that they stand for: equal exactly where the labels are. */
export class Histories {
  constructor(
    readonly model: TournamentGame,
    readonly rules: ToyRules,
    readonly inbox: InboxState,
  ) {}

  /** The history of a commitment in a tournament. @param last - Label of the contested leaf that it ends in; at level 0 not used. */
  treeOf(tournament: number, patch: Patch, last: number): HistoryTree {
    const { level } = this.model.tournaments[tournament];
    const height = this.model.parameters.heights[level];
    const leaf = (index: number): Hex => {
      const label = labelOf(patch, index, 1);
      if (level === 0) return this.outputRoot(label, index);
      const run = this.runOf(tournament);
      const isLast = index === 2 ** height - 1;
      if (level === 1)
        return hashOf(isLast && last !== 0 ? this.lastMachine(run, last) : this.machine(run, 1, label, index));
      return isLast && last !== 0 ? this.levelOneLeaf(run, last) : hashOf(this.machine(run, 2, label, index));
    };
    return new LazyTree(height, leaf, 2 ** height);
  }

  output(label: number, index: number): OutputPreimage {
    // Behind all batches every run idles, so that no run leads from lie to lie.
    return toyOutput(label === 0 ? index + 1 : 1000 * label + 3 * index + 10);
  }

  outputRoot(label: number, index: number): Hex {
    return toyOutputRoot(this.output(label, index));
  }

  /** Registers of the machine that a history of level 1 ends in, which yields the contested output root. */
  machineBytes(tournament: number, last: number): Hex {
    const run = this.runOf(tournament);
    const height = this.model.parameters.heights[1];
    return registerBytes(last === 0 ? this.machine(run, 1, 0, 2 ** height - 1) : this.lastMachine(run, last));
  }

  /** The contested leaf with that label, above a tournament. */
  contested(tournament: number, label: number): Hex {
    const { level, above } = this.model.tournaments[tournament];
    const { leaf } = this.model.matches[above];
    return level === 1 ? this.outputRoot(label, leaf) : this.levelOneLeaf(this.runOf(tournament), label);
  }

  /** The true machine before the leaf of a match of the last level. */
  before(tournament: number, leaf: number): ToyRegisters {
    const { block, stride } = this.runOf(tournament);
    return this.after(block, stride * 2 ** this.model.parameters.heights[2] + leaf);
  }

  /** Which run, and which stride of it, a tournament below level 0 is about. */
  runOf(tournament: number): Run {
    const { level, above } = this.model.tournaments[tournament];
    const match = this.model.matches[above];
    if (level === 1) return { block: match.leaf, stride: 0 };
    return { block: this.runOf(match.tournament).block, stride: match.leaf };
  }

  private levelOneLeaf({ block, stride }: Run, label: number): Hex {
    const isLast = stride === 2 ** this.model.parameters.heights[1] - 1;
    if (isLast && label !== 0) return hashOf(this.lastMachine({ block, stride: 0 }, label));
    return hashOf(this.machine({ block, stride: 0 }, 1, label, stride));
  }

  private machine({ block, stride }: Run, level: 1 | 2, label: number, index: number): ToyRegisters {
    const steps = 2 ** this.model.parameters.heights[2];
    if (label === 0) return this.after(block, level === 1 ? (index + 1) * steps : stride * steps + index + 1);
    const salt = toHex(keccak256(concatBytes(word(block), word(stride), word(level), word(label), word(index))));
    return { ...startRegisters(salt, this.inbox), status: "running" };
  }

  private lastMachine({ block }: Run, label: number): ToyRegisters {
    const output = this.outputRoot(label, block);
    return { ...startRegisters(output, this.inbox), status: "halted", output };
  }

  private after(block: number, steps: number): ToyRegisters {
    return registersAfter(this.rules, block, this.inbox, toyOutputRoot(toyOutput(block)), steps);
  }
}

/** Children of a history's root. */
export function childrenOf(tree: HistoryTree): [left: Hex, right: Hex] {
  const children: [Hex, Hex] = [tree.node(tree.height - 1, 0), tree.node(tree.height - 1, 1)];
  if (hashNode(...children) !== tree.root) throw new Error("the tree's root is not its children's");
  return children;
}
