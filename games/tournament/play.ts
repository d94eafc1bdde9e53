import type { Hex } from "../../protocol/types";
import { invariant } from "../../protocol/errors";
import type { Plan as PlanOf } from "../game";
import { pathOf, spineOf, type HistoryTree } from "../history/history";
import type { Parent, Truth } from "../truth";
import { carriedOf, expiryOf, isFinished, survivorOf } from "./clock";
import type { AssertMove, JoinMove, TournamentMove } from "./moves";
import type { TournamentReplica } from "./replica";
import type { Level, MatchState, TournamentParameters, TournamentState } from "./types";

/** One of a party's own histories, as it stands or would stand in one tournament. */
export interface OwnHistory {
  level: Level;
  tree: HistoryTree;
  /** Leaves above that it explains. */
  run: number;
  segment: number;
  /** The move by which it joins. */
  join: AssertMove | JoinMove;
}

/**
 * The tournament of one parent's children and all that hang below it: own histories join, answer when it is their turn, and show the
 * step; whatever is over is brought to its end, whosever it is, since a tournament ends with its last match.
 */
export class TournamentPlay {
  constructor(
    private readonly parameters: TournamentParameters,
    private readonly replica: TournamentReplica,
    private readonly truth: Truth,
    private readonly parent: Parent,
    private readonly plan: PlanOf<TournamentMove>,
  ) {}

  /** @param own - Null where this party has no history to play there. */
  play(tournament: TournamentState, own: OwnHistory | null): void {
    const { start, allowance, commitments, open } = tournament;
    if (own !== null && !commitments.has(own.tree.root)) {
      const slackSeconds = start + allowance - this.replica.nowSeconds;
      if (slackSeconds > 0) this.join(own, slackSeconds);
    }
    for (const id of open) {
      const match = this.replica.matches.get(id)!;
      const isMine = match.one === own?.tree.root || match.two === own?.tree.root;
      this.playMatch(tournament, match, isMine ? own : null);
    }
  }

  /** @param slackSeconds - Until it is too late to join. */
  join({ level, join }: OwnHistory, slackSeconds: number): void {
    const bond = this.parameters.bonds[level];
    this.plan.stakes.set(join, bond);
    this.plan.stake += bond;
    this.plan.staked.push({ moves: [join], slackSeconds });
  }

  private playMatch(tournament: TournamentState, match: MatchState, own: OwnHistory | null): void {
    if (match.phase === "inner") this.playInner(tournament, match, own);
    else if (this.replica.nowSeconds >= expiryOf(tournament, match)) this.timeout(tournament, match);
    else if (own === null) return;
    else if (match.phase === "leaf") this.step(match, own);
    else if ((match.isTurnOfTwo ? match.two : match.one) === own.tree.root) this.answer(tournament, match, own);
  }

  private playInner(tournament: TournamentState, match: MatchState, own: OwnHistory | null): void {
    const { level } = tournament;
    const { nowSeconds } = this.replica;
    const inner = this.replica.tournamentBelow(match.id);
    if (!isFinished(inner, nowSeconds)) return this.play(inner, own && this.below(match, own));
    if (carriedOf(inner, nowSeconds) === 0) {
      this.plan.moves.push({ kind: "eliminateInner", level, matchId: match.id });
      return;
    }
    const { last } = inner.commitments.get(inner.waiting!)!;
    const winner = last === match.left ? match.one : match.two;
    this.plan.moves.push({ kind: "winByInner", level, matchId: match.id, ...childrenOf(tournament, winner) });
  }

  private timeout(tournament: TournamentState, match: MatchState): void {
    const { level } = tournament;
    const survivor = survivorOf(tournament, match, this.replica.nowSeconds);
    if (survivor === null) this.plan.moves.push({ kind: "eliminate", level, matchId: match.id });
    else {
      const children = childrenOf(tournament, survivor.root);
      this.plan.moves.push({ kind: "winByTimeout", level, matchId: match.id, ...children });
    }
  }

  /** Opens the node that has to be opened, and of its first half that differs the children; at the bottom it seals the leaf. */
  private answer({ initial }: TournamentState, match: MatchState, { level, tree }: OwnHistory): void {
    const { id: matchId, height, position } = match;
    const index = position / 2 ** height;
    invariant(tree.node(height, index) === match.other, "the node to be opened is one's own");
    const [left, right] = [tree.node(height - 1, 2 * index), tree.node(height - 1, 2 * index + 1)];
    const isLeft = left !== match.left;
    if (height > 1) {
      const half = 2 * (2 * index + (isLeft ? 0 : 1));
      const [nextLeft, nextRight] = [tree.node(height - 2, half), tree.node(height - 2, half + 1)];
      this.plan.moves.push({ kind: "advance", level, matchId, left, right, nextLeft, nextRight });
      return;
    }
    const leaf = isLeft ? position : position + 1;
    const before =
      leaf === 0 ? { agreed: initial, path: [] } : { agreed: tree.leaf(leaf - 1), path: pathOf(tree, leaf - 1) };
    this.plan.moves.push({ kind: "sealMatch", level, matchId, left, right, ...before, inbox: this.parent.inbox });
  }

  private step({ id: matchId, position: step }: MatchState, { level, tree, run, segment }: OwnHistory): void {
    const { parent } = this;
    const witness = this.truth.witness(parent, run, segment, step);
    if (witness === undefined) {
      this.plan.missing.push({ parent, run, segment, step });
      return;
    }
    const [left, right] = [tree.node(tree.height - 1, 0), tree.node(tree.height - 1, 1)];
    this.plan.moves.push({ kind: "winByStep", level, matchId, inbox: parent.inbox, witness, left, right });
  }

  /** The own history of the sealed leaf; null while it is missing. */
  private below({ id: matchId, position }: MatchState, { level, tree: above, run }: OwnHistory): OwnHistory | null {
    const { parent } = this;
    const last = above.leaf(position);
    const create = (to: 1 | 2, tree: HistoryTree, machine: Hex): OwnHistory => ({
      ...{ level: to, tree, run: to === 1 ? position : run, segment: to === 1 ? 0 : position },
      join: { kind: "join", level: to, matchId, last, machine, spine: spineOf(tree) },
    });
    if (level === 0) {
      const machines = this.truth.machines(parent, position);
      if (machines !== undefined) return create(1, machines.tree, machines.last);
      this.plan.missing.push({ parent, run: position });
      return null;
    }
    const steps = this.truth.steps(parent, run, position);
    if (steps !== undefined) return create(2, steps, "0x");
    this.plan.missing.push({ parent, run, segment: position });
    return null;
  }
}

function childrenOf({ commitments }: TournamentState, root: Hex): { left: Hex; right: Hex } {
  const { left, right } = commitments.get(root)!;
  return { left, right };
}
