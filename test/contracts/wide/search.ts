import { WideModel, type Broken } from "./model";
import { Side, type Claim, type Ground, type Lie } from "./sides";
import { digitOf, firstDifference, leafOf, quarterOf, wayTo, type Edge } from "./trees";

/** Worst that was found, in answers: seconds over the time of one. */
interface Worst {
  /** What a lie's assertion has earned. */
  lie: number;
  /** How far the true assertion is behind its age. */
  truth: number;
  positions: number;
}

/** What is played. */
interface Search {
  ground: Ground;
  lies: readonly Lie[];
  /** Times of an answer from the beginning. */
  ticks: number;
  /** Whether the team may split true edges ahead of time. */
  isRevealing: boolean;
  broken?: Broken;
}

/** A tree that somebody stakes: an assertion, or what claims a leaf. */
interface Tree {
  root: Edge;
  /** Root, quarters and leaf on the way to where it is disputed. */
  way: readonly Edge[];
  /** The leaf that it claims. */
  leaf: Edge | null;
  isTrue: boolean;
}

type Play = (model: WideModel) => string | null;

/**
 * Plays every course of a team of liars against one honest party that answers as late as it may: an answer is one time of an answer
 * after what asks for it, and what an answer asks for in turn is one later. In between the team makes any set of the moves that there
 * are: its own, marks, and the honest ones ahead of time; and it may be silent as often as it likes.
 * Timers are brought up at each tick, for nobody is hindered from that.
 */
export function search({ ground, lies, ticks, isRevealing, broken }: Search): Worst {
  const trees = treesOf(ground, lies);
  const worst: Worst = { lie: 0, truth: 0, positions: 0 };
  let layer = new Map([["", new WideModel(broken)]]);
  for (let tick = 0; tick < ticks; tick++) {
    const next = new Map<string, WideModel>();
    for (const before of layer.values())
      for (const model of inOneTick(before, trees, isRevealing)) {
        const answers = honestMoves(model, trees);
        const after = model.copy();
        after.now++;
        bringUp(after, trees);
        for (const answer of answers) answer(after);
        bringUp(after, trees);
        next.set(keyOf(after), after);
        note(worst, after, trees);
      }
    layer = next;
    worst.positions += layer.size;
  }
  return worst;
}

/** The truth's and the liars' trees that a dispute can come to, each once. */
function treesOf(ground: Ground, lies: readonly Lie[]): Tree[] {
  const truth = new Side(ground);
  const trees = new Map<string, Tree>();
  const add = (root: Edge, index: number, leaf: Edge | null, isTrue: boolean): void => {
    const key = `${root.rootId}/${index}`;
    if (!trees.has(key)) trees.set(key, { root, way: wayTo(root, index), leaf, isTrue });
  };
  for (const lie of lies)
    for (const side of [truth, new Side(ground, lie)]) {
      let [root, claim, leaf]: [Edge, Claim | null, Edge | null] = [side.root, null, null];
      for (const index of [lie.run, lie.machine, lie.step]) {
        add(root, index, leaf, side === truth);
        if (root.at.level === 2) break;
        leaf = leafOf(root, index);
        claim = side.claim(leaf, claim);
        root = claim.edge;
      }
    }
  return [...trees.values()];
}

/** All that the team can make of a position before time goes on. */
function inOneTick(start: WideModel, trees: readonly Tree[], isRevealing: boolean): Iterable<WideModel> {
  const found = new Map([[keyOf(start), start]]);
  // What is found meanwhile is visited, too.
  for (const model of found.values())
    for (const move of teamMoves(model, trees, isRevealing)) {
      const after = model.copy();
      if (move(after) === null) found.set(keyOf(after), found.get(keyOf(after)) ?? after);
    }
  return found.values();
}

/** What changes something: stakes, splits and marks on false and true ways; the truth's stakes and proofs are left to the truth. */
function teamMoves(model: WideModel, trees: readonly Tree[], isRevealing: boolean): Play[] {
  const moves: Play[] = [];
  for (const { root, way, leaf, isTrue } of trees) {
    if (!isTrue && !model.roots.has(root.rootId)) moves.push((on) => on.stake(root, leaf));
    if (isTrue && !isRevealing) continue;
    for (const edge of way.slice(0, -1))
      if (model.exists(edge) && !model.shown.has(edge.id)) moves.push((on) => on.split(edge, null));
  }
  for (const [a, b] of splitPairs(model, trees))
    if (!model.isRivalled(firstRivals(a, b)[0])) moves.push((on) => on.mark(a, b));
  return moves;
}

