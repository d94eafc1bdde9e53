import type { CommonParameters, Game, Move, Verdict } from "../game";
import { Refused } from "../../../refused";
import { divergence, labelOf, patchBelow, type Commitment, type Patch } from "../history";
import { Ledger } from "../ledger";
import { afterAnswer, afterInner, afterTimeout, afterWin } from "./clock";
import { CORRECT, type TournamentRules } from "./rules";

export interface TournamentParameters extends CommonParameters {
  /** A: how long the root is open to joins, and what each clock starts with. */
  readonly allowanceSeconds: number;
  /** G: what is forgiven of each answer. */
  readonly responseSeconds: number;
  /** T: what an inner commitment is given to be built. */
  readonly buildSeconds: number;
  /** Ether of the bond of each level. */
  readonly bonds: readonly number[];
  /** Ether of refund for one unit of gas, at most. */
  readonly refundEtherPerGas: number;
}

interface Tournament {
  level: number;
  start: number;
  allowance: number;
  /** Match above, or -1. */
  above: number;
  entries: number[];
  dangling: number;
  matches: number;
  lastEnd: number;
  /** Bonds less refunds. */
  pool: number;
  settled: boolean;
}

interface Entry {
  tournament: number;
  patch: Patch;
  /** Label of the last state, by which an inner entry belongs to a side of the match above. */
  final: number;
  by: number;
  /** Seconds left on its clock. */
  left: number;
  alive: boolean;
  /** Match that it is in, or -1. */
  match: number;
}

interface Match {
  tournament: number;
  one: number;
  two: number;
  /** Answers left until the leaf is sealed. */
  answers: number;
  /** Who is to answer: 0 one, 1 two. */
  turn: 0 | 1;
  since: number;
  phase: "bisect" | "leaf" | "inner" | "over";
  /** First leaf at which they differ. */
  leaf: number;
  /** Tournament below, or -1. */
  inner: number;
}

const NONE = -1;

/**
 * Cartesi's tournament over labels: claims join with a bond and are paired as they come; a pair bisects in turns, each on its own
 * clock, to the first leaf that they differ in; it is settled by a step on L1, or by a tournament of the level below.
 * Rules of 2026-10: docs/games.md#tournament.
 */
export class TournamentGame implements Game {
  readonly name = "tournament";
  readonly ledger = new Ledger();
  now = 0;
  version = 0;
  commitments = 0;
  readonly tournaments: Tournament[] = [];
  readonly entries: Entry[] = [];
  readonly matches: Match[] = [];
  private readonly joined = new Set<string>();
  private proofs = 0;

  constructor(
    readonly parameters: TournamentParameters,
    readonly rules: TournamentRules = CORRECT,
  ) {
    this.tournaments.push(tournamentAt(0, 0, parameters.allowanceSeconds, NONE));
  }

  advance(to: number): void {
    this.now = Math.max(this.now, to);
  }

  answers(by: number, mine: Commitment): Move[] {
    const moves: Move[] = [];
    this.addAnswers(0, mine, mine.wrong[0], moves);
    return moves;
  }

  moves(by: number, mine: Commitment): Move[] {
    return [...this.answers(by, mine), ...this.due()];
  }

  due(): Move[] {
    const moves: Move[] = [];
    for (let id = 0; id < this.matches.length; id++) {
      const match = this.matches[id];
      if (match.phase === "over") continue;
      if (match.phase === "inner") this.addInnerEnd(id, moves);
      else if (this.now >= this.expiry(match)) {
        const kind = this.survivor(match) === NONE ? "eliminate" : "timeout";
        moves.push({ kind, key: `timeout ${id}`, on: [id] });
      }
    }
    const root = this.tournaments[0];
    if (this.isFinished(0) && root.dangling !== NONE && !root.settled)
      moves.push({ kind: "settle", key: "settle 0", on: [0] });
    return moves;
  }

