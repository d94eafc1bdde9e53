import type { CommonParameters, Game, Move, Verdict } from "../game";
import { Refused } from "../../../refused";
import { labelOf, type Commitment } from "../history";
import { Ledger } from "../ledger";
import { clockAfterMove, type ClaimsClock } from "./clock";
import { CORRECT, type ClaimsRules } from "./rules";

/** Heights are the split depth and the height of one execution trace, whose root stands one below the split. */
export interface ClaimsParameters extends CommonParameters, ClaimsClock {
  /** Whose root claim the game is about. */
  readonly proposer: "honest" | "adversary";
  /** Ether of the bond of the root, and what each level deeper multiplies it by. */
  readonly bondEther: number;
  readonly bondGrowth: number;
}

interface Claim {
  parent: number;
  /** From 0, the root, on. */
  depth: number;
  /** Among the positions of its depth, within its own trace. */
  index: number;
  /** From the left among its siblings. */
  order: number;
  label: number;
  by: number;
  bond: number;
  /** Seconds used on its path by the side that made it. */
  clock: number;
  /** When its opponents' time on this path is over. */
  deadline: number;
  /** Who disproved it, or who made the leftmost uncountered answer; -1: nobody. */
  counteredBy: number;
  resolved: boolean;
  children: number[];
  /** Children that are not resolved. */
  unresolved: number;
  about: Context;
  /** Its resolution: asked for again and again until it is played. */
  resolution: Move | null;
}

type NewClaim = Pick<Claim, "parent" | "depth" | "index" | "order" | "label" | "by" | "clock" | "about">;

/** What a claim below the split is about. */
interface Context {
  /** Leaf of level 0 whose run is disputed; -1 above the split. */
  run: number;
  /** The claim of its end that is disputed; -1 above the split. */
  disputed: number;
  /** Label of that end. */
  end: number;
  /** Whether the true run ends there. */
  isEndTrue: boolean;
}

const NO_CONTEXT: Context = { run: -1, disputed: -1, end: 0, isEndTrue: false };

/** What a claimant thinks of the claims that it has seen. */
interface View {
  seen: number;
  /** Claims that it would have made. */
  honest: Set<number>;
  /** Its answers to others, whether they stand or not. */
  answers: Map<number, Move>;
  /** Claims to be answered, with the answer; null: by a step. */
  open: Map<number, Move | null>;
}

const NOBODY = -1;

/**
 * The OP Stack's fault dispute game over labels: one tree of claims with positions, chess clocks that a claim takes over from its
 * grandparent, bonds by depth, resolution of subgames to the leftmost uncountered answer. Rules: docs/games.md#claims.
 */
export class ClaimsGame implements Game {
  readonly name = "claims";
  readonly ledger = new Ledger();
  now = 0;
  version = 0;
  readonly claims: Claim[] = [];
  /** Claims that are resolved as soon as their opponents' time is over. */
  private readonly leaves = new Set<number>();
  private readonly split: number;
  private readonly bottom: number;
  private readonly views = new Map<Commitment, View>();
  /** Bonds by depth. */
  private readonly bonds: number[];
  private resolvedAt = Infinity;
  private closed = false;
  private stepped = false;

  constructor(
    readonly parameters: ClaimsParameters,
    readonly rules: ClaimsRules = CORRECT,
  ) {
    this.split = parameters.heights[0];
    this.bottom = this.split + 1 + parameters.heights[1];
    const { bondEther, bondGrowth } = parameters;
    this.bonds = Array.from({ length: this.bottom + 1 }, (_, depth) => bondEther * bondGrowth ** depth);
  }

  get commitments(): number {
    return this.claims.length;
  }

  advance(to: number): void {
    this.now = Math.max(this.now, to);
  }

