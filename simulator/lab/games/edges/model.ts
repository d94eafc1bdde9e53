import type { Game, Move, Verdict } from "../game";
import { Refused } from "../../../refused";
import { gasOf } from "../gas";
import { labelOf, patchBelow, type Commitment, type Patch } from "../history";
import { Ledger } from "../ledger";
import type { EdgesParameters } from "./rules";

interface Place {
  rivalledAt: number;
  decided: boolean;
  edges: number[];
  /** Places of the left half, of the right half by the label of the left one, and of the root edges below a leaf; -1: none yet. */
  left: number;
  rights: readonly [label: number, place: number][];
  below: number;
}

interface Edge {
  place: number;
  level: number;
  height: number;
  /** First leaf below it, and how many there are. */
  start: number;
  size: number;
  label: number;
  created: number;
  status: "open" | "proven" | "confirmed" | "slashed";
  /** -1: nobody; it came of a bisection. */
  staker: number;
  /** Left and right half, or -1. */
  left: number;
  right: number;
  /** Root edges one level below that claim this leaf. */
  roots: readonly number[];
  /** Leaf that this root edge claims, or -1. */
  claim: number;
  /** The last answer that the book gave for it: asked for again and again until it is played. */
  answer: Move | null;
  /** Edges that earn by it: those that it is half of, and the leaf that it claims. */
  parents: number[];
  /** When it would earn `reachNeed` seconds if nobody moved; UNKNOWN after a change in or below it. */
  reachNeed: number;
  reachAt: number;
}

/** What one commitment has to look at, in the order of its tree: what is above has been answered. */
interface View {
  /** Root edges on the way, each with its claim's among them or -1. */
  roots: { id: number; above: number; isNeeded: boolean }[];
  open: { id: number; root: number }[];
}

const NEVER = Infinity;
const UNKNOWN = -1;
/** Most edges have no root edges below them and most places one way to the right: they share an empty list. */
const EMPTY: readonly never[] = [];
/** The place of all assertions. */
const ROOT = 0;

/**
 * `edges` without hashes: docs/spec/06-game.md over labels in place of roots. Every timer is as fresh as updates could make it; who
 * confirms pays for the updates of the tree below. Equal to the model with hashes by test/simulator/edges.test.ts.
 */
export class EdgesGame implements Game {
  readonly name = "edges";
  readonly ledger = new Ledger();
  now = 0;
  version = 0;
  commitments = 0;
  readonly edges: Edge[] = [];
  private readonly places: Place[] = [];
  /** All edges with a stake. */
  private readonly staked: number[] = [];
  private readonly views = new Map<Commitment, View>();
  private decidedAt = NEVER;
  private winner = -1;
  private winnerReason: "time" | "proof" = "time";

  constructor(readonly parameters: EdgesParameters) {
    this.newPlace();
  }

  advance(to: number): void {
    this.now = Math.max(this.now, to);
  }

  answers(by: number, mine: Commitment): Move[] {
    let view = this.views.get(mine);
    if (view === undefined) {
      const root = this.rootOf(mine);
      if (root < 0) {
        const move = { kind: "assert", key: `assert ${mine.wrong[0].salt}`, on: [], with: mine };
        return this.places[ROOT].decided ? [] : [move];
      }
      view = { roots: [{ id: root, above: -1, isNeeded: true }], open: [{ id: root, root: 0 }] };
      this.views.set(mine, view);
    }
    return this.look(view, by, mine);
  }

  moves(by: number, mine: Commitment): Move[] {
    return [...this.answers(by, mine), ...this.due()];
  }

  due(): Move[] {
    const moves: Move[] = [];
    for (const id of this.staked) {
      if (this.edges[id].status !== "open") continue;
      if (this.places[this.edges[id].place].decided) moves.push({ kind: "slash", key: `slash ${id}`, on: [id] });
      else if (this.confirmableAt(id) <= this.now)
        moves.push({ kind: "confirm", key: `confirm ${id}`, on: [id], forLie: this.edges[id].label !== 0 });
    }
    return moves;
  }

  nextDue(): number {
    let next = NEVER;
    for (const id of this.staked) {
      const { status, place } = this.edges[id];
      if (status !== "open" || this.places[place].decided) continue;
      const at = this.confirmableAt(id);
      if (at > this.now) next = Math.min(next, at);
    }
    return next;
  }

  /** The first assertion with another end that would have earned enough ends all answers for this one. */
  deadline(move: Move): number {
    if (move.kind === "confirm" || move.kind === "slash") return NEVER;
    const own = move.with?.wrong[0].salt ?? 0;
    let least = NEVER;
    for (const id of this.places[ROOT].edges)
      if (this.edges[id].label !== own && this.edges[id].status === "open" && !this.places[ROOT].decided)
        least = Math.min(least, this.confirmableAt(id));
    return least;
  }