  nextDue(): number {
    let next = Infinity;
    const later = (at: number): void => {
      if (at > this.now && at < next) next = at;
    };
    for (const match of this.matches) {
      if (match.phase === "bisect" || match.phase === "leaf") later(this.expiry(match));
      if (match.phase !== "inner") continue;
      const inner = this.tournaments[match.inner];
      later(inner.start + inner.allowance);
      if (inner.matches === 0 && inner.dangling !== NONE)
        later(this.endOf(match.inner) + this.entries[inner.dangling].left);
    }
    const root = this.tournaments[0];
    if (root.matches === 0) later(root.start + root.allowance);
    return next;
  }

  deadline({ kind, on }: Move): number {
    if (kind === "join") return this.tournaments[on[0]].start + this.tournaments[on[0]].allowance;
    if (kind === "advance" || kind === "sealLeaf" || kind === "sealInner" || kind === "winLeaf")
      return this.expiry(this.matches[on[0]]);
    if (kind === "timeout") return this.lastTimeout(this.matches[on[0]]);
    if (kind === "winInner") {
      const { inner } = this.matches[on[0]];
      return this.endOf(inner) + this.entries[this.tournaments[inner].dangling].left;
    }
    return Infinity;
  }

  bond({ kind, on }: Move): number {
    return kind === "join" ? this.parameters.bonds[this.tournaments[on[0]].level] : 0;
  }

  play(move: Move, by: number): void {
    const [id] = move.on;
    switch (move.kind) {
      case "join":
        return this.join(id, move.with!, by);
      case "advance":
      case "sealLeaf":
      case "sealInner":
        return this.answer(id, move.kind, move.with!);
      case "winLeaf":
        return this.winLeaf(id);
      case "timeout":
      case "eliminate":
        return this.timeout(id, move.kind);
      case "winInner":
        return this.winInner(id);
      case "eliminateInner":
        return this.eliminateInner(id);
      case "settle":
        return this.settle();
      default:
        throw Refused.by("UnknownMove");
    }
  }

  /** Refunds the caller of a move that brought the tournament on, out of its pool. */
  refund(move: Move, by: number, gas: number, etherPerGas: number): void {
    if (move.kind === "join" || move.kind === "settle") return;
    const pool = this.tournaments[this.matches[move.on[0]].tournament];
    const ether = Math.min(pool.pool, gas * Math.min(etherPerGas, this.parameters.refundEtherPerGas));
    pool.pool -= ether;
    this.ledger.account(by).refunded += ether;
  }

  verdict(): Verdict {
    if (!this.isFinished(0)) return { outcome: "open", at: this.now, reason: "time" };
    const { dangling } = this.tournaments[0];
    const at = this.endOf(0);
    const reason = this.proofs > 0 ? "proof" : "time";
    if (dangling === NONE) return { outcome: "frozen", at, reason };
    return { outcome: this.entries[dangling].final === 0 ? "true" : "false", at, reason };
  }

  isOver(): boolean {
    return this.isFinished(0) && (this.tournaments[0].dangling === NONE || this.tournaments[0].settled);
  }

  /** Seconds that are left on the clock of an entry now. */
  clockOf(id: number): number {
    const entry = this.entries[id];
    const match = this.matches[entry.match];
    const isRunning =
      match !== undefined &&
      (match.phase === "leaf" || (match.phase === "bisect" && (match.turn === 0 ? match.one : match.two) === id));
    return isRunning ? Math.max(0, entry.left - (this.now - match.since)) : entry.left;
  }

  private addAnswers(id: number, mine: Commitment, patch: Patch, moves: Move[]): void {
    const tournament = this.tournaments[id];
    if (!this.joined.has(`${id} ${patch.salt}`)) {
      if (this.now < tournament.start + tournament.allowance)
        moves.push({ kind: "join", key: `join ${id} ${patch.salt}`, on: [id], with: mine, builds: id > 0 });
      return;
    }
    for (const entryId of tournament.entries) {
      const entry = this.entries[entryId];
      if (!entry.alive || entry.patch.salt !== patch.salt || entry.match === NONE) continue;
      this.addMatchAnswers(entry.match, entryId, mine, moves);
    }
  }

