import type { Hex } from "../../protocol/types";
import { invariant } from "../../protocol/errors";
import type { ConfirmMove, Link, Move, RewardMove, SlashMove, Step } from "./moves";
import { hasFuture } from "../settled";
import { originHash } from "./place";
import { addTime, ownTime } from "./timers";
import { edgeBelow, halvesOf, updateStep, type OwnEdge, type Parent, type Truth } from "./truth";
import type { GameView, StakedEdge } from "./types";

/** An own edge that has won, and what is left at its place: rivals that nobody has slashed, and wei that nobody has taken. */
interface WonEdge {
  id: Hex;
  mutualId: Hex;
  openRivals: number;
  reward: bigint;
}

/** An assertion that is settled, as the parent of what follows it, with all that had to be settled with it. */
export interface SettledPlace {
  parent: Parent;
  /** The assertion before it. */
  above: Hex;
  won: readonly WonEdge[];
}

/** Whether what was settled once is so in that view: nothing of it is taken back. */
export function isStillSettled(view: GameView, { parent, above, won }: SettledPlace): boolean {
  if (!view.childrenOf(above).some((child) => child.id === parent.id && hasFuture(child, parent))) return false;
  return won.every(
    (edge) =>
      view.edge(edge.id)?.status === "confirmed" &&
      view.rewardOf(edge.id) === edge.reward &&
      openRivalsOf(view, edge).length <= edge.openRivals,
  );
}

function openRivalsOf(view: GameView, { id, mutualId }: Pick<WonEdge, "id" | "mutualId">): StakedEdge[] {
  return view.stakedAt(mutualId).filter((rival) => rival.id !== id && view.edge(rival.id)?.status === "open");
}

/**
 * Confirms what has earned enough, with as few timer updates as will do, takes stakes back and slashes losers.
 * Collects the own staked edges during a walk, from the top; `moves` then answers for all of them.
 */
export class Settlement {
  private readonly staked: OwnEdge[] = [];
  /** The updates planned so far, bottom first, and the timers after them. */
  private readonly updates: { id: Hex; step: Step }[] = [];
  private readonly planned = new Map<Hex, number>();

  constructor(
    private readonly view: GameView,
    private readonly truth: Truth,
    private readonly account: Hex,
  ) {}

  /** @param edge - An own root edge that stands on L1; assertions before what hangs on them. */
  add(edge: OwnEdge): void {
    this.staked.push(edge);
  }

  /** Whether the assertion and all stakes of the account in the same tree of trees are settled, on L1. */
  isDone(assertion: Hex): boolean {
    if (this.view.edge(assertion)?.status !== "confirmed") return false;
    const first = this.staked.findIndex(({ id }) => id === assertion);
    invariant(first >= 0, "the assertion was walked");
    const mine = this.staked.slice(first);
    if (mine.some(({ id }) => this.isOwn(id) && this.view.edge(id)?.status !== "confirmed")) return false;
    const won = mine.filter(({ id }) => this.view.edge(id)?.status === "confirmed");
    return won.every((edge) => this.losersTo(edge).length === 0 && this.rewards(edge).length === 0);
  }

  /** What `isDone` has found of the assertion. */
  wonSince(assertion: Hex): WonEdge[] {
    const mine = this.staked.slice(this.staked.findIndex(({ id }) => id === assertion));
    return mine
      .filter(({ id }) => this.view.edge(id)?.status === "confirmed")
      .map(({ id, mutualId }) => {
        const openRivals = openRivalsOf(this.view, { id, mutualId }).length;
        return { id, mutualId, openRivals, reward: this.view.rewardOf(id) };
      });
  }

  /** Updates, then confirmations from the top, then slashes, then what earlier slashes left to pay for. */
  moves(): Move[] {
    const confirmed = new Set<Hex>();
    const confirms: ConfirmMove[] = [];
    for (const edge of this.staked) {
      const state = this.view.edge(edge.id)!;
      if (state.status === "confirmed") confirmed.add(edge.id);
      if (state.status !== "open" || this.view.mutual(edge.mutualId)!.decidedAt !== null) continue;
      const isAssertion = edge.of.level === 0;
      if (isAssertion ? !this.isConfirmable(edge, confirmed) : !this.isWorthIt(edge)) continue;
      if (!this.raise(edge, this.view.parameters.challengePeriodSeconds)) continue;
      confirmed.add(edge.id);
      confirms.push({ kind: "confirm", at: edge.at, root: edge.root });
    }
    const slashes = this.staked.filter(({ id }) => confirmed.has(id)).flatMap((edge) => this.losersTo(edge));
    const steps = this.updates.map(({ step }) => step);
    const rewards = this.staked.flatMap((edge) => this.rewards(edge));
    return [...(steps.length > 0 ? [{ kind: "update", steps } as const] : []), ...confirms, ...slashes, ...rewards];
  }

