import type { Move, Step } from "../../../node/game/moves";
import {
  assertMove,
  assertionEdge,
  bisectMove,
  edgeBelow,
  halvesOf,
  openMove,
  proveStepMove,
  type OwnEdge,
  type Parent,
  type TruthSource,
} from "../../../node/game/truth";
import { ZERO_HASH } from "../../../node/protocol";
import { toyWitness } from "../toy/machine";
import { fakeRegisters } from "../adversary";
import type { BoardView } from "./board";
import { Structure, type Links } from "./structure";

/**
 * Every move with these histories that would change something if no rule refused it: rivalled or not, proven or not, and each leaf
 * also opened with the other histories' trees. What a party with no scruples can try.
 */
export function movesOf(view: BoardView, sources: readonly TruthSource[], parent: Parent): Move[] {
  const moves = new Map<string, Move>();
  const add = (key: string, move: Move): void => void moves.set(key, move);
  for (const source of sources) {
    const history = source.runs(parent);
    if (history === undefined) continue;
    const root = assertionEdge(parent, history);
    if (view.edge(root.id) === undefined) add(root.id, assertMove(root, history));
    else walk(view, source, sources, root, add);
  }
  return [...moves.values()];
}

function walk(
  view: BoardView,
  source: TruthSource,
  sources: readonly TruthSource[],
  edge: OwnEdge,
  add: (key: string, move: Move) => void,
): void {
  if (edge.at.height > 0) {
    const [left, right] = halvesOf(edge);
    if (view.edge(right.id) === undefined) return add(`${edge.id}/halves`, bisectMove(edge));
    walk(view, source, sources, left, add);
    return walk(view, source, sources, right, add);
  }
  if (edge.of.level === 2) {
    if (view.edge(edge.id)?.status !== "open") return;
    const { parent, run, segment } = edge.of;
    // Its own witness, and those of the others, which lead elsewhere from the same state.
    for (const other of sources) {
      const witness = other.witness(parent, run, segment, edge.at.index);
      if (witness !== undefined) add(`${edge.id}/proof/${witness}`, proveStepMove(edge, witness));
    }
    const forged = forgedProof(edge);
    return forged === null ? undefined : add(`${edge.id}/forged`, forged);
  }
  for (const other of sources) {
    const below = edgeBelow(edge, other);
    if (below === undefined) continue;
    if (view.edge(below.id) === undefined) {
      const last = edge.of.level === 0 ? other.machines(edge.of.parent, edge.at.index)!.last : "0x";
      add(below.id, openMove(edge, below, last));
    } else walk(view, other, sources, below, add);
  }
}

/** A proof of a false step from a state that nobody agreed to: the false machine before itself, at rest. */
function forgedProof(leaf: OwnEdge): Move | null {
  const machine = fakeRegisters(leaf.root);
  if (machine === undefined || leaf.at.index === 0) return null;
  const move = proveStepMove(leaf, toyWitness(machine, null));
  return { ...move, before: { ...move.before, state: leaf.root } } as Move;
}

/** All updates that could raise a timer, bottom first: each bisected edge, each leaf by each root edge under its place. */
export function allUpdates(view: BoardView, links: Links = new Structure(view)): Step[] {
  const steps: { depth: number; step: Step }[] = [];
  for (const [id, { at, root }] of view.edges) {
    const depth = at.level * 100 - at.height;
    const halves = links.halvesOf(id);
    if (halves !== undefined)
      steps.push({ depth, step: { at, first: halves[0], second: halves[1], origin: ZERO_HASH } });
    if (at.height === 0)
      for (const below of links.rootsUnder(id))
        steps.push({ depth, step: { at, first: root, second: below.root, origin: below.at.origin } });
  }
  return steps.sort((a, b) => b.depth - a.depth).map(({ step }) => step);
}
