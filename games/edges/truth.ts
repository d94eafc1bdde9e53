import type { Hex } from "../../protocol/types";
import { invariant } from "../../protocol/errors";
import { spineOf, type HistoryTree } from "../history/history";
import type { Parent, RunHistory, Truth } from "../truth";
import { beforeLeaf } from "./before";
import type { AssertMove, BisectMove, OpenMove, ProveStepMove, Step } from "./moves";
import { edgeId, inboxHash, leftOf, mutualId, originHash, rightOf, rootPlace } from "./place";
import { ZERO_HASH } from "../../protocol";
import type { At, Level, Origin } from "./types";

export type { MachineHistory, Parent, RunHistory, Truth, TruthKey } from "../truth";
export { asParent } from "../truth";

/** One of a party's own trees at its place in the game. */
export interface OwnTree {
  parent: Parent;
  level: Level;
  origin: Origin;
  tree: HistoryTree;
  run: number;
  segment: number;
}

/** One of a party's own edges; it may or may not stand on L1. */
export interface OwnEdge {
  of: OwnTree;
  at: At;
  root: Hex;
  id: Hex;
  mutualId: Hex;
  /** Filled by `halvesOf`. */
  halves?: [OwnEdge, OwnEdge];
}

/** Edges are made once for each tree: a party walks its own again at every L1 block. */
const rootEdges = new WeakMap<HistoryTree, OwnEdge>();

/** The level-0 tree of a parent's child and its root edge: the assertion. */
export function assertionEdge(parent: Parent, history: RunHistory): OwnEdge {
  const origin = { above: parent.id, start: parent.outputRoot, inbox: inboxHash(parent.inbox) };
  const of: OwnTree = { parent, level: 0, origin, tree: history.tree, run: 0, segment: 0 };
  return rootEdge(of, rootPlace(0, origin, history.tree.height));
}

/** Both halves of an edge. Every plan walks down from the top again, so an edge remembers them. */
export function halvesOf(edge: OwnEdge): [OwnEdge, OwnEdge] {
  if (edge.halves === undefined) {
    const left = edgeAt(edge.of, leftOf(edge.at));
    edge.halves = [left, edgeAt(edge.of, rightOf(edge.at, left.root))];
  }
  return edge.halves;
}

/** The root edge one level below a leaf, or undefined while its history is missing. */
export function edgeBelow(leaf: OwnEdge, truth: Truth): OwnEdge | undefined {
  const { parent, level, origin, run } = leaf.of;
  const { index } = leaf.at;
  invariant(leaf.at.height === 0 && level < 2, "only leaves of levels 0 and 1 have a level below");
  if (level === 0) {
    const history = truth.machines(parent, index);
    if (history === undefined) return undefined;
    const below = { above: leaf.mutualId, start: history.start, inbox: origin.inbox };
    return rootBelow(leaf, { parent, level: 1, origin: below, tree: history.tree, run: index, segment: 0 });
  }
  const tree = truth.steps(parent, run, index);
  if (tree === undefined) return undefined;
  const { state } = beforeLeaf(leaf.of.tree, index, origin.start);
  const below = { above: leaf.mutualId, start: state, inbox: origin.inbox };
  return rootBelow(leaf, { parent, level: 2, origin: below, tree, run, segment: index });
}

export function assertMove(edge: OwnEdge, history: RunHistory): AssertMove {
  return {
    kind: "assertState",
    origin: edge.of.origin,
    root: edge.root,
    output: history.output,
    spine: spineOf(history.tree),
  };
}

export function bisectMove(edge: OwnEdge): BisectMove {
  const [left, right] = halvesOf(edge);
  return { kind: "bisect", at: edge.at, left: left.root, right: right.root };
}

/** @param last - Level 0: register bytes of the last machine of the tree below. */
export function openMove(leaf: OwnEdge, below: OwnEdge, last: Hex): OpenMove {
  return {
    kind: "open",
    at: leaf.at,
    leaf: leaf.root,
    origin: leaf.of.origin,
    before: beforeLeaf(leaf.of.tree, leaf.at.index, leaf.of.origin.start),
    inbox: leaf.of.parent.inbox,
    root: below.root,
    last: leaf.of.level === 0 ? last : "0x",
    spine: spineOf(below.of.tree),
  };
}

export function proveStepMove(leaf: OwnEdge, witness: Hex): ProveStepMove {
  const before = beforeLeaf(leaf.of.tree, leaf.at.index, leaf.of.origin.start);
  const { origin, parent } = leaf.of;
  return { kind: "proveStep", at: leaf.at, root: leaf.root, origin, before, inbox: parent.inbox, witness };
}

/** The update of an edge from its halves, or of a leaf from the root edge below it. */
export function updateStep(edge: OwnEdge, below: readonly OwnEdge[]): Step {
  if (edge.at.height > 0) return { place: edge.at, first: below[0].root, second: below[1].root, origin: ZERO_HASH };
  return { place: edge.at, first: edge.root, second: below[0].root, origin: originHash(below[0].of.origin) };
}

function rootBelow(leaf: OwnEdge, of: OwnTree): OwnEdge {
  return rootEdge(of, rootPlace(of.level, of.origin, of.tree.height, leaf.id));
}

/** A tree may stand at several places, under equal runs of several assertions: the last one is kept. */
function rootEdge(of: OwnTree, at: At): OwnEdge {
  const kept = rootEdges.get(of.tree);
  if (kept?.at.origin === at.origin && kept.at.claim === at.claim) return kept;
  const edge = edgeAt(of, at);
  rootEdges.set(of.tree, edge);
  return edge;
}

function edgeAt(of: OwnTree, at: At): OwnEdge {
  const root = of.tree.node(at.height, at.index);
  return { of, at, root, id: edgeId(at, root), mutualId: mutualId(at) };
}