  /** The walk starts at a confirmed assertion, so the first one's parent needs no look. */
  private isConfirmable(edge: OwnEdge, confirmed: ReadonlySet<Hex>): boolean {
    return this.staked[0].id === edge.id || confirmed.has(edge.of.parent.id);
  }

  /**
   * Plans the updates after which the edge shows at least `needed` seconds. Each is needed: what shows enough is not touched.
   * @returns false, with nothing planned, where the time has not been earned yet.
   */
  private raise(edge: OwnEdge, needed: number): boolean {
    const state = this.view.edge(edge.id);
    const mutual = this.view.mutual(edge.mutualId);
    if (state === undefined || mutual === undefined) return false;
    if (this.shown(edge) >= needed) return true;
    const own = ownTime(state, mutual, this.view.nowSeconds);
    const below = this.below(edge);
    if (below === undefined) return false;
    const mark = this.updates.length;
    if (!below.every((part) => this.raise(part, needed - own))) {
      for (const { id } of this.updates.splice(mark)) this.planned.delete(id);
      return false;
    }
    this.updates.push({ id: edge.id, step: updateStep(edge, below) });
    this.planned.set(edge.id, addTime(own, Math.min(...below.map((part) => this.shown(part)))));
    return true;
  }

  /** The two halves, or the root edge one level down; undefined where there is nothing below to earn time. */
  private below(edge: OwnEdge): OwnEdge[] | undefined {
    if (edge.at.height > 0) return halvesOf(edge);
    const root = edge.of.level < 2 ? edgeBelow(edge, this.truth) : undefined;
    return root && [root];
  }

  private shown(edge: OwnEdge): number {
    const state = this.view.edge(edge.id)!;
    const own = ownTime(state, this.view.mutual(edge.mutualId)!, this.view.nowSeconds);
    return Math.max(own, state.timer, this.planned.get(edge.id) ?? 0);
  }

  /** Whether the account has a stake on it, or moves below it to be paid for. */
  private isWorthIt(edge: OwnEdge): boolean {
    return this.isOwn(edge.id) || this.unpaid(edge).length > 0;
  }

  /** Slashes against open rivals of a winner, where that is worth it. */
  private losersTo(winner: OwnEdge): SlashMove[] {
    if (!this.isWorthIt(winner)) return [];
    return openRivalsOf(this.view, winner).map(({ at, root }) => {
      return { kind: "slash", loser: at, loserRoot: root, winner: winner.at, winnerRoot: winner.root };
    });
  }

  /** What pays the account for its moves below a winner, as far as what the losers left there goes. */
  private rewards(winner: OwnEdge): RewardMove[] {
    const left = this.view.rewardOf(winner.id);
    if (left === 0n) return [];
    return this.unpaid(winner, left).map((way) => ({ kind: "reward", at: winner.at, root: winner.root, way }));
  }

  /**
   * Ways down from a root edge to the account's own moves that are not paid for yet.
   * @param most - Wei that all of them may come to; what costs more is passed over.
   */
  private unpaid(winner: OwnEdge, most?: bigint): Link[][] {
    let left = most;
    const take = ({ id }: OwnEdge): boolean => {
      const { maker, cost } = this.view.edge(id)!;
      if (maker !== this.account || cost === 0n || (left !== undefined && cost > left)) return false;
      if (left !== undefined) left -= cost;
      return true;
    };
    const below = (edge: OwnEdge): Link[][] => {
      if (edge.at.height > 0) return belowHalves(edge);
      const root = edge.of.level < 2 ? edgeBelow(edge, this.truth) : undefined;
      if (root === undefined || this.view.edge(root.id)?.status !== "confirmed") return [];
      const link = { left: originHash(root.of.origin), right: root.root, isRight: false };
      return joined(link, take(root), below(root));
    };
    const belowHalves = (edge: OwnEdge): Link[][] => {
      const [l, r] = halvesOf(edge);
      if (this.view.edge(r.id) === undefined) return [];
      const link = { left: l.root, right: r.root };
      const isProof = l.at.height === 0 && take(l);
      const ways = joined({ ...link, isRight: true }, false, below(r));
      ways.push(...joined({ ...link, isRight: false }, isProof, below(l)));
      return take(r) && ways.length === 0 ? [[{ ...link, isRight: true }]] : ways;
    };
    const ways = below(winner);
    return take(winner) && ways.length === 0 ? [[]] : ways;
  }

  private isOwn(id: Hex): boolean {
    return this.view.edge(id)?.staker === this.account;
  }
}

/** The ways below a link, with the link before them; the link alone where it is enough. */
function joined(link: Link, isEnough: boolean, ways: Link[][]): Link[][] {
  if (ways.length === 0) return isEnough ? [[link]] : [];
  return ways.map((way) => [link, ...way]);
}