/** What the honest party owes in this position, each as it is owed: nothing that another answer makes possible. */
function honestMoves(model: WideModel, trees: readonly Tree[]): Play[] {
  const moves: Play[] = [];
  const isAttacked = trees.some(({ root, isTrue }) => !isTrue && root.at.level === 0 && model.roots.has(root.rootId));
  const pairs = splitPairs(model, trees);
  for (const { root, way, leaf, isTrue } of trees) {
    if (!isTrue) continue;
    if (root.at.level === 0 && isAttacked) moves.push((on) => on.stake(root, null));
    if (leaf !== null && model.exists(leaf) && rivalsOf(leaf, pairs) !== null)
      moves.push(...marking(leaf, pairs), (on) => on.stake(root, leaf));
    for (const edge of way) {
      if (!model.exists(edge)) continue;
      const isRivalled = edge.parent === null ? model.isRivalled(edge) : rivalsOf(edge, pairs) !== null;
      if (!isRivalled) continue;
      if (edge.at.height > 0) moves.push(...marking(edge, pairs), ...splitting(edge, model, trees));
      else if (edge.at.level === 2) moves.push(...marking(edge, pairs), (on) => on.prove(edge));
    }
  }
  return moves;
}

/** Says that a quarter is rivalled, by the pair that shows it. */
function marking(edge: Edge, pairs: readonly [Edge, Edge][]): Play[] {
  const pair = edge.parent === null ? null : rivalsOf(edge, pairs);
  return pair === null ? [] : [(on) => (on.isRivalled(edge) ? null : on.mark(...pair))];
}

/** Splits, with all others that are split at the place as evidence, one after the other. */
function splitting(edge: Edge, model: WideModel, trees: readonly Tree[]): Play[] {
  if (model.shown.has(edge.id)) return [];
  const others = trees.flatMap(({ way }) => way.filter(({ place, id }) => place === edge.place && id !== edge.id));
  const evidence = others.filter(({ id }) => model.shown.has(id));
  return [null, ...evidence].map((other) => (on) => on.split(edge, other));
}

/** Two split edges of one place of which one is over this quarter and the other first differs there. */
function rivalsOf(edge: Edge, pairs: readonly [Edge, Edge][]): [Edge, Edge] | null {
  const found = pairs.find(
    ([a, b]) =>
      (a.id === edge.parent!.id || b.id === edge.parent!.id) &&
      firstDifference(a.quarters!, b.quarters!) === digitOf(edge),
  );
  return found ?? null;
}

function splitPairs(model: WideModel, trees: readonly Tree[]): [Edge, Edge][] {
  const split = new Map<string, Edge>();
  for (const { way } of trees)
    for (const edge of way.slice(0, -1)) if (model.shown.has(edge.id)) split.set(edge.id, edge);
  const edges = [...split.values()];
  return edges.flatMap((a, i) =>
    edges.slice(i + 1).flatMap((b): [Edge, Edge][] => (a.place === b.place ? [[a, b]] : [])),
  );
}

function firstRivals(a: Edge, b: Edge): [Edge, Edge] {
  const digit = firstDifference(a.quarters!, b.quarters!);
  return [quarterOf(a, digit), quarterOf(b, digit)];
}

/** Bottom first. */
function bringUp(model: WideModel, trees: readonly Tree[]): void {
  for (const level of [2, 1, 0])
    for (const { root, way } of trees) {
      if (root.at.level !== level) continue;
      for (const claim of trees) if (claim.leaf?.id === way.at(-1)!.id) model.update(way.at(-1)!, claim.root);
      for (const edge of way.slice(0, -1).reverse()) model.update(edge, null);
    }
}

function note(worst: Worst, model: WideModel, trees: readonly Tree[]): void {
  for (const { root, isTrue } of trees) {
    if (root.at.level !== 0 || !model.roots.has(root.rootId)) continue;
    const time = model.timeOfRoot(root);
    if (!isTrue) worst.lie = Math.max(worst.lie, time);
    else worst.truth = Math.max(worst.truth, model.now - model.roots.get(root.rootId)!.created - time);
  }
}

/** Positions with equal keys go on alike. */
function keyOf({ now, roots, shown, mutuals }: WideModel): string {
  const parts: string[] = [];
  for (const [id, { created, timer }] of roots) parts.push(`r${id.slice(2, 14)}${now - created}/${timer}`);
  for (const [id, { created, timer }] of shown) parts.push(`s${id.slice(2, 14)}${now - created}/${timer}`);
  for (const [id, { isRivalled, rivalledAt }] of mutuals)
    if (isRivalled) parts.push(`m${id.slice(2, 14)}${now - rivalledAt}`);
  return parts.sort().join();
}