  private addMatchAnswers(id: number, entryId: number, mine: Commitment, moves: Move[]): void {
    const match = this.matches[id];
    const entry = this.entries[entryId];
    if (match.phase === "inner") {
      const own = patchBelow(mine, this.levelOf(match) + 1, labelOf(entry.patch, match.leaf, 1));
      if (!this.isFinished(match.inner)) this.addAnswers(match.inner, mine, own, moves);
      return this.addInnerEnd(id, moves);
    }
    if (this.now >= this.expiry(match)) {
      moves.push({ kind: this.survivor(match) === NONE ? "eliminate" : "timeout", key: `timeout ${id}`, on: [id] });
    } else if (match.phase === "leaf") {
      if (labelOf(entry.patch, match.leaf, 1) === 0) moves.push({ kind: "winLeaf", key: `win ${id}`, on: [id] });
    } else if ((match.turn === 0 ? match.one : match.two) === entryId) {
      moves.push({ kind: this.answerKind(match), key: `answer ${id} ${match.answers}`, on: [id], with: mine });
    }
  }

  private addInnerEnd(id: number, moves: Move[]): void {
    const { inner } = this.matches[id];
    if (!this.isFinished(inner)) return;
    if (this.carried(inner) > 0) moves.push({ kind: "winInner", key: `inner ${id}`, on: [id] });
    else moves.push({ kind: "eliminateInner", key: `inner ${id}`, on: [id] });
  }

  private answerKind(match: Match): "advance" | "sealLeaf" | "sealInner" {
    if (match.answers > 1) return "advance";
    return this.levelOf(match) === this.parameters.heights.length - 1 ? "sealLeaf" : "sealInner";
  }

  private join(id: number, mine: Commitment, by: number): void {
    const tournament = this.tournaments[id];
    if (tournament === undefined) throw Refused.by("TournamentNotFound");
    if (this.now >= tournament.start + tournament.allowance || this.isDead(tournament))
      throw Refused.by("TournamentIsClosed");
    const patch = this.patchAt(tournament, mine);
    if (patch === null) throw Refused.by("InvalidContestedFinalState");
    const key = `${id} ${patch.salt}`;
    if (this.rules.joinsOnce && this.joined.has(key)) throw Refused.by("CommitmentAlreadyJoined");
    this.joined.add(key);
    const bond = this.parameters.bonds[tournament.level];
    this.ledger.lock(by, bond);
    tournament.pool += bond;
    const left = tournament.allowance - (this.rules.chargesLateness ? this.now - tournament.start : 0);
    const final = this.finalOf(tournament, patch, mine);
    const entry = this.entries.push({ tournament: id, patch, final, by, left, alive: true, match: NONE }) - 1;
    tournament.entries.push(entry);
    this.commitments++;
    this.pair(tournament, id, entry);
  }

  private answer(id: number, kind: Move["kind"], mine: Commitment): void {
    const match = this.requireMatch(id, "bisect");
    const entry = this.entries[match.turn === 0 ? match.one : match.two];
    if (this.patchAt(this.tournaments[match.tournament], mine)?.salt !== entry.patch.salt)
      throw Refused.by("ChildrenMismatch");
    if (this.answerKind(match) !== kind) throw Refused.by("WrongHeight");
    const left = afterAnswer(entry.left, this.now - match.since, this.parameters.responseSeconds, this.rules);
    if (left === null) throw Refused.by("ClockTimedOut");
    entry.left = left;
    match.since = this.now;
    match.answers--;
    match.turn = match.turn === 0 ? 1 : 0;
    if (kind === "sealLeaf") match.phase = "leaf";
    if (kind === "sealInner") {
      match.phase = "inner";
      const allowance = Math.max(this.entries[match.one].left, this.entries[match.two].left);
      match.inner = this.tournaments.push(tournamentAt(this.levelOf(match) + 1, this.now, allowance, id)) - 1;
    }
    this.version++;
  }

  private winLeaf(id: number): void {
    const match = this.requireMatch(id, "leaf");
    if (this.rules.provesInTime && this.now >= this.expiry(match)) throw Refused.by("ClockTimedOut");
    const winner = [match.one, match.two].find((one) => labelOf(this.entries[one].patch, match.leaf, 1) === 0);
    if (winner === undefined) throw Refused.by("WrongNodesForStep");
    const entry = this.entries[winner];
    const left = afterWin(entry.left, this.now - match.since, this.parameters.responseSeconds, this.rules);
    this.proofs++;
    this.end(id, left === null && this.rules.provesInTime ? NONE : winner, left ?? 1);
  }

