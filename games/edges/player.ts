import type { Hex } from "../../protocol/types";
import type { Plan as PlanOf, PlayerOptions } from "../game";
import type { Move } from "./moves";
import { SettledChain } from "../settled";
import { isStillSettled, Settlement, type SettledPlace } from "./settlement";
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
  type RunHistory,
  type Truth,
} from "./truth";
import type { AssertionInfo, GameView } from "./types";

export type Plan = PlanOf<Move>;

/** How often one stake may move. Twin of `Assertions.MOVES_IN_A_PERIOD`. */
export const MOVES_IN_A_PERIOD = 1024;

/**
 * Plays a party's own histories against any number of rivals. Pure: a plan is a function of the view and the own truth.
 *
 * It needs no edge of a rival: it walks its own trees through what stands on L1 and looks whether the places of its own edges
 * are rivalled. A rivalled edge is bisected, a rivalled leaf opened or proven, what has earned enough is confirmed, losers are slashed.
 * Answers that are valid only after others of the same plan are packed behind them.
 */
export class HonestPlayer {
  private readonly settled: SettledChain<GameView, SettledPlace>;

  constructor(
    private readonly truth: Truth,
    private readonly options: PlayerOptions,
  ) {
    this.settled = new SettledChain(options.from, isStillSettled);
  }