  bond({ kind, on }: Move): number {
    if (kind === "assert") return this.parameters.stakes[0];
    return kind === "open" ? this.parameters.stakes[this.edges[on[0]].level + 1] : 0;
  }

  play(move: Move, by: number): void {
    switch (move.kind) {
      case "assert":
        return this.assert(move.with!, by);
      case "bisect":
        return this.bisect(move.on[0], move.with!);
      case "open":
        return this.open(move.on[0], move.with!, by);
      case "prove":
        return this.prove(move.on[0]);
      case "confirm":
        return this.confirm(move.on[0]);
      case "slash":
        return this.slash(move.on[0]);
      default:
        throw Refused.by("UnknownMove");
    }
  }

  verdict(): Verdict {
    if (this.winner < 0) return { outcome: "open", at: this.now, reason: "time" };
    const outcome = this.edges[this.winner].label === 0 ? "true" : "false";
    return { outcome, at: this.decidedAt, reason: this.winnerReason };
  }

  isOver(): boolean {
    return this.winner >= 0 && this.staked.every((id) => this.edges[id].status !== "open");
  }

  /** Seconds that the edge has earned, with all below it; infinite once proven. */
  earned(id: number): number {
    const edge = this.edges[id];
    if (edge.status === "proven") return NEVER;
    const own = this.own(edge);
    if (edge.left >= 0) return own + Math.min(this.earned(edge.left), this.earned(edge.right));
    let best = 0;
    for (const root of edge.roots) best = Math.max(best, this.earned(root));
    return own + best;
  }

  /** The leaf one level above that this edge's tree is under, or one of them if it is under several; -1 at level 0. */
  claimedAbove(id: number): number {
    for (let at = id; at >= 0; at = this.edges.findIndex(({ left, right }) => left === at || right === at))
      if (this.edges[at].claim >= 0) return this.edges[at].claim;
    return -1;
  }

  /** The move's further gas: updates of the tree below what is confirmed. */
  extraGas(move: Move): { osaka: number; glamsterdam: number } {
    if (move.kind !== "confirm") return { osaka: 0, glamsterdam: 0 };
    const updates = this.parents(move.on[0]);
    const { osaka, glamsterdam } = gasOf("edges", "update");
    return { osaka: updates * osaka, glamsterdam: updates * glamsterdam };
  }

  private parents(id: number): number {
    const { left, right, roots } = this.edges[id];
    if (left >= 0) return 1 + this.parents(left) + this.parents(right);
    return roots.reduce((sum, root) => sum + 1 + this.parents(root), 0);
  }

  /** When a staked edge will have earned its challenge period, if nobody moves; in the past if it has. */
  private confirmableAt(id: number): number {
    return this.reach(id, this.parameters.challengePeriodSeconds);
  }

  private reach(id: number, need: number): number {
    const edge = this.edges[id];
    if (edge.reachNeed === need) return edge.reachAt;
    edge.reachNeed = need;
    return (edge.reachAt = this.computeReach(edge, need));
  }

  private computeReach(edge: Edge, need: number): number {
    if (edge.status === "proven") return 0;
    const { rivalledAt } = this.places[edge.place];
    if (rivalledAt === NEVER) return edge.created + need;
    const left = need - Math.max(0, rivalledAt - edge.created);
    if (left <= 0) return 0;
    if (edge.left >= 0) return Math.max(this.reach(edge.left, left), this.reach(edge.right, left));
    let soonest = NEVER;
    for (const root of edge.roots) soonest = Math.min(soonest, this.reach(root, left));
    return soonest;
  }

  /**
   * What is known of the edge, and of all that earn by it, is to be worked out anew. INVARIANT: those that earn by one of which
   * nothing is known are unknown too, or do not depend on it before they change themselves.
   */
  private touch(id: number): void {
    const edge = this.edges[id];
    if (edge.reachNeed === UNKNOWN) return;
    edge.reachNeed = UNKNOWN;
    for (const parent of edge.parents) this.touch(parent);
  }

  private own({ created, place }: Edge): number {
    const { rivalledAt } = this.places[place];
    return Math.max(0, Math.min(rivalledAt, this.now) - created);
  }

