import type { Hex } from "../../protocol/types";
import type { Plan as PlanOf } from "../game";
import type { Parent, RunHistory, Truth } from "../truth";
import { usedAgainst } from "./clock";
import type { AnswerMove, ClaimsMove } from "./moves";
import { answerTo, depthOf, indexOf, leafOf } from "./position";
import type { ClaimsParameters, ClaimState, ClaimTree } from "./types";

/** An answer that is not known yet: a history is missing for it. */
const MISSING = "missing";
/** Claims that a party has nothing to say to: about runs from a start that it does not hold for true. */
const NONE = "none";

/**
 * One tree of claims, answered by the book: the set of claims that this party would have made is kept; answered is what answers one of
 * those, or stands beside an own answer and not right of it (a freeloader); what is wrong is attacked, what is right defended, and at the
 * bottom L1 makes the step. An answer never changes: all that it depends on stands above the claim.
 */
export class TreePlay {
  private readonly split: number;
  private readonly bottom: number;
  private readonly claims: readonly ClaimState[];

  constructor(
    private readonly parameters: ClaimsParameters,
    private readonly truth: Truth,
    private readonly tree: ClaimTree,
    private readonly own: { parent: Parent; history: RunHistory },
    private readonly nowSeconds: number,
  ) {
    const [h0, h1, h2] = parameters.heights;
    this.split = h0;
    this.bottom = h0 + 1 + h1 + h2;
    this.claims = tree.claims;
  }

  play(plan: PlanOf<ClaimsMove>): void {
    const honest = new Set<number>();
    const answers = new Map<number, AnswerMove>();
    const open = new Map<number, AnswerMove | null>();
    for (const [index, claim] of this.claims.entries()) {
      const answer = answers.get(claim.parent);
      const isOwn = index === 0 ? claim.value === this.outputAt(claim.position) : isSame(answer, claim);
      if (isOwn) {
        honest.add(index);
        open.delete(claim.parent);
        continue;
      }
      // Right of the own answer a claim is worth nothing: the left-most takes all.
      if (index > 0 && !honest.has(claim.parent) && (answer === undefined || claim.position > answer.position))
        continue;
      if (depthOf(claim.position) === this.bottom) {
        open.set(index, null);
        continue;
      }
      const move = this.answer(index, plan);
      if (move === null) continue;
      answers.set(index, move);
      if (this.isLegal(move)) open.set(index, move);
    }
    for (const [index, move] of open) {
      const claim = this.claims[index];
      const left = this.parameters.maxClockSeconds - usedAgainst(this.tree, index, this.nowSeconds);
      if (claim.isResolved || left <= 0) continue;
      if (move === null) this.step(index, plan);
      else this.stake(move, left, plan);
    }
  }

  private stake(move: AnswerMove, slackSeconds: number, plan: PlanOf<ClaimsMove>): void {
    const bond = this.parameters.bonds[depthOf(move.position)];
    plan.stakes.set(move, bond);
    plan.stake += bond;
    plan.staked.push({ moves: [move], slackSeconds });
  }

  /** By the own histories; null where there is nothing to say, or a history is missing. */
  private answer(index: number, plan: PlanOf<ClaimsMove>): AnswerMove | null {
    const { position, value: disputed } = this.claims[index];
    const mine = this.valueAt(index, position, plan);
    if (mine === MISSING || mine === NONE) return null;
    const isAttack = disputed !== mine;
    const to = answerTo(position, isAttack);
    const value = this.valueAt(index, to, plan);
    if (value === MISSING || value === NONE) return null;
    const isTraceRoot = depthOf(to) === this.split + 1;
    const last = isTraceRoot ? this.truth.machines(this.own.parent, this.runOf(to))!.last : "0x";
    const kind = isAttack ? "attack" : "defend";
    const assertion = this.tree.assertion.id;
    return { kind, assertion, parent: index, disputed, position: to, value, last };
  }

