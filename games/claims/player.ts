import type { Hex } from "../../protocol/types";
import type { Plan as PlanOf, PlayerOptions } from "../game";
import { lastLeafOf } from "../history/history";
import { inboxHash } from "../names";
import { hasFuture, SettledChain } from "../settled";
import { asParent, type Parent, type RunHistory, type Truth } from "../truth";
import { usedAgainst } from "./clock";
import type { ClaimsMove } from "./moves";
import type { ClaimsReplica } from "./replica";
import { TreePlay } from "./tree";
import type { ClaimsParameters, ClaimTree } from "./types";

export type Plan = PlanOf<ClaimsMove>;

/**
 * Plays a party's own histories by the book of the OP Stack's honest challenger, in every tree on its chain; then resolves what is over
 * and confirms what has won. Pure: a plan is a function of the replica and of the own truth.
 * @see docs/spec/16-claims.md#book
 */
export class ClaimsPlayer {
  /** By the settled tree. */
  private readonly settled: SettledChain<ClaimsReplica, { parent: Parent }>;

  constructor(
    private readonly parameters: ClaimsParameters,
    private readonly truth: Truth,
    private readonly options: PlayerOptions,
  ) {
    this.settled = new SettledChain(options.from, (replica, { parent }) => {
      const tree = replica.trees.get(parent.id);
      return tree !== undefined && hasFuture(tree.assertion, parent) && this.isSettled(replica, tree);
    });
  }

  decide(replica: ClaimsReplica): Plan {
    const tip = this.settled.last(replica);
    const stakes = new Map<ClaimsMove, bigint>();
    const plan: Plan = { moves: [], staked: [], stake: 0n, stakes, missing: [], tip, contradicted: [] };
    const settling: ClaimsMove[] = [];
    let [isSettled, isParentConfirmed] = [true, true];
    for (;;) {
      const own = this.playChildren(replica, plan, settling);
      if (own === undefined) break;
      if (isParentConfirmed && !own.isConfirmed) {
        isParentConfirmed = this.hasWon(own, settling);
        if (isParentConfirmed) settling.push({ kind: "confirm", assertion: own.assertion.id });
      }
      isSettled &&= this.isSettled(replica, own);
      plan.tip = asParent(own.assertion);
      if (isSettled) this.settled.add({ parent: plan.tip });
    }
    plan.moves.push(...settling);
    plan.staked.sort((a, b) => (a.slackSeconds === b.slackSeconds ? 0 : a.slackSeconds - b.slackSeconds));
    plan.moves.push(...plan.staked.flatMap(({ moves }) => moves));
    return plan;
  }

  /** Plays all children of the tip. @returns the true one, if it stands. */
  private playChildren(replica: ClaimsReplica, plan: Plan, settling: ClaimsMove[]): ClaimTree | undefined {
    const parent = plan.tip;
    const children = replica.childrenOf(parent.id);
    const mayPropose = (): boolean => this.options.propose?.(parent) === true;
    if (children.length === 0 && !mayPropose()) return undefined;
    const history = this.truth.runs(parent);
    if (history === undefined) {
      plan.missing.push({ parent });
      return undefined;
    }
    const outputRoot = lastLeafOf(history.tree);
    const own = children.find(({ assertion }) => assertion.outputRoot === outputRoot);
    if (children.some((tree) => tree !== own && tree.isConfirmed)) {
      plan.contradicted.push(parent.id);
      return undefined;
    }
    for (const tree of children) {
      new TreePlay(this.parameters, this.truth, tree, { parent, history }, replica.nowSeconds).play(plan);
      if (tree === own || this.isIn(tree)) settling.push(...this.resolutions(tree, replica.nowSeconds));
    }
    if (own === undefined && (children.length === 0 || mayPropose())) this.assert(plan, parent, history);
    return own;
  }

  private assert(plan: Plan, parent: Parent, history: RunHistory): void {
    const origin = { above: parent.id, start: parent.outputRoot, inbox: inboxHash(parent.inbox) };
    const move = { kind: "assertState", origin, output: history.output } as const;
    const [bond] = this.parameters.bonds;
    plan.stakes.set(move, bond);
    plan.stake += bond;
    plan.staked.push({ moves: [move], slackSeconds: Infinity });
  }

  /** Resolves all claims whose time is over and whose answers are resolved, answers first. */
  private resolutions(tree: ClaimTree, nowSeconds: number): ClaimsMove[] {
    const moves: ClaimsMove[] = [];
    const planned = new Set<number>();
    for (let index = tree.claims.length - 1; index >= 0; index--) {
      const { isResolved, answers } = tree.claims[index];
      if (isResolved || usedAgainst(tree, index, nowSeconds) < this.parameters.maxClockSeconds) continue;
      if (!answers.every((answer) => tree.claims[answer].isResolved || planned.has(answer))) continue;
      planned.add(index);
      moves.push({ kind: "resolveClaim", assertion: tree.assertion.id, index });
    }
    return moves;
  }

  /** Whether the root stands uncountered once the planned resolutions are made. */
  private hasWon({ assertion, claims }: ClaimTree, settling: readonly ClaimsMove[]): boolean {
    const planned = new Set<number>();
    for (const move of settling)
      if (move.kind === "resolveClaim" && move.assertion === assertion.id) planned.add(move.index);
    const isResolved = (index: number): boolean => claims[index].isResolved || planned.has(index);
    const isCountered = (index: number): boolean =>
      claims[index].isStepped || claims[index].answers.some((answer) => !isCountered(answer));
    return isResolved(0) && !isCountered(0);
  }

  /** Whether the account has a claim in the tree, or a step. */
  private isIn({ claims }: ClaimTree): boolean {
    return claims.some(({ claimant }) => claimant === this.options.account);
  }

  /** Whether an own assertion is confirmed and nothing of the account is left in the trees beside it. */
  private isSettled(replica: ClaimsReplica, { isConfirmed, assertion }: ClaimTree): boolean {
    return isConfirmed && replica.childrenOf(assertion.parent).every((tree) => this.isOver(tree));
  }

  private isOver(tree: ClaimTree): boolean {
    return !this.isIn(tree) || tree.claims.every(({ isResolved }) => isResolved);
  }
}

/** Whether a claim of the account is not resolved yet. */
export function hasOpenBond(replica: ClaimsReplica, account: Hex): boolean {
  for (const { claims } of replica.trees.values())
    if (claims.some(({ claimant, isResolved }) => claimant === account && !isResolved)) return true;
  return false;
}
