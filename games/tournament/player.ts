import type { Hex } from "../../protocol/types";
import type { Plan as PlanOf, PlayerOptions } from "../game";
import { spineOf } from "../history/history";
import { inboxHash } from "../names";
import { hasFuture, SettledChain } from "../settled";
import { asParent, type Parent, type RunHistory, type Truth } from "../truth";
import { isFinished } from "./clock";
import type { TournamentMove } from "./moves";
import { TournamentPlay, type OwnHistory } from "./play";
import type { TournamentReplica } from "./replica";
import type { AssertionInfo } from "../types";
import type { TournamentParameters } from "./types";

export type Plan = PlanOf<TournamentMove>;

/**
 * Plays a party's own histories: in each tournament on the own chain the one true commitment, which is defended to the step; then what has
 * won is confirmed, parents first. Pure: a plan is a function of the replica and of the own truth.
 * @see docs/spec/17-tournament.md#player
 */
export class TournamentPlayer {
  private readonly settled: SettledChain<TournamentReplica, { parent: Parent }>;

  constructor(
    private readonly parameters: TournamentParameters,
    private readonly truth: Truth,
    private readonly options: PlayerOptions,
  ) {
    this.settled = new SettledChain(options.from, (replica, { parent }) => {
      const assertion = replica.assertions.get(parent.id);
      return assertion !== undefined && hasFuture(assertion, parent) && replica.isConfirmed(parent.id);
    });
  }

  decide(replica: TournamentReplica): Plan {
    const tip = this.settled.last(replica);
    const stakes = new Map<TournamentMove, bigint>();
    const plan: Plan = { moves: [], staked: [], stake: 0n, stakes, missing: [], tip, contradicted: [] };
    const confirms: TournamentMove[] = [];
    let [isSettled, isParentConfirmed] = [true, true];
    for (;;) {
      const own = this.playChildren(replica, plan);
      if (own === undefined) break;
      const isConfirmed = replica.isConfirmed(own.id);
      if (isParentConfirmed && !isConfirmed) {
        const tournament = replica.tournamentAround(own);
        isParentConfirmed = isFinished(tournament, replica.nowSeconds) && tournament.waiting === own.root;
        if (isParentConfirmed) confirms.push({ kind: "confirm", assertion: own.id });
      }
      isSettled &&= isConfirmed;
      plan.tip = asParent(own);
      if (isSettled) this.settled.add({ parent: plan.tip });
    }
    plan.moves.push(...confirms);
    plan.staked.sort((a, b) => (a.slackSeconds === b.slackSeconds ? 0 : a.slackSeconds - b.slackSeconds));
    plan.moves.push(...plan.staked.flatMap(({ moves }) => moves));
    return plan;
  }

  /** Plays the tournament of the tip's children. @returns the true child, if it stands and is not out. */
  private playChildren(replica: TournamentReplica, plan: Plan): AssertionInfo | undefined {
    const parent = plan.tip;
    const children = replica.childrenOf(parent.id);
    if (children.length === 0 && this.options.propose?.(parent) !== true) return undefined;
    const history = this.truth.runs(parent);
    if (history === undefined) {
      plan.missing.push({ parent });
      return undefined;
    }
    const own = this.assertion(parent, history);
    const play = new TournamentPlay(this.parameters, replica, this.truth, parent, plan);
    if (children.length === 0) {
      play.join(own, Infinity);
      return undefined;
    }
    const { root } = own.tree;
    const tournament = replica.tournamentAround(children[0]);
    if (tournament.isSettled && tournament.waiting !== root) {
      plan.contradicted.push(parent.id);
      return undefined;
    }
    if (tournament.commitments.get(root)?.standing === "out") return undefined;
    play.play(tournament, own);
    return children.find((child) => child.root === root);
  }

  private assertion(parent: Parent, { tree, output }: RunHistory): OwnHistory {
    const origin = { above: parent.id, start: parent.outputRoot, inbox: inboxHash(parent.inbox) };
    const join = { kind: "assertState", origin, root: tree.root, output, spine: spineOf(tree) } as const;
    return { level: 0, tree, run: 0, segment: 0, join };
  }
}

/** Whether a bond of the account is neither back nor lost. */
export function hasOpenBond(replica: TournamentReplica, account: Hex): boolean {
  for (const { commitments, isSettled } of replica.tournaments.values())
    if (!isSettled)
      for (const { claimer, standing } of commitments.values())
        if (claimer === account && standing !== "out") return true;
  return false;
}