  /** All answers that are due. Of what has been answered only what stands below is looked at ever again. */
  private look({ roots, open }: View, by: number, mine: Commitment): Move[] {
    for (const root of roots) {
      const { status, staker } = this.edges[root.id];
      root.isNeeded = status === "open" && (root.above < 0 || roots[root.above].isNeeded || staker === by);
    }
    const moves: Move[] = [];
    for (let at = 0; at < open.length;) {
      const { id, root } = open[at];
      const edge = this.edges[id];
      if (edge.status === "proven") open.splice(at, 1);
      else if (this.places[edge.place].rivalledAt === NEVER) at++;
      else if (edge.left >= 0) open.splice(at, 1, { id: edge.left, root }, { id: edge.right, root });
      else {
        const below = this.answerOrRoot(id, mine, roots[root].isNeeded, moves);
        if (below < 0) at++;
        else {
          const { status, staker } = this.edges[below];
          const isNeeded = status === "open" && (roots[root].isNeeded || staker === by);
          open.splice(at, 1, { id: below, root: roots.push({ id: below, above: root, isNeeded }) - 1 });
        }
      }
    }
    return moves;
  }

  /** @returns the root edge by which the claimant has answered this rivalled edge, or -1 after the answer, if any, was added. */
  private answerOrRoot(id: number, mine: Commitment, isNeeded: boolean, moves: Move[]): number {
    const edge = this.edges[id];
    if (edge.height > 0) {
      if (isNeeded) moves.push(this.answerAt(id, "bisect", mine));
      return -1;
    }
    if (edge.level === this.parameters.heights.length - 1) {
      if (isNeeded && edge.label === 0) moves.push(this.answerAt(id, "prove", mine));
      return -1;
    }
    const root = this.rootBelow(edge, patchBelow(mine, edge.level + 1, edge.label).salt);
    if (root >= 0) return root;
    const place = this.places[edge.place].below;
    if (isNeeded && (place < 0 || !this.places[place].decided)) moves.push(this.answerAt(id, "open", mine));
    return -1;
  }

  private rootBelow({ roots }: Edge, label: number): number {
    for (const root of roots) if (this.edges[root].label === label) return root;
    return -1;
  }

  private answerAt(id: number, kind: "bisect" | "open" | "prove", mine: Commitment): Move {
    const edge = this.edges[id];
    if (edge.answer?.with === mine && edge.answer.kind === kind) return edge.answer;
    const opened = kind === "open" ? ` ${patchBelow(mine, edge.level + 1, edge.label).salt}` : "";
    edge.answer = { kind, key: `${kind} ${id}${opened}`, on: [id], with: mine, builds: kind === "open" };
    return edge.answer;
  }

  private assert(mine: Commitment, by: number): void {
    if (this.rootOf(mine) >= 0) throw Refused.by("EdgeExists");
    if (this.places[ROOT].decided) throw Refused.by("AlreadyDecided");
    this.addRoot(ROOT, 0, mine.wrong[0], by, -1);
  }

  private bisect(id: number, mine: Commitment): void {
    const edge = this.required(id);
    if (edge.height === 0) throw Refused.by("NothingToBisect");
    const patch = this.patchOf(edge, mine);
    if (labelOf(patch, edge.start, edge.size) !== edge.label) throw Refused.by("EdgeNotFound");
    if (this.places[edge.place].rivalledAt === NEVER) throw Refused.by("NotRivalled");
    if (edge.left >= 0) throw Refused.by("EdgeExists");
    const half = edge.size / 2;
    const leftLabel = labelOf(patch, edge.start, half);
    const rightLabel = labelOf(patch, edge.start + half, half);
    const { level, height, start } = edge;
    const leftPlace = this.leftOf(edge.place);
    const rightPlace = this.rightOf(edge.place, leftLabel);
    edge.left = this.add(leftPlace, level, height - 1, start, half, leftLabel, -1, -1);
    edge.right = this.add(rightPlace, level, height - 1, start + half, half, rightLabel, -1, -1);
    for (const part of [edge.left, edge.right]) this.edges[part].parents.push(id);
    this.touch(id);
  }

  private open(id: number, mine: Commitment, by: number): void {
    const edge = this.required(id);
    if (edge.height > 0 || edge.level === this.parameters.heights.length - 1) throw Refused.by("WrongLevel");
    if (labelOf(this.patchOf(edge, mine), edge.start, 1) !== edge.label) throw Refused.by("EdgeNotFound");
    if (this.places[edge.place].rivalledAt === NEVER) throw Refused.by("NotRivalled");
    const place = this.belowOf(edge.place);
    const below = patchBelow(mine, edge.level + 1, edge.label);
    if (this.edgeAt(place, below.salt, id) >= 0) throw Refused.by("EdgeExists");
    if (this.places[place].decided) throw Refused.by("AlreadyDecided");
    const root = this.addRoot(place, edge.level + 1, below, by, id);
    edge.roots = [...edge.roots, root];
    this.edges[root].parents.push(id);
    this.touch(id);
  }