  answers(by: number, mine: Commitment, isSpared?: (move: Move) => boolean): Move[] {
    if (this.claims.length === 0) {
      const isProposed = (this.rootLabel(mine) === 0) === (this.parameters.proposer === "honest");
      return isProposed ? [{ kind: "create", key: "create", on: [], with: mine }] : [];
    }
    if (this.resolvedAt < Infinity) return [];
    const view = this.viewOf(mine);
    while (view.seen < this.claims.length) this.look(view, view.seen++, mine, isSpared);
    const moves: Move[] = [];
    for (const [id, move] of view.open) {
      if (this.claims[id].resolved || !this.isWithin(id)) view.open.delete(id);
      else if (move === null) this.addSteps(id, moves);
      else moves.push(move);
    }
    return moves;
  }

  /**
   * Whether the book answers a new claim, and how. An answer never changes: all that it depends on stands above the claim.
   * Source: the honest rule in docs/games.md#claims.
   */
  private look(view: View, id: number, mine: Commitment, isSpared?: (move: Move) => boolean): void {
    const claim = this.claims[id];
    const answer = view.answers.get(claim.parent);
    const isOwn = id === 0 ? claim.label === this.rootLabel(mine) : answer !== undefined && isSame(answer, claim);
    if (isOwn) {
      view.honest.add(id);
      view.open.delete(claim.parent);
      return;
    }
    if (id > 0 && !view.honest.has(claim.parent)) {
      // Right of the own answer a claim is worth nothing: leftmost takes all. Left of it a freeloader must still be answered.
      if (answer === undefined || claim.order > answer.on[4]) return;
    }
    if (claim.depth === this.bottom) {
      if (isSpared?.(stepOn(id, true)) !== true) view.open.set(id, null);
      return;
    }
    const move = this.answerTo(id, mine);
    view.answers.set(id, move);
    if (this.isLegal(move) && isSpared?.(move) !== true) view.open.set(id, move);
  }

  moves(by: number, mine: Commitment): Move[] {
    if (this.claims.length === 0) return this.answers(by, mine);
    const moves: Move[] = this.due();
    for (let id = 0; id < this.claims.length; id++) {
      const { depth, resolved } = this.claims[id];
      if (resolved || !this.isWithin(id)) continue;
      if (depth === this.bottom) this.addSteps(id, moves);
      else
        for (const isAttack of [true, false]) {
          const move = this.moveOn(id, isAttack, mine);
          if (this.isLegal(move) && this.standing(move) < 0) moves.push(move);
        }
    }
    return moves;
  }

  due(): Move[] {
    const moves: Move[] = [];
    if (this.claims.length === 0 || this.closed) return moves;
    if (this.resolvedAt < Infinity) {
      if (this.now >= this.resolvedAt + this.parameters.airGapSeconds)
        moves.push({ kind: "claimCredit", key: "claimCredit", on: [] });
      return moves;
    }
    const ripe = [...this.leaves].filter((id) => this.isResolvable(id)).sort((a, b) => b - a);
    for (const id of ripe)
      moves.push((this.claims[id].resolution ??= { kind: "resolveClaim", key: `resolve ${id}`, on: [id] }));
    if (this.claims[0].resolved) moves.push({ kind: "resolve", key: "resolve", on: [] });
    return moves;
  }

  nextDue(): number {
    if (this.claims.length === 0 || this.closed) return Infinity;
    if (this.resolvedAt < Infinity) return Math.max(this.now + 1, this.resolvedAt + this.parameters.airGapSeconds);
    let next = Infinity;
    for (const id of this.leaves) {
      const at = this.deadlineOf(id);
      if (at > this.now) next = Math.min(next, at);
    }
    return next;
  }

  deadline(move: Move): number {
    if (move.kind !== "attack" && move.kind !== "defend" && move.kind !== "step") return Infinity;
    return this.deadlineOf(move.on[0]);
  }

  answered({ kind, on }: Move): number | undefined {
    return kind === "attack" || kind === "defend" || kind === "step" ? this.claims[on[0]].by : undefined;
  }

  bond(move: Move): number {
    if (move.kind === "create") return this.bonds[0];
    return move.kind === "attack" || move.kind === "defend" ? this.bonds[move.on[1]] : 0;
  }

