import type { Deployment } from "../../deployment";
import {
  parseTournamentLog,
  TOURNAMENT_ABI,
  TournamentGame,
  TournamentReplica,
  type MatchState,
  type TournamentEvent,
  type TournamentParameters,
  type TournamentState,
} from "../../games/tournament";
import type { AssertionInfo } from "../../games/types";
import { L1Rpc } from "../../node/l1/rpc";
import type { Hex } from "../../protocol/types";
import { Referee, type Told } from "./referee";
import type { StepPlace, Verdict } from "./types";

/** Watches a game of tournaments. */
export class TournamentReferee extends Referee<TournamentEvent> {
  private readonly replica: TournamentReplica;

  private constructor(
    rpc: L1Rpc,
    deployment: Deployment,
    private readonly parameters: TournamentParameters,
    intervalMs: number,
  ) {
    super(rpc, deployment.addresses.queue, deployment.l1Block, TOURNAMENT_ABI, intervalMs);
    this.replica = new TournamentReplica(parameters);
  }

  static async open(rpc: L1Rpc, deployment: Deployment, intervalMs: number): Promise<TournamentReferee> {
    const { parameters } = await TournamentGame.open(rpc, deployment.addresses.queue, deployment.l1Block);
    return new TournamentReferee(rpc, deployment, parameters, intervalMs).start();
  }

  get heights(): readonly [number, number, number] {
    return this.parameters.heights;
  }

  get challengePeriodSeconds(): number {
    return this.parameters.allowanceSeconds;
  }

  assertedBy(account: Hex): AssertionInfo[] {
    return [...this.replica.assertions.values()].filter(
      (one) => this.replica.tournamentAround(one).commitments.get(one.root)!.claimer === account,
    );
  }

  verdict(liar: Hex, from: number): Verdict | null {
    const news = this.seen.slice(from);
    const lie = news.find(({ event }) => event.kind === "AssertionAdded" && this.isBeaten(event.assertion, liar));
    if (lie?.event.kind !== "AssertionAdded") return null;
    const { assertion } = lie.event;
    const top = this.replica.tournamentAround(assertion);
    const winner = [...this.replica.assertions.values()].find(
      (one) => one.parent === assertion.parent && one.root === top.waiting,
    )!;
    const within = new Set(this.tournamentsUnder(top).map(({ id }) => id));
    const ofDispute = news.filter(({ event }) => "tournament" in event && within.has(event.tournament));
    const settled = ofDispute.filter(({ event }) => event.kind === "Settled");
    const proof = news.find(
      ({ event, told }) =>
        event.kind === "MatchEnded" &&
        told?.kind === "proven" &&
        within.has(this.replica.matches.get(event.matchId)!.tournament),
    );
    const paid = ofDispute.map(({ event }) => {
      if (event.kind === "Refunded") return event.account === liar ? 0n : event.amount;
      return event.kind === "Settled" && event.claimer !== liar ? event.prize : 0n;
    });
    const burnt = settled.map(({ event }) => (event.kind === "Settled" ? event.burnt : 0n));
    const sum = (values: bigint[]): bigint => values.reduce((total, value) => total + value, 0n);
    return {
      winner: { account: top.commitments.get(winner.root)!.claimer, assertion: winner.id },
      loser: { account: liar, assertion: assertion.id },
      by: proof === undefined ? "time" : "proof",
      proven: proof?.told?.kind === "proven" ? proof.told.place : null,
      provenAfterMs: proof === undefined ? null : proof.at - lie.at,
      settledAfterMs: settled.at(-1)!.at - lie.at,
      stakes: this.tournamentsUnder(top).flatMap((one) => lostBy(liar, one)).length,
      reward: sum(paid),
      burnt: sum(burnt),
    };
  }

  standing(): string {
    const { tournaments, matches, assertions } = this.replica;
    const open = [...tournaments.values()].flatMap((one) => [...one.open].map((id) => matches.get(id)!));
    const deepest = open.reduce<MatchState | null>((best, one) => (this.isDeeper(one, best) ? one : best), null);
    const place =
      deepest === null ? "" : `, deepest at level ${this.levelOf(deepest)} height ${deepest.height} (${deepest.phase})`;
    return `${assertions.size} assertions, ${matches.size} matches, ${open.length} of them open${place}`;
  }

  protected parse(log: { topics: string[]; data: string }): TournamentEvent | null {
    return parseTournamentLog(log);
  }

  protected apply(event: TournamentEvent, timeSeconds: number): Told | null {
    this.replica.apply(event, timeSeconds);
    switch (event.kind) {
      case "AssertionAdded":
        return { kind: "asserted", by: event.staker, assertion: event.assertion };
      case "Joined": {
        const { level } = this.replica.tournaments.get(event.tournament)!;
        return level === 0 ? null : { kind: "opened", level, by: event.claimer };
      }
      case "Advanced": {
        const match = this.replica.matches.get(event.matchId)!;
        return { kind: "narrowed", level: this.levelOf(match), leaves: 2 ** match.height };
      }
      case "Sealed":
        return { kind: "narrowed", level: this.levelOf(this.replica.matches.get(event.matchId)!), leaves: 1 };
      case "MatchEnded": {
        const match = this.replica.matches.get(event.matchId)!;
        return match.end === "step" ? { kind: "proven", place: this.placeOf(match) } : null;
      }
      default:
        return null;
    }
  }

  /** Whether it is the liar's and another won its tournament. */
  private isBeaten(assertion: AssertionInfo, liar: Hex): boolean {
    const { commitments, isSettled, waiting } = this.replica.tournamentAround(assertion);
    return commitments.get(assertion.root)!.claimer === liar && isSettled && waiting !== assertion.root;
  }

  /** A tournament of level 0 and all that decided its matches. */
  private tournamentsUnder(top: TournamentState): TournamentState[] {
    const all = [...this.replica.tournaments.values()];
    const found = [top];
    // Those below were opened later.
    for (const one of all) {
      const above = this.replica.matches.get(one.above)?.tournament;
      if (found.some(({ id }) => id === above)) found.push(one);
    }
    return found;
  }

  private levelOf({ tournament }: MatchState): number {
    return this.replica.tournaments.get(tournament)!.level;
  }

  private isDeeper(one: MatchState, best: MatchState | null): boolean {
    if (best === null) return true;
    const [level, deepest] = [this.levelOf(one), this.levelOf(best)];
    return level > deepest || (level === deepest && one.height < best.height);
  }

  /** Where a sealed leaf of level 2 stands in the whole dispute. */
  private placeOf(step: MatchState): StepPlace {
    const above = ({ tournament }: MatchState): MatchState =>
      this.replica.matches.get(this.replica.tournaments.get(tournament)!.above)!;
    const segment = above(step);
    const run = above(segment);
    const [assertion] = [...this.replica.assertions.values()].filter(
      (one) => this.replica.tournamentAround(one).id === run.tournament,
    );
    return { parent: assertion.parent, run: run.position, segment: segment.position, step: step.position };
  }
}

/** Commitments of an account that are out. */
function lostBy(account: Hex, { commitments }: TournamentState): Hex[] {
  return [...commitments.values()].flatMap(({ root, claimer, standing }) =>
    claimer === account && standing === "out" ? [root] : [],
  );
}
