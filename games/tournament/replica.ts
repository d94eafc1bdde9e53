import type { Hex } from "../../protocol/types";
import { invariant } from "../../protocol/errors";
import { ZERO_HASH } from "../../protocol";
import type { Replica } from "../follower";
import { hashNode } from "../history/history";
import { assertionPlace } from "../names";
import type { AssertionInfo } from "../types";
import { expiryOf } from "./clock";
import type { TournamentEvent } from "./events";
import type { CommitmentState, MatchState, TournamentParameters, TournamentState } from "./types";

type Of<K extends TournamentEvent["kind"]> = Extract<TournamentEvent, { kind: K }>;

/**
 * The whole state of all tournaments but for money, rebuilt from the contract's logs alone. Equal to the contract's storage by
 * test/contracts/tournament/model.test.ts.
 */
export class TournamentReplica implements Replica<TournamentEvent> {
  nowSeconds = 0;
  readonly tournaments = new Map<Hex, TournamentState>();
  readonly matches = new Map<Hex, MatchState>();
  readonly assertions = new Map<Hex, AssertionInfo>();
  private readonly children = new Map<Hex, AssertionInfo[]>();
  /** Tournament that decides a match. */
  private readonly below = new Map<Hex, Hex>();

  constructor(private readonly parameters: Pick<TournamentParameters, "heights">) {}

  copy(): this {
    const copy = new TournamentReplica(this.parameters);
    copy.nowSeconds = this.nowSeconds;
    for (const tournament of this.tournaments.values()) {
      const commitments = new Map([...tournament.commitments].map(([root, one]) => [root, { ...one }]));
      copy.addTournament({ ...tournament, commitments, open: new Set(tournament.open) });
    }
    for (const [id, match] of this.matches) copy.matches.set(id, { ...match });
    for (const assertion of this.assertions.values()) copy.addAssertion(assertion);
    return copy as this;
  }

  /** @param timeSeconds - Time of the L1 block that holds the log; never less than before. */
  apply(event: TournamentEvent, timeSeconds: number): void {
    this.nowSeconds = timeSeconds;
    switch (event.kind) {
      case "AssertionAdded": {
        const { assertion } = event;
        const { commitments } = this.tournamentAround(assertion);
        invariant(commitments.has(assertion.root), "a log of an assertion that did not join is missing");
        return this.addAssertion(assertion);
      }
      case "TournamentOpened": {
        const { tournament: id, above, level, allowance, initial } = event;
        const fresh = { lastEnd: timeSeconds, commitments: new Map(), open: new Set<Hex>() };
        const state = { waiting: null, isSettled: false, ...fresh };
        return this.addTournament({ id, level, above, start: timeSeconds, allowance, initial, ...state });
      }
      case "Joined": {
        const { root, claimer, last, left, right, clock } = event;
        const tournament = this.tournamentOf(event.tournament);
        const one: CommitmentState = {
          ...{ root, claimer, last, left, right, clock, stamp: timeSeconds, standing: "waiting" },
        };
        tournament.commitments.set(root, one);
        return this.enter(tournament, root);
      }
      case "Paired":
        return this.pair(event, timeSeconds);
      case "Advanced":
        return this.advance(event, timeSeconds);
      case "Sealed":
        return this.seal(event, timeSeconds);
      case "MatchEnded":
        return this.end(event, timeSeconds);
      case "Settled":
        this.tournamentOf(event.tournament).isSettled = true;
    }
  }

  /** Children of an assertion (or of genesis), oldest first. */
  childrenOf(assertion: Hex): readonly AssertionInfo[] {
    return this.children.get(assertion) ?? [];
  }

  /** The tournament of an assertion and its siblings. */
  tournamentAround({ origin }: Pick<AssertionInfo, "origin">): TournamentState {
    return this.tournamentOf(assertionPlace(origin, this.parameters.heights[0]));
  }

  /** The tournament that decides a sealed match above the last level. */
  tournamentBelow(matchId: Hex): TournamentState {
    return this.tournamentOf(this.below.get(matchId)!);
  }