  play(move: Move, by: number): void {
    switch (move.kind) {
      case "create":
        return this.create(move, by);
      case "attack":
      case "defend":
        return this.move(move, by);
      case "step":
        return this.step(move.on[0], move.on[1] === 1, by);
      case "resolveClaim":
        return this.resolveClaim(move.on[0]);
      case "resolve":
        return this.resolve();
      case "claimCredit":
        if (this.now < this.resolvedAt + this.parameters.airGapSeconds || this.closed)
          throw Refused.by("GameNotFinalized");
        this.closed = true;
        this.version++;
        return;
      default:
        throw Refused.by("UnknownMove");
    }
  }

  verdict(): Verdict {
    if (this.resolvedAt === Infinity) return { outcome: "open", at: this.now, reason: "time" };
    const stands = this.claims[0].counteredBy === NOBODY;
    const isTrue = stands === (this.claims[0].label === 0);
    return { outcome: isTrue ? "true" : "false", at: this.resolvedAt, reason: this.stepped ? "proof" : "time" };
  }

  isOver(): boolean {
    return this.closed;
  }

  private create({ with: mine }: Move, by: number): void {
    if (this.claims.length > 0) throw Refused.by("GameExists");
    const label = this.rootLabel(mine!);
    if ((label === 0) !== (this.parameters.proposer === "honest")) throw Refused.by("UnexpectedRootClaim");
    this.add({ parent: -1, depth: 0, index: 0, order: 0, label, by, clock: 0, about: NO_CONTEXT });
  }

  private move(move: Move, by: number): void {
    const [parent, depth, index, label, order] = move.on;
    if (this.resolvedAt < Infinity) throw Refused.by("GameNotInProgress");
    if (this.claims[parent] === undefined) throw Refused.by("ClaimNotFound");
    if (!this.isLegal(move)) throw Refused.by("InvalidMove");
    if (this.standing(move) >= 0) throw Refused.by("ClaimAlreadyExists");
    const clock = clockAfterMove(this.parameters, this.usedAgainst(parent), depth, this.split, this.bottom, this.rules);
    if (clock === null || this.claims[parent].resolved) throw Refused.by("ClockTimeExceeded");
    const about = this.contextOf(parent, move.kind === "attack");
    this.add({ parent, depth, index, order, label, by, clock, about });
  }

  private step(id: number, isAttack: boolean, by: number): void {
    const claim = this.claims[id];
    if (claim === undefined || claim.depth !== this.bottom) throw Refused.by("InvalidParent");
    if (!this.isWithin(id) && this.rules.stepsInTime) throw Refused.by("ClockTimeExceeded");
    if (claim.counteredBy !== NOBODY) throw Refused.by("DuplicateStep");
    if (!this.isStepProvable(id, isAttack)) throw Refused.by("ValidStep");
    claim.counteredBy = by;
    this.stepped = true;
    this.version++;
  }

  /**
   * A step can be shown from a true state alone. It disproves a claim of an end that it does not lead to, or bears out one that the
   * claim stands against.
   */
  private isStepProvable(id: number, isAttack: boolean): boolean {
    const claim = this.claims[id];
    if (isAttack) {
      const before = claim.index === 0 ? 0 : this.claimAtIndex(id, claim.index - 1)?.label;
      return before === 0 && claim.label !== 0;
    }
    const after = this.claimAtIndex(id, claim.index + 1);
    if (claim.label !== 0 || after === undefined) return false;
    const isOwnSide = (claim.depth - after.depth) % 2 === 0;
    return isOwnSide === (after.label !== 0);
  }

  /** The claim above, in the same trace, whose trace index is that; undefined if there is none. */
  private claimAtIndex(id: number, traceIndex: number): Claim | undefined {
    for (let at = this.claims[id].parent; at >= 0 && this.claims[at].depth > this.split; at = this.claims[at].parent) {
      const { depth, index } = this.claims[at];
      if (this.lastLeaf(depth, index) === traceIndex) return this.claims[at];
    }
    return undefined;
  }

