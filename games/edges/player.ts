import type { Hex } from "../../protocol/types";
import type { Move } from "./moves";
import { Settlement } from "./settlement";
import {
  asParent,
  assertionEdge,
  assertMove,
  bisectMove,
  edgeBelow,
  halvesOf,
  openMove,
  proveStepMove,
  type OwnEdge,
  type Parent,
  type RunHistory,
  type TruthKey,
  type TruthSource,
} from "./truth";
import type { AssertionInfo, GameView } from "./types";

export interface PlayerOptions {
  /** Whose stakes are defended to the end, lower case. */
  account: Hex;
  /** The assertion to start from: genesis, or any confirmed one. */
  from: Parent;
  /** Whether to assert the child of a right parent that has none; a wrong child is answered in any case. */
  propose?: (parent: Parent) => boolean;
}

/** What to do now. */
export interface Plan {
  /** In order; each is valid after those before it. */
  moves: Move[];
  /** Wei that these moves take out of the account's balance. */
  stake: bigint;
  /** Histories that are missing: with them there may be more to do. */
  missing: TruthKey[];
  /** The last assertion found to be right (the start, if none). */
  tip: Parent;
  /** Parents whose confirmed child is not the own one: the own truth, or the game, is wrong. */
  contradicted: Hex[];
}

/**
 * Plays a party's own histories against any number of rivals. Pure: a plan is a function of the view and the own truth.
 *
 * It needs no edge of a rival: it walks its own trees through what stands on L1 and looks whether the places of its own edges
 * are rivalled. A rivalled edge is bisected, a rivalled leaf opened or proven, what has earned enough is confirmed, losers are slashed.
 * Answers that are valid only after others of the same plan are packed behind them.
 */
export class HonestPlayer {
  private from: Parent;

  constructor(
    private readonly truth: TruthSource,
    private readonly options: PlayerOptions,
  ) {
    this.from = options.from;
  }

  decide(view: GameView): Plan {
    const plan: Plan = { moves: [], stake: 0n, missing: [], tip: this.from, contradicted: [] };
    const settlement = new Settlement(view, this.truth, this.options.account);
    let isSettled = true;
    for (;;) {
      const child = this.playChild(view, plan, settlement);
      if (child === undefined) break;
      plan.tip = asParent(child);
      // What is over for good is not walked again.
      isSettled &&= settlement.isDone(child.id);
      if (isSettled) this.from = plan.tip;
    }
    plan.moves.push(...settlement.moves());
    return plan;
  }

  /** Plays the true child of the tip. @returns it, if it stands on L1. */
  private playChild(view: GameView, plan: Plan, settlement: Settlement): AssertionInfo | undefined {
    const parent = plan.tip;
    const children = view.childrenOf(parent.id);
    if (children.length === 0 && this.options.propose?.(parent) !== true) return undefined;
    const history = this.truth.runs(parent);
    if (history === undefined) {
      plan.missing.push({ parent });
      return undefined;
    }
    const edge = assertionEdge(parent, history);
    const decided = view.mutual(edge.mutualId)?.decidedAt != null;
    if (decided && view.edge(edge.id)?.status !== "confirmed") {
      plan.contradicted.push(parent.id);
      return undefined;
    }
    new Play(view, this.truth, this.options.account, plan, settlement).assertion(edge, history);
    return children.find(({ id }) => id === edge.id);
  }
}

/** One walk down from an assertion. */
class Play {
  constructor(
    private readonly view: GameView,
    private readonly truth: TruthSource,
    private readonly account: Hex,
    private readonly plan: Plan,
    private readonly settlement: Settlement,
  ) {}

  assertion(edge: OwnEdge, history: RunHistory): void {
    if (this.view.edge(edge.id) === undefined) {
      this.plan.moves.push(assertMove(edge, history));
      this.plan.stake += this.view.parameters.stakes[0];
    }
    this.stakedEdge(edge, true);
  }

  /**
   * @param isNeeded - Whether what stands above waits for this edge's time. Once a staked edge is confirmed it has given
   * all that can be needed above; then only own stakes below it keep the play going.
   */
  private stakedEdge(edge: OwnEdge, isNeeded: boolean): void {
    const state = this.view.edge(edge.id);
    const isOurs = state === undefined || state.staker === this.account;
    if (state !== undefined) this.settlement.add(edge);
    this.play(edge, state?.status !== "confirmed" && (isNeeded || isOurs));
  }

  private play(edge: OwnEdge, isNeeded: boolean): void {
    if (this.view.edge(edge.id)?.status === "proven" || !this.isRivalled(edge)) return;
    if (edge.at.height > 0) this.playHalves(edge, isNeeded);
    else if (edge.of.level < 2) this.playBelow(edge, isNeeded);
    else if (isNeeded) this.playStep(edge);
  }

  private playHalves(edge: OwnEdge, isNeeded: boolean): void {
    const [left, right] = halvesOf(edge);
    if (isNeeded && this.view.edge(right.id) === undefined) this.plan.moves.push(bisectMove(edge));
    this.play(left, isNeeded);
    this.play(right, isNeeded);
  }

  private playBelow(leaf: OwnEdge, isNeeded: boolean): void {
    const { parent, level, run } = leaf.of;
    const below = edgeBelow(leaf, this.truth);
    if (below === undefined) {
      const { index } = leaf.at;
      this.plan.missing.push(level === 0 ? { parent, run: index } : { parent, run, segment: index });
      return;
    }
    if (this.view.edge(below.id) === undefined) {
      // Others may have revealed what is below this, and an own stake may stand on it.
      if (!isNeeded) return this.play(below, false);
      if (this.view.mutual(below.mutualId)?.decidedAt != null) return;
      const last = level === 0 ? this.truth.machines(parent, leaf.at.index)!.last : "0x";
      this.plan.moves.push(openMove(leaf, below, last));
      this.plan.stake += this.view.parameters.stakes[below.of.level];
    }
    this.stakedEdge(below, isNeeded);
  }

  private playStep(leaf: OwnEdge): void {
    const { parent, run, segment } = leaf.of;
    const step = leaf.at.index;
    const witness = this.truth.witness(parent, run, segment, step);
    if (witness === undefined) this.plan.missing.push({ parent, run, segment, step });
    else this.plan.moves.push(proveStepMove(leaf, witness));
  }

  /** Whether the place is rivalled, counting the edge itself, which a move of this plan may be about to add. */
  private isRivalled(edge: OwnEdge): boolean {
    const mutual = this.view.mutual(edge.mutualId);
    if (mutual === undefined) return false;
    return mutual.rivalledAt !== null || this.view.edge(edge.id) === undefined;
  }
}