  private timeout(id: number, kind: Move["kind"]): void {
    const match = this.matches[id];
    if (match === undefined || (match.phase !== "bisect" && match.phase !== "leaf")) throw Refused.by("MatchNotFound");
    if (this.now < this.expiry(match)) throw Refused.by("ClockNotTimedOut");
    const survivor = this.survivor(match);
    if ((survivor === NONE) !== (kind === "eliminate")) throw Refused.by("WrongTimeout");
    this.end(id, survivor, survivor === NONE ? 0 : this.leftAfterTimeout(match, survivor)!);
  }

  private winInner(id: number): void {
    const match = this.requireMatch(id, "inner");
    if (!this.isFinished(match.inner)) throw Refused.by("TournamentNotFinished");
    const carried = this.carried(match.inner);
    if (carried <= 0) throw Refused.by("ClockTimedOut");
    const inner = this.tournaments[match.inner];
    const { final } = this.entries[inner.dangling];
    const [one, two] = [this.entries[match.one], this.entries[match.two]];
    const winner = labelOf(one.patch, match.leaf, 1) === final ? match.one : match.two;
    const { buildSeconds, responseSeconds } = this.parameters;
    const left = afterInner(one.left, two.left, carried, buildSeconds, responseSeconds, this.rules);
    this.payOut(inner);
    this.end(id, winner, left);
  }

  private eliminateInner(id: number): void {
    const match = this.requireMatch(id, "inner");
    if (!this.isFinished(match.inner) || this.carried(match.inner) > 0) throw Refused.by("TournamentNotFinished");
    this.burn(this.tournaments[match.inner]);
    this.end(id, NONE, 0);
  }

  private settle(): void {
    const root = this.tournaments[0];
    if (!this.isFinished(0) || root.settled) throw Refused.by("TournamentNotFinished");
    if (root.dangling === NONE) throw Refused.by("NoWinner");
    this.payOut(root);
    this.version++;
  }

  /** The winner's first claimer gets its bond and a tenth of the rest; nine tenths are burnt. */
  private payOut(tournament: Tournament): void {
    const bond = this.parameters.bonds[tournament.level];
    const winner = this.entries[tournament.dangling].by;
    tournament.settled = true;
    const back = Math.min(tournament.pool, bond);
    const rest = tournament.pool - back;
    let isBack = false;
    for (const id of tournament.entries) {
      const { by } = this.entries[id];
      const isWinners = id === tournament.dangling && !isBack;
      if (isWinners) isBack = true;
      if (isWinners) {
        this.ledger.giveBack(by, back);
        if (bond > back) this.ledger.forfeit(by, bond - back, null);
      } else this.ledger.forfeit(by, bond, null);
    }
    // Losers' bonds went into refunds and into the tenth; only what is left of them is burnt.
    const spent = tournament.entries.length * bond - tournament.pool;
    this.ledger.account(winner).won += rest / 10;
    this.ledger.burnt -= spent + rest / 10;
    tournament.pool = 0;
  }

  /** An inner tournament without a winner: nobody can take what is in it. */
  private burn(tournament: Tournament): void {
    tournament.settled = true;
    const bond = this.parameters.bonds[tournament.level];
    for (const id of tournament.entries) this.ledger.forfeit(this.entries[id].by, bond, null);
    this.ledger.burnt -= tournament.entries.length * bond - tournament.pool;
    tournament.pool = 0;
  }

  private end(id: number, survivor: number, left: number): void {
    const match = this.matches[id];
    const tournament = this.tournaments[match.tournament];
    match.phase = "over";
    tournament.matches--;
    tournament.lastEnd = this.now;
    for (const entry of [match.one, match.two]) {
      this.entries[entry].match = NONE;
      if (entry !== survivor) this.entries[entry].alive = false;
    }
    if (survivor !== NONE) {
      this.entries[survivor].left = left;
      this.pair(tournament, match.tournament, survivor);
    }
    this.version++;
  }