  decide(view: GameView): Plan {
    const tip = this.settled.last(view);
    const plan: Plan = {
      moves: [],
      staked: [],
      stake: 0n,
      stakes: new Map(),
      missing: [],
      tip,
      contradicted: [],
    };
    const settlement = new Settlement(view, this.truth, this.options.account);
    let isSettled = true;
    /** Assertions on the way with a stake of the account that has not moved on. */
    let upper: Hex[] = [];
    for (;;) {
      const child = this.playChild(view, plan, settlement);
      if (child === undefined) break;
      plan.tip = asParent(child);
      const own = view.edge(child.id)!;
      if (own.staker === this.options.account && own.status === "open") {
        // Where others' assertions stand in between, the stake could not move along: those above are freed now.
        const free = upper.filter((from) => isMovable(view, from, own.staker, own.created));
        plan.moves.push(...free.map((from) => ({ kind: "moveStake", from, to: child.id }) as const));
        upper = [...upper.filter((from) => !free.includes(from)), child.id].filter(
          (from) => !view.edge(from)!.stakeMoved,
        );
      }
      isSettled &&= settlement.isDone(child.id);
      if (isSettled) this.settled.add({ parent: plan.tip, above: child.parent, won: settlement.wonSince(child.id) });
    }
    plan.moves.push(...settlement.moves());
    plan.staked.sort((a, b) => (a.slackSeconds === b.slackSeconds ? 0 : a.slackSeconds - b.slackSeconds));
    plan.moves.push(...plan.staked.flatMap(({ moves }) => moves));
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

/** Wei that a move takes out of the account's balance, at that state of the game. */
export function stakeTaken(view: GameView, move: Move, account: Hex): bigint {
  const { stakes } = view.parameters;
  if (move.kind === "open") return stakes[move.at.level + 1];
  if (move.kind !== "assertState") return 0n;
  return isMovable(view, move.origin.above, account, view.nowSeconds) ? 0n : stakes[0];
}

/** Whether the account has a stake on that assertion that can go on to one made at that time. Twin of `Assertions._isMovable`. */
function isMovable(view: GameView, assertion: Hex, account: Hex, timeSeconds: number): boolean {
  const edge = view.edge(assertion);
  if (edge?.staker !== account || edge.status !== "open" || edge.stakeMoved) return false;
  return timeSeconds >= edge.created + Math.floor(view.parameters.challengePeriodSeconds / MOVES_IN_A_PERIOD);
}

/** One walk down from an assertion. */
class Play {
  /** Where moves go: those that are free, or the part that takes a stake first. */
  private moves: Move[];

  constructor(
    private readonly view: GameView,
    private readonly truth: Truth,
    private readonly account: Hex,
    private readonly plan: Plan,
    private readonly settlement: Settlement,
  ) {
    this.moves = plan.moves;
  }

  assertion(edge: OwnEdge, history: RunHistory): void {
    if (this.view.edge(edge.id) !== undefined) return this.stakedEdge(edge, true, 0);
    const lost = this.earnedByRivals(edge);
    this.stake(assertMove(edge, history), edge, lost);
  }

  /** A move that takes a stake; what follows below hangs on it. @param lost - Seconds that rivals have earned on the way to it. */
  private stake(move: Move, edge: OwnEdge, lost: number): void {
    const { challengePeriodSeconds } = this.view.parameters;
    const wei = stakeTaken(this.view, move, this.account);
    this.plan.stake += wei;
    this.plan.stakes.set(move, wei);
    const above = this.moves;
    if (above === this.plan.moves) {
      const isRivalled = this.view.stakedAt(edge.mutualId).length > 0 || edge.of.level > 0;
      const slackSeconds = isRivalled ? challengePeriodSeconds - lost : Infinity;
      this.plan.staked.push({ moves: (this.moves = []), slackSeconds });
    }
    this.moves.push(move);
    this.stakedEdge(edge, true, lost);
    this.moves = above;
  }

  /**
   * @param isNeeded - Whether what stands above waits for this edge's time. Once a staked edge is confirmed it has given
   * all that can be needed above; then only own stakes below it keep the play going.
   */
  private stakedEdge(edge: OwnEdge, isNeeded: boolean, lost: number): void {
    const state = this.view.edge(edge.id);
    const isOurs = state === undefined || state.staker === this.account;
    if (state !== undefined) this.settlement.add(edge);
    this.play(edge, state?.status !== "confirmed" && (isNeeded || isOurs), lost);
  }

  /** @param lost - Seconds that rivals have earned above. */
  private play(edge: OwnEdge, isNeeded: boolean, lost: number): void {
    if (this.view.edge(edge.id)?.status === "proven" || !this.isRivalled(edge)) return;
    lost += this.lostAt(edge);
    if (edge.at.height > 0) this.playHalves(edge, isNeeded, lost);
    else if (edge.of.level < 2) this.playBelow(edge, isNeeded, lost);
    else if (isNeeded) this.playStep(edge);
  }

  private playHalves(edge: OwnEdge, isNeeded: boolean, lost: number): void {
    const [left, right] = halvesOf(edge);
    if (isNeeded && this.view.edge(right.id) === undefined) this.moves.push(bisectMove(edge));
    this.play(left, isNeeded, lost);
    this.play(right, isNeeded, lost);
  }

  private playBelow(leaf: OwnEdge, isNeeded: boolean, lost: number): void {
    const { parent, level, run } = leaf.of;
    const below = edgeBelow(leaf, this.truth);
    if (below === undefined) {
      const { index } = leaf.at;
      this.plan.missing.push(level === 0 ? { parent, run: index } : { parent, run, segment: index });
      return;
    }
    if (this.view.edge(below.id) === undefined) {
      // Others may have revealed what is below this, and an own stake may stand on it.
      if (!isNeeded) return this.play(below, false, lost);
      if (this.view.mutual(below.mutualId)?.decidedAt != null) return;
      const last = level === 0 ? this.truth.machines(parent, leaf.at.index)!.last : "0x";
      return this.stake(openMove(leaf, below, last), below, lost + this.earnedByRivals(below));
    }
    this.stakedEdge(below, isNeeded, lost);
  }

  private playStep(leaf: OwnEdge): void {
    const { parent, run, segment } = leaf.of;
    const step = leaf.at.index;
    const witness = this.truth.witness(parent, run, segment, step);
    if (witness === undefined) this.plan.missing.push({ parent, run, segment, step });
    else this.moves.push(proveStepMove(leaf, witness));
  }

  /** Seconds that the oldest rival at a place has earned while the own edge is not there. */
  private earnedByRivals({ mutualId }: OwnEdge): number {
    const created = this.view.stakedAt(mutualId).map(({ id }) => this.view.edge(id)!.created);
    return created.length === 0 ? 0 : this.view.nowSeconds - Math.min(...created);
  }

  /** Seconds that rivals may have earned at the place of an own edge: nothing where it was first, else until it came. */
  private lostAt(edge: OwnEdge): number {
    const state = this.view.edge(edge.id);
    const mutual = this.view.mutual(edge.mutualId);
    if (state === undefined || mutual?.rivalledAt == null || state.created < mutual.rivalledAt) return 0;
    const { view } = this;
    const staked = view.stakedAt(edge.mutualId).map(({ id }) => view.edge(id)!.created);
    return staked.length === 0 ? 0 : mutual.rivalledAt - Math.min(...staked);
  }

  /** Whether the place is rivalled, counting the edge itself, which a move of this plan may be about to add. */
  private isRivalled(edge: OwnEdge): boolean {
    const mutual = this.view.mutual(edge.mutualId);
    if (mutual === undefined) return false;
    return mutual.rivalledAt !== null || this.view.edge(edge.id) === undefined;
  }
}