  private resolveClaim(id: number): void {
    const claim = this.claims[id];
    if (claim === undefined || claim.resolved) throw Refused.by("ClaimAlreadyResolved");
    if (!this.isResolvable(id)) throw Refused.by("ClockNotExpired");
    let [leftmost, at] = [NOBODY, Infinity];
    for (const child of claim.children) {
      const { counteredBy, order, by } = this.claims[child];
      const isBetter = this.rules.paysLeftmost ? order < at : at === Infinity || order > at;
      if (counteredBy === NOBODY && isBetter) [leftmost, at] = [by, order];
    }
    if (leftmost !== NOBODY) claim.counteredBy = leftmost;
    claim.resolved = true;
    this.leaves.delete(id);
    if (claim.parent >= 0) {
      const above = this.claims[claim.parent];
      if (--above.unresolved === 0 && !above.resolved) this.leaves.add(claim.parent);
    }
    if (claim.counteredBy === NOBODY) this.ledger.giveBack(claim.by, claim.bond);
    else this.ledger.forfeit(claim.by, claim.bond, claim.counteredBy);
    this.version++;
  }

  private resolve(): void {
    if (!this.claims[0]?.resolved || this.resolvedAt < Infinity) throw Refused.by("OutOfOrderResolution");
    this.resolvedAt = this.now;
    this.version++;
  }

  private isResolvable(id: number): boolean {
    if (this.now < this.deadlineOf(id)) return false;
    return !this.rules.resolvesBottomUp || this.claims[id].unresolved === 0;
  }

  /** Seconds that those who would answer the claim have used on its path. */
  private usedAgainst(id: number): number {
    return this.parameters.maxClockSeconds - this.deadlineOf(id) + this.now;
  }

  private deadlineOf(id: number): number {
    return this.claims[id].deadline;
  }

  private isWithin(id: number): boolean {
    return this.now < this.claims[id].deadline;
  }

  /** Moves by these histories: attack what is wrong, defend what is right. */
  private answerTo(id: number, mine: Commitment): Move {
    const { depth, index, label } = this.claims[id];
    return this.moveOn(id, label !== this.labelAt(mine, id, depth, index), mine);
  }

  private moveOn(id: number, isAttack: boolean, mine: Commitment): Move {
    const claim = this.claims[id];
    const about = this.contextOf(id, isAttack);
    const depth = claim.depth + 1;
    const beside = isAttack ? 2 * claim.index : 2 * (claim.index + 1);
    // The first claim below the split begins a trace of its own.
    const index = depth === this.split + 1 ? 0 : beside;
    const label =
      depth > this.split ? traceLabel(mine, about, this.lastLeaf(depth, index)) : this.outputLabel(mine, depth, index);
    const kind = isAttack ? "attack" : "defend";
    const builds = depth === this.split + 1;
    return { kind, key: `${kind} ${id} ${label}`, on: [id, depth, index, label, beside], with: mine, builds };
  }

  private isLegal({ kind, on: [id, depth, , label] }: Move): boolean {
    const claim = this.claims[id];
    if (claim.depth >= this.bottom) return false;
    if (kind === "defend" && (claim.depth === 0 || claim.depth === this.split + 1)) return false;
    if (depth !== this.split + 1) return kind === "attack" || !this.isLast(claim);
    // The status that a run's end claims must contradict the disputed output, or bear it out, as the move itself does.
    const { isEndTrue, disputed } = this.contextOf(id, kind === "attack");
    if (disputed < 0) return false;
    const saysTrue = (label === 0) === isEndTrue;
    const isOpposed = this.claims[disputed].depth % 2 === claim.depth % 2;
    return !this.rules.checksStatus || saysTrue !== isOpposed;
  }

  /** The last position of a depth has nothing to its right. */
  private isLast({ depth, index }: Claim): boolean {
    return index === 2 ** (depth > this.split ? depth - this.split - 1 : depth) - 1;
  }

