import type { Hex } from "../protocol/types";
import type { HistoryTree } from "./history/history";
import type { AssertionInfo, InboxState, OutputPreimage } from "./types";

/** An assertion as a start for the next one. */
export interface Parent {
  id: Hex;
  outputRoot: Hex;
  /** The inbox that its children's runs are limited to. */
  inbox: InboxState;
}

/** The history of a parent's runs: level 0. */
export interface RunHistory {
  tree: HistoryTree;
  /** Preimage of the tree's last leaf. */
  output: OutputPreimage;
}

/** The history of one run: level 1. */
export interface MachineHistory {
  tree: HistoryTree;
  /** Hash of the machine that starts the run. */
  start: Hex;
  /** Register bytes of the machine in the tree's last leaf. */
  last: Hex;
}

/** Where in a parent's future a tree or a step lies; numbers of leaves, from 0. */
export interface TruthKey {
  parent: Parent;
  /** Leaf of level 0; absent for the level-0 tree itself. */
  run?: number;
  /** Leaf of level 1. */
  segment?: number;
  /** Leaf of level 2: a witness is asked for. */
  step?: number;
}

/**
 * What a party holds for true, computed by itself. Anything may be missing as long as it is being computed: the player then
 * names it and goes on with the rest. The same question always gets the same answer. A liar is the same with one patch.
 */
export interface Truth {
  runs(parent: Parent): RunHistory | undefined;
  machines(parent: Parent, run: number): MachineHistory | undefined;
  steps(parent: Parent, run: number, segment: number): HistoryTree | undefined;
  /** Witness of step number `step` (from 0) of that segment. */
  witness(parent: Parent, run: number, segment: number, step: number): Hex | undefined;
}

/**
 * Names all that follows from a parent, for whoever keeps what was computed. Its id does not: an assertion that L1 took back may come again, the
 * same by its id, behind another inbox, and then other runs follow it.
 */
export function futureOf({ id, inbox }: Parent): string {
  return `${id}/${inbox.batchCount}/${inbox.lastBatch}/${inbox.delayedCount}/${inbox.lastDelayed}`;
}

/** An assertion as the parent of its children. */
export function asParent(assertion: AssertionInfo): Parent {
  return { id: assertion.id, outputRoot: assertion.outputRoot, inbox: assertion.childInbox };
}