  isConfirmed(id: Hex): boolean {
    const assertion = this.assertions.get(id);
    if (assertion === undefined) return false;
    const { isSettled, waiting } = this.tournamentAround(assertion);
    return isSettled && waiting === assertion.root;
  }

  private addAssertion(assertion: AssertionInfo): void {
    this.assertions.set(assertion.id, assertion);
    this.children.set(assertion.parent, [...this.childrenOf(assertion.parent), assertion]);
  }

  private addTournament(tournament: TournamentState): void {
    this.tournaments.set(tournament.id, tournament);
    if (tournament.above !== ZERO_HASH) this.below.set(tournament.above, tournament.id);
  }

  /** A newcomer or a survivor waits where nobody does; else a log of its match follows. */
  private enter(tournament: TournamentState, root: Hex): void {
    tournament.commitments.get(root)!.standing = "waiting";
    tournament.waiting ??= root;
  }

  private pair({ tournament: id, matchId, one, two }: Of<"Paired">, since: number): void {
    const tournament = this.tournamentOf(id);
    const { left, right } = tournament.commitments.get(two)!;
    for (const root of [one, two]) tournament.commitments.get(root)!.standing = "playing";
    tournament.waiting = null;
    tournament.open.add(matchId);
    const height = this.parameters.heights[tournament.level];
    const place = { height, position: 0, phase: "bisect" as const, isTurnOfTwo: false, end: null };
    this.matches.set(matchId, { id: matchId, tournament: id, one, two, other: one, left, right, since, ...place });
  }

  /** The log names the opened half's children; which half it is, follows from the node that had to be opened. */
  private advance({ matchId, left, right, clock }: Of<"Advanced">, timeSeconds: number): void {
    const match = this.matchOf(matchId);
    const isLeft = hashNode(match.left, hashNode(left, right)) !== match.other;
    this.answer(match, clock, timeSeconds);
    match.other = isLeft ? match.left : match.right;
    [match.left, match.right] = [left, right];
    if (!isLeft) match.position += 2 ** (match.height - 1);
    match.height--;
    match.isTurnOfTwo = !match.isTurnOfTwo;
  }

  private seal(event: Of<"Sealed">, timeSeconds: number): void {
    const match = this.matchOf(event.matchId);
    this.answer(match, event.clock, timeSeconds);
    match.other = event.agreed;
    [match.left, match.right] = [event.leafOfOne, event.leafOfTwo];
    match.position = event.position;
    match.phase = this.tournamentOf(match.tournament).level === 2 ? "leaf" : "inner";
    invariant(
      match.phase === "leaf" || this.below.has(match.id),
      `a log of the tournament below ${match.id} is missing`,
    );
  }

  private answer(match: MatchState, clock: number, timeSeconds: number): void {
    const { commitments } = this.tournamentOf(match.tournament);
    commitments.get(match.isTurnOfTwo ? match.two : match.one)!.clock = clock;
    match.since = timeSeconds;
  }

  private end({ matchId, survivor, clock }: Of<"MatchEnded">, timeSeconds: number): void {
    const match = this.matchOf(matchId);
    const tournament = this.tournamentOf(match.tournament);
    if (match.phase === "inner") match.end = "inner";
    // A leaf is won by a step only while neither clock is over, by time only afterwards.
    else match.end = timeSeconds < expiryOf(tournament, match) ? "step" : "time";
    match.phase = "over";
    tournament.open.delete(matchId);
    tournament.lastEnd = timeSeconds;
    for (const root of [match.one, match.two]) {
      const side = tournament.commitments.get(root)!;
      if (root !== survivor) [side.standing, side.clock] = ["out", timeSeconds];
    }
    if (survivor === null) return;
    tournament.commitments.get(survivor)!.clock = clock;
    this.enter(tournament, survivor);
  }

  private tournamentOf(id: Hex): TournamentState {
    const tournament = this.tournaments.get(id);
    invariant(tournament !== undefined, `a log names a tournament that no log opened: ${id}`);
    return tournament;
  }

  private matchOf(id: Hex): MatchState {
    const match = this.matches.get(id);
    invariant(match !== undefined, `a log names a match that no log began: ${id}`);
    return match;
  }
}