  private prove(id: number): void {
    const edge = this.required(id);
    if (edge.height > 0 || edge.level !== this.parameters.heights.length - 1) throw Refused.by("WrongLevel");
    if (edge.status === "proven") throw Refused.by("AlreadyProven");
    if (edge.label !== 0) throw Refused.by("StepMismatch");
    edge.status = "proven";
    this.touch(id);
    this.version++;
  }

  private confirm(id: number): void {
    const edge = this.required(id);
    const place = this.places[edge.place];
    if (edge.staker < 0) throw Refused.by("NotStaked");
    if (edge.status !== "open" || place.decided) throw Refused.by("AlreadyDecided");
    const period = this.parameters.challengePeriodSeconds;
    if (this.earned(id) < period) throw Refused.by("TimerTooLow");
    const reason = this.byTime(id) >= period ? "time" : "proof";
    edge.status = "confirmed";
    place.decided = true;
    this.ledger.giveBack(edge.staker, this.parameters.stakes[edge.level]);
    if (edge.level === 0) [this.winner, this.decidedAt, this.winnerReason] = [id, this.now, reason];
    this.version++;
  }

  private slash(id: number): void {
    const edge = this.required(id);
    const won = this.places[edge.place].edges.find((one) => this.edges[one].status === "confirmed");
    if (won === undefined || edge.status !== "open" || edge.staker < 0) throw Refused.by("WrongStatus");
    edge.status = "slashed";
    const stake = this.parameters.stakes[edge.level];
    this.ledger.forfeit(edge.staker, stake / 2, this.edges[won].staker);
    this.ledger.forfeit(edge.staker, stake / 2, null);
    this.version++;
  }

  private byTime(id: number): number {
    const edge = this.edges[id];
    const own = this.own(edge);
    if (edge.left >= 0) return own + Math.min(this.byTime(edge.left), this.byTime(edge.right));
    return own + Math.max(0, ...edge.roots.map((root) => this.byTime(root)));
  }

  private addRoot(place: number, level: number, patch: Patch, by: number, claim: number): number {
    this.ledger.lock(by, this.parameters.stakes[level]);
    this.commitments++;
    const height = this.parameters.heights[level];
    const id = this.add(place, level, height, 0, 2 ** height, patch.salt, by, claim);
    this.staked.push(id);
    return id;
  }

  private add(
    place: number,
    level: number,
    height: number,
    start: number,
    size: number,
    label: number,
    staker: number,
    claim: number,
  ): number {
    const standing = this.edgeAt(place, label, claim);
    if (standing >= 0) return standing;
    const at = this.places[place];
    if (at.edges.length > 0 && at.rivalledAt === NEVER) {
      at.rivalledAt = this.now;
      for (const rival of at.edges) this.touch(rival);
    }
    const id = this.edges.length;
    // Written out, not spread: a game makes hundreds.
    this.edges.push({
      place,
      level,
      height,
      start,
      size,
      label,
      created: this.now,
      status: "open",
      staker,
      left: -1,
      right: -1,
      roots: EMPTY,
      claim,
      answer: null,
      parents: [],
      reachNeed: UNKNOWN,
      reachAt: NEVER,
    });
    at.edges.push(id);
    this.version++;
    return id;
  }

  /** The history by this commitment that the edge belongs to. Which of two does not matter where both have its label. */
  private patchOf({ level, start, size, label }: Edge, mine: Commitment): Patch {
    const detour = mine.detour[level];
    return level > 0 && labelOf(detour, start, size) === label ? detour : mine.wrong[level];
  }

  private rootOf(mine: Commitment): number {
    return this.edgeAt(ROOT, mine.wrong[0].salt, -1);
  }

  private edgeAt(place: number, label: number, claim: number): number {
    for (const id of this.places[place].edges)
      if (this.edges[id].label === label && this.edges[id].claim === claim) return id;
    return -1;
  }

  private leftOf(id: number): number {
    const place = this.places[id];
    return place.left >= 0 ? place.left : (place.left = this.newPlace());
  }

  private rightOf(id: number, leftLabel: number): number {
    const { rights } = this.places[id];
    const known = rights.find(([label]) => label === leftLabel);
    if (known !== undefined) return known[1];
    const place = this.newPlace();
    this.places[id].rights = [...rights, [leftLabel, place]];
    return place;
  }

  private belowOf(id: number): number {
    const place = this.places[id];
    return place.below >= 0 ? place.below : (place.below = this.newPlace());
  }

  private newPlace(): number {
    return this.places.push({ rivalledAt: NEVER, decided: false, edges: [], left: -1, rights: EMPTY, below: -1 }) - 1;
  }

  private required(id: number): Edge {
    const edge = this.edges[id];
    if (edge === undefined) throw Refused.by("EdgeNotFound");
    return edge;
  }
}