  /** What an answer to this claim is about. */
  private contextOf(id: number, isAttack: boolean): Context {
    const claim = this.claims[id];
    if (claim.depth !== this.split) return claim.about;
    const run = isAttack ? claim.index : claim.index + 1;
    const disputed = this.outputClaim(id, run);
    if (disputed < 0) return NO_CONTEXT;
    const before = run === 0 ? 0 : (this.claims[this.outputClaim(id, run - 1)]?.label ?? 0);
    const end = this.claims[disputed].label;
    return { run, disputed, end, isEndTrue: before === 0 && end === 0 };
  }

  /** The claim on this path about that output root; -1 if there is none. */
  private outputClaim(id: number, leaf: number): number {
    for (let at = id; at >= 0; at = this.claims[at].parent) {
      const { depth, index } = this.claims[at];
      if (depth <= this.split && this.lastLeaf(depth, index) === leaf) return at;
    }
    return -1;
  }

  private labelAt(mine: Commitment, id: number, depth: number, index: number): number {
    if (depth <= this.split) return this.outputLabel(mine, depth, index);
    return traceLabel(mine, this.claims[id].about, this.lastLeaf(depth, index));
  }

  private outputLabel(mine: Commitment, depth: number, index: number): number {
    return labelOf(mine.wrong[0], this.lastLeaf(depth, index), 1);
  }

  /** What a claim at a position is a claim of: the right-most leaf below it. */
  private lastLeaf(depth: number, index: number): number {
    return (index + 1) * 2 ** ((depth > this.split ? this.bottom : this.split) - depth) - 1;
  }

  private viewOf(mine: Commitment): View {
    let view = this.views.get(mine);
    if (view === undefined) {
      view = { seen: 0, honest: new Set(), answers: new Map(), open: new Map() };
      this.views.set(mine, view);
    }
    return view;
  }

  private rootLabel(mine: Commitment): number {
    return this.outputLabel(mine, 0, 0);
  }

  private standing(move: Move): number {
    for (const child of this.claims[move.on[0]].children) if (isSame(move, this.claims[child])) return child;
    return -1;
  }

  private addSteps(id: number, moves: Move[]): void {
    for (const isAttack of [true, false])
      if (this.claims[id].counteredBy === NOBODY && this.isStepProvable(id, isAttack)) moves.push(stepOn(id, isAttack));
  }

  private add(claim: NewClaim): void {
    const bond = this.bonds[claim.depth];
    this.ledger.lock(claim.by, bond);
    const { parent, depth, index, order, label, by, clock, about } = claim;
    const inherited = parent >= 0 && this.rules.inheritsClock ? this.claims[parent].clock : 0;
    // Written out, not spread: a game makes hundreds.
    const id =
      this.claims.push({
        parent,
        depth,
        index,
        order,
        label,
        by,
        bond,
        clock,
        about,
        deadline: this.now + this.parameters.maxClockSeconds - inherited,
        counteredBy: NOBODY,
        resolved: false,
        children: [],
        unresolved: 0,
        resolution: null,
      }) - 1;
    if (claim.parent >= 0) {
      this.claims[claim.parent].children.push(id);
      this.claims[claim.parent].unresolved++;
      if (this.rules.resolvesBottomUp) this.leaves.delete(claim.parent);
    }
    this.leaves.add(id);
    this.version++;
  }
}

function stepOn(id: number, isAttack: boolean): Move {
  return { kind: "step", key: `step ${id}`, on: [id, isAttack ? 1 : 0] };
}

function isSame({ on }: Move, { label, order }: Claim): boolean {
  return on[3] === label && on[4] === order;
}

/** A claimant lies about a run exactly if the true run would not bear out what it says of the run's end. */
function traceLabel(mine: Commitment, { run, end, isEndTrue }: Context, leaf: number): number {
  const own = labelOf(mine.wrong[0], run, 1);
  const needsLie = (own === end) !== isEndTrue;
  if (needsLie) return labelOf(mine.wrong[1], leaf, 1);
  return own === 0 ? labelOf(mine.detour[1], leaf, 1) : 0;
}