  /** A root is not defended; the end of the own run must speak for the right side: against what the mover denies, for what it stands for. */
  private isLegal({ kind, parent, position }: AnswerMove): boolean {
    const depth = depthOf(position);
    if (kind === "defend" && (depth === 1 || depth === this.split + 2)) return false;
    if (depth !== this.split + 1) return true;
    const run = this.runOf(position);
    const disputed = this.above(parent, run, true);
    if (disputed === undefined) return false;
    const isDenied = (this.split - depthOf(disputed.position)) % 2 === 0;
    return isDenied !== (this.own.history.tree.leaf(run) === disputed.value);
  }

  private step(index: number, plan: PlanOf<ClaimsMove>): void {
    const claim = this.claims[index];
    if (claim.isStepped) return;
    const { parent } = this.own;
    const run = this.runOf(claim.position);
    const mine = this.valueAt(index, claim.position, plan);
    if (mine === MISSING || mine === NONE) return;
    const isAttack = claim.value !== mine;
    const leaf = leafOf(claim.position, this.split + 1, this.bottom);
    const step = isAttack ? leaf : leaf + 1;
    // A step is shown from a state that this party holds for true.
    if (isAttack && leaf > 0 && this.above(index, leaf - 1, false)?.value !== this.machineAt(run, leaf - 1, plan))
      return;
    const width = 2 ** this.parameters.heights[2];
    const [segment, within] = [Math.floor(step / width), step % width];
    const witness = this.truth.witness(parent, run, segment, within);
    if (witness === undefined) {
      plan.missing.push({ parent, run, segment, step: within });
      return;
    }
    const { origin } = this.tree.assertion;
    plan.moves.push({
      ...{ kind: "step", assertion: this.tree.assertion.id, index, isAttack },
      ...{ origin, inbox: parent.inbox, witness },
    });
  }

  /** What this party says at a position under a claim: an output root, or a machine hash of a run that it holds the start of for true. */
  private valueAt(index: number, position: number, plan: PlanOf<ClaimsMove>): Hex | typeof MISSING | typeof NONE {
    if (depthOf(position) <= this.split) return this.outputAt(position);
    const run = this.runOf(position);
    const { parent, history } = this.own;
    const start = run === 0 ? parent.outputRoot : this.above(index, run - 1, true)?.value;
    const mine = run === 0 ? parent.outputRoot : history.tree.leaf(run - 1);
    if (start !== mine) return NONE;
    return this.machineAt(run, leafOf(position, this.split + 1, this.bottom), plan);
  }

  private outputAt(position: number): Hex {
    return this.own.history.tree.leaf(leafOf(position, 0, this.split));
  }

  /** The machine after `leaf + 1` steps of a run. */
  private machineAt(run: number, leaf: number, plan: PlanOf<ClaimsMove>): Hex | typeof MISSING {
    const { parent } = this.own;
    const machines = this.truth.machines(parent, run);
    if (machines === undefined) {
      plan.missing.push({ parent, run });
      return MISSING;
    }
    const width = 2 ** this.parameters.heights[2];
    const segment = Math.floor(leaf / width);
    if ((leaf + 1) % width === 0) return machines.tree.leaf(segment);
    const steps = this.truth.steps(parent, run, segment);
    if (steps !== undefined) return steps.leaf(leaf % width);
    plan.missing.push({ parent, run, segment });
    return MISSING;
  }

  /** The run that a claim below the split is about. */
  private runOf(position: number): number {
    return Math.floor(indexOf(position) / 2 ** (depthOf(position) - this.split));
  }

  /** The claim on the path, itself included, about that output root, or about that machine of its own run. */
  private above(index: number, leaf: number, isOutput: boolean): ClaimState | undefined {
    const [top, bottom] = isOutput ? [0, this.split] : [this.split + 1, this.bottom];
    for (let at = index; ; at = this.claims[at].parent) {
      const claim = this.claims[at];
      const depth = depthOf(claim.position);
      if (depth >= top && depth <= bottom && leafOf(claim.position, top, bottom) === leaf) return claim;
      if (at === 0) return undefined;
    }
  }
}

function isSame(answer: AnswerMove | undefined, { value, position }: ClaimState): boolean {
  return answer !== undefined && answer.value === value && answer.position === position;
}
