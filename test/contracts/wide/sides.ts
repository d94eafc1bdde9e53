import { rootPlace } from "../../../games/edges/place";
import type { Before } from "../../../games/edges/types";
import { inboxHash } from "../../../games/names";
import type { InboxState, Origin } from "../../../games/types";
import { ZERO_HASH } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import {
  falseOutput,
  hashOf,
  registerBytes,
  registersAfter,
  startRegisters,
  toyOutput,
  toyOutputRoot,
  toyWitness,
  type ToyRegisters,
  type ToyRules,
} from "../../../simulator/truths/toy/machine";
import { beforeOf, History, rootEdge, type Edge } from "./trees";

/** What all sides agree on. */
export interface Ground {
  heights: readonly [number, number, number];
  rules: ToyRules;
  inbox: InboxState;
}

/** Where a side begins to lie, in each level; from there to the end all is as false. */
export interface Lie {
  run: number;
  machine: number;
  step: number;
  salt: number;
}

/** A root edge of level 1 or 2, with all that `open` asks. */
export interface Claim {
  edge: Edge;
  origin: Origin;
  /** The leaf that it claims, and what is agreed there. */
  leaf: Edge;
  above: { origin: Origin; before: Before };
  last: Hex;
  /** Which run its machines are of. */
  run: number;
}

/** Somebody's histories over the toy machine: the truth, or the truth up to a lie. */
export class Side {
  readonly origin: Origin;
  readonly root: Edge;
  private readonly claims = new Map<string, Claim>();
  /** Of one leaf of level 1. */
  private readonly steps: number;

  constructor(
    readonly ground: Ground,
    readonly lie: Lie | null = null,
  ) {
    const { heights, inbox } = ground;
    this.steps = 4 ** heights[2];
    this.origin = { above: ZERO_HASH, start: toyOutputRoot(toyOutput(0)), inbox: inboxHash(inbox) };
    const truth = new History(heights[0], (run) => toyOutputRoot(toyOutput(this.blockOf(run + 1))), inbox.batchCount);
    const outputs = lie === null ? truth : patched(truth, lie.run, this.falseOutput());
    this.root = rootEdge(rootPlace(0, this.origin, heights[0]), outputs);
  }

  /**
   * This side's root edge below a leaf.
   * @param above - The root edge that the leaf stands below; null at level 0.
   */
  claim(leaf: Edge, above: Claim | null): Claim {
    const known = this.claims.get(leaf.id);
    if (known !== undefined) return known;
    const { heights, inbox } = this.ground;
    const level = leaf.at.level === 0 ? 1 : 2;
    const run = above?.run ?? leaf.at.index;
    const upper = above?.origin ?? this.origin;
    const before = beforeOf(leaf, upper.start);
    const start = level === 1 ? hashOf(startRegisters(before.state, inbox)) : before.state;
    const origin = { above: leaf.place, start, inbox: upper.inbox };
    const history = level === 1 ? this.machines(run) : this.stepsOf(run, leaf);
    const last = level === 1 ? registerBytes(this.lastRegisters(run)) : "0x";
    const edge = rootEdge(rootPlace(level, origin, heights[level], leaf.id), history);
    const claim: Claim = { edge, origin, leaf, above: { origin: upper, before }, last, run };
    this.claims.set(leaf.id, claim);
    return claim;
  }

  /** Witness of the step that a leaf of the last level stands for, after the truth. */
  witness(claim: Claim, step: number): Hex {
    const before = claim.leaf.at.index * this.steps + step;
    return toyWitness(this.registers(claim.run, before), this.blockOf(claim.run));
  }

  private blockOf(run: number): number {
    return Math.min(run, this.ground.inbox.batchCount);
  }

  private falseOutput(): Hex {
    return toyOutputRoot(falseOutput(1, this.lie!.salt));
  }

  private machines(run: number): History {
    const { heights, rules } = this.ground;
    const settled = Math.ceil(rules.runSteps / this.steps) - 1;
    const leaf = (machine: number): Hex => hashOf(this.registers(run, (machine + 1) * this.steps));
    const truth = new History(heights[1], leaf, settled);
    if (run !== this.lie?.run) return truth;
    return patched(truth, this.lie.machine, hashOf(this.lastRegisters(run)));
  }

  private stepsOf(run: number, leaf: Edge): History {
    const { heights, rules } = this.ground;
    const first = leaf.at.index * this.steps;
    const settled = Math.max(0, Math.min(this.steps, rules.runSteps - first) - 1);
    const truth = new History(heights[2], (step) => hashOf(this.registers(run, first + step + 1)), settled);
    if (run !== this.lie?.run || leaf.at.index !== this.lie.machine) return truth;
    return patched(truth, this.lie.step, leaf.root);
  }

  private lastRegisters(run: number): ToyRegisters {
    const registers = this.registers(run, this.ground.rules.runSteps);
    return run === this.lie?.run ? { ...registers, output: this.falseOutput() } : registers;
  }

  private registers(run: number, steps: number): ToyRegisters {
    const { rules, inbox } = this.ground;
    const number = this.blockOf(run);
    return registersAfter(rules, number, inbox, toyOutputRoot(toyOutput(number)), steps);
  }
}

/** As the truth before a leaf, false from there on. */
function patched(truth: History, from: number, falsehood: Hex): History {
  return new History(truth.height, () => falsehood, from, truth);
}