  private pair(tournament: Tournament, id: number, newcomer: number): void {
    this.version++;
    if (tournament.dangling === NONE) {
      tournament.dangling = newcomer;
      return;
    }
    const [one, two] = [tournament.dangling, newcomer];
    tournament.dangling = NONE;
    tournament.matches++;
    // A root that has joined twice, where a mutant lets it, differs nowhere: nobody can show a step.
    const leaf = Math.max(0, divergence(this.entries[one].patch, this.entries[two].patch));
    const answers = this.parameters.heights[tournament.level];
    const match: Match = {
      tournament: id,
      one,
      two,
      answers,
      turn: 0,
      since: this.now,
      phase: "bisect",
      leaf,
      inner: NONE,
    };
    this.entries[one].match = this.entries[two].match = this.matches.push(match) - 1;
  }

  /** When a clock of the match is over. */
  private expiry({ phase, one, two, turn, since }: Match): number {
    if (phase === "leaf") return since + Math.min(this.entries[one].left, this.entries[two].left);
    return since + this.entries[turn === 0 ? one : two].left;
  }

  private survivor(match: Match): number {
    const candidates = match.phase === "leaf" ? [match.one, match.two] : [match.turn === 0 ? match.two : match.one];
    return candidates.find((one) => this.leftAfterTimeout(match, one) !== null) ?? NONE;
  }

  private leftAfterTimeout({ phase, one, two, since }: Match, survivor: number): number | null {
    const elapsed = this.now - since;
    const { left } = this.entries[survivor];
    const { responseSeconds } = this.parameters;
    if (phase === "leaf") return afterWin(left, elapsed, responseSeconds, this.rules);
    const running = this.entries[survivor === one ? two : one].left;
    return afterTimeout(left, running, elapsed, responseSeconds, this.rules);
  }

  private lastTimeout(match: Match): number {
    const [one, two] = [this.entries[match.one].left, this.entries[match.two].left];
    return match.since + (match.phase === "leaf" ? Math.max(one, two) : one + two);
  }

  private carried(inner: number): number {
    const { dangling } = this.tournaments[inner];
    if (dangling === NONE) return 0;
    return this.entries[dangling].left - (this.now - this.endOf(inner));
  }

  private isFinished(id: number): boolean {
    const { start, allowance, matches } = this.tournaments[id];
    return matches === 0 && this.now >= start + allowance;
  }

  private endOf(id: number): number {
    const { start, allowance, lastEnd } = this.tournaments[id];
    return Math.max(start + allowance, lastEnd);
  }

  /** Whether the match above is over without this tournament. */
  private isDead({ above }: Tournament): boolean {
    return above !== NONE && this.matches[above].phase !== "inner";
  }

  /** The history of this tournament's level by that commitment; null if it is of neither side. */
  private patchAt(tournament: Tournament, mine: Commitment): Patch | null {
    if (tournament.above === NONE) return mine.wrong[0];
    const match = this.matches[tournament.above];
    const above = this.patchAt(this.tournaments[match.tournament], mine);
    if (above === null) return null;
    const leaf = labelOf(above, match.leaf, 1);
    const isContested = [match.one, match.two].some((one) => labelOf(this.entries[one].patch, match.leaf, 1) === leaf);
    return isContested ? patchBelow(mine, tournament.level, leaf) : null;
  }

  private finalOf(tournament: Tournament, patch: Patch, mine: Commitment): number {
    if (tournament.above === NONE) return patch.until === 2 ** this.parameters.heights[0] ? patch.salt : 0;
    const match = this.matches[tournament.above];
    return labelOf(this.patchAt(this.tournaments[match.tournament], mine)!, match.leaf, 1);
  }

  private levelOf({ tournament }: Match): number {
    return this.tournaments[tournament].level;
  }

  private requireMatch(id: number, phase: Match["phase"]): Match {
    const match = this.matches[id];
    if (match?.phase !== phase) throw Refused.by("MatchNotFound");
    return match;
  }
}

function tournamentAt(level: number, start: number, allowance: number, above: number): Tournament {
  const fresh = { entries: [], dangling: NONE, matches: 0, lastEnd: start, pool: 0, settled: false };
  return { level, start, allowance, above, ...fresh };
}
