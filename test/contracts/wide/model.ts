import type { Hex } from "../../../protocol/types";
import { firstDifference, quarterOf, type Edge } from "./trees";

const INFINITE = 2 ** 40 - 1;

/** Rules that a mutant breaks, one at a time; the contract breaks none. */
export interface Broken {
  /** The best of the four in place of the least. */
  isMaxOfQuarters?: boolean;
  /** One that comes when its place is marked already earns as if it were not. */
  isLatePaid?: boolean;
  /** Splits and claims ask for no mark. */
  isUnrivalledSplit?: boolean;
  /** A later mark moves the time on. */
  isMarkMoved?: boolean;
  /** Only who splits can mark, with the evidence that it chooses. */
  isMarkedBySplitAlone?: boolean;
}

interface Root {
  created: number;
  timer: number;
}

interface Shown {
  created: number;
  timer: number;
}

interface Mutual {
  isRivalled: boolean;
  rivalledAt: number;
}

/**
 * The prototype on paper: what stands, and its times; without stakes, whose course is that of `edges`. Names of places and edges
 * come with the edges. Twin of `contracts/games/wide/Wide.sol`, equal move by move in test/contracts/wide/model.test.ts.
 */
export class WideModel {
  now = 0;
  readonly roots = new Map<Hex, Root>();
  readonly shown = new Map<Hex, Shown>();
  readonly mutuals = new Map<Hex, Mutual>();

  constructor(private readonly broken: Broken = {}) {}

  copy(): WideModel {
    const copy = new WideModel(this.broken);
    copy.now = this.now;
    for (const [id, root] of this.roots) copy.roots.set(id, { ...root });
    for (const [id, shown] of this.shown) copy.shown.set(id, { ...shown });
    for (const [id, mutual] of this.mutuals) copy.mutuals.set(id, { ...mutual });
    return copy;
  }

  exists(edge: Edge): boolean {
    return edge.parent === null ? this.roots.has(edge.rootId) : this.shown.has(edge.parent.id);
  }

  isRivalled(edge: Edge): boolean {
    return this.mutuals.get(edge.place)?.isRivalled ?? false;
  }

  /** An assertion, or a claim of `leaf`. @returns the error's name where it is refused. */
  stake(root: Edge, leaf: Edge | null): string | null {
    if (leaf !== null && !this.exists(leaf)) return "NotSplit";
    if (leaf !== null && !this.isRivalled(leaf) && !this.broken.isUnrivalledSplit) return "NotRivalled";
    if (this.roots.has(root.rootId)) return null;
    const mutual = this.mutuals.get(root.place);
    if (mutual === undefined) this.mutuals.set(root.place, { isRivalled: false, rivalledAt: 0 });
    else if (!mutual.isRivalled) this.mutuals.set(root.place, { isRivalled: true, rivalledAt: this.now });
    this.roots.set(root.rootId, { created: this.now, timer: 0 });
    return null;
  }

  split(edge: Edge, other: Edge | null): string | null {
    if (!this.exists(edge)) return edge.parent === null ? "EdgeNotFound" : "NotSplit";
    if (!this.isRivalled(edge) && !this.broken.isUnrivalledSplit) return "NotRivalled";
    const isAlone = this.broken.isMarkedBySplitAlone === true && this.shown.has(edge.id);
    const refused = other === null || isAlone ? null : this.setMarked(edge, other);
    if (refused !== null) return refused;
    if (!this.shown.has(edge.id)) this.shown.set(edge.id, { created: this.now, timer: 0 });
    return null;
  }

  mark(first: Edge, second: Edge): string | null {
    if (this.broken.isMarkedBySplitAlone) return null;
    return this.shown.has(first.id) ? this.setMarked(first, second) : "NotSplit";
  }

  prove(leaf: Edge): string | null {
    if (!this.exists(leaf)) return "NotSplit";
    if (!this.shown.has(leaf.id)) this.shown.set(leaf.id, { created: this.now, timer: INFINITE });
    return null;
  }

  /** @param claim - The root edge that claims the leaf; null for what has quarters. */
  update(edge: Edge, claim: Edge | null): string | null {
    if (edge.parent === null && !this.roots.has(edge.rootId)) return "EdgeNotFound";
    if (!this.exists(edge)) return "NotSplit";
    if (claim === null && !this.shown.has(edge.id)) return "NotSplit";
    if (claim !== null && !this.roots.has(claim.rootId)) return "EdgeNotFound";
    const below = claim === null ? this.timeOfQuarters(edge) : this.timeOfRoot(claim);
    const timer = Math.min(INFINITE, this.ownTime(edge) + below);
    if (edge.parent === null) this.grow(this.roots.get(edge.rootId)!, timer);
    else if (this.shown.has(edge.id)) this.grow(this.shown.get(edge.id)!, timer);
    else if (timer > 0) this.shown.set(edge.id, { created: this.now, timer });
    return null;
  }

  /** What a root edge has earned, as `timerOf` says it. */
  timeOfRoot(edge: Edge): number {
    return Math.max(this.roots.get(edge.rootId)?.timer ?? 0, this.ownTime(edge));
  }

  private ownTime(edge: Edge): number {
    const { created } = edge.parent === null ? this.roots.get(edge.rootId)! : this.shown.get(edge.parent.id)!;
    const { isRivalled, rivalledAt } = this.mutuals.get(edge.place) ?? { isRivalled: false, rivalledAt: 0 };
    if (!isRivalled || (this.broken.isLatePaid === true && created > rivalledAt)) return this.now - created;
    return Math.max(0, rivalledAt - created);
  }

  private timeOfQuarters(edge: Edge): number {
    const times = [0, 1, 2, 3].map((digit) => {
      const quarter = quarterOf(edge, digit);
      const cached = this.isRivalled(quarter) ? (this.shown.get(quarter.id)?.timer ?? 0) : 0;
      return Math.max(cached, this.ownTime(quarter));
    });
    return this.broken.isMaxOfQuarters ? Math.max(...times) : Math.min(...times);
  }

  /** `first` is split, or is by this call. */
  private setMarked(first: Edge, second: Edge): string | null {
    if (!this.shown.has(second.id)) return "NotSplit";
    if (first.id === second.id) return "SameEdge";
    const digit = firstDifference(first.quarters!, second.quarters!);
    const { place } = quarterOf(first, digit);
    const mutual = this.mutuals.get(place);
    if (mutual?.isRivalled !== true || this.broken.isMarkMoved)
      this.mutuals.set(place, { isRivalled: true, rivalledAt: this.now });
    return null;
  }

  private grow(word: { timer: number }, timer: number): void {
    word.timer = Math.max(word.timer, timer);
  }
}
