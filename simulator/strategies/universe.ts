import type { Hex } from "../../protocol/types";
import type { Move, Step } from "../../games/edges/moves";
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
  type Truth,
} from "../../games/edges/truth";
import { ZERO_HASH } from "../../protocol";
import { toyWitness } from "../truths/toy/machine";
import { fakeRegisters } from "../truths/lyingTruth";
import type { BoardView } from "../boards/board";
import { Structure, type Links } from "../boards/structure";

/**
 * Every move with these histories that would change something if no rule refused it: rivalled or not, proven or not, and each leaf
 * also opened with the other histories' trees. What a party with no scruples can try.
 */
export function movesOf(view: BoardView, sources: readonly Truth[], parent: Parent): Move[] {
  const status = (id: Hex): string | undefined => view.edge(id)?.status;
  const standing: Standing = {
    has: (id) => status(id) !== undefined,
    lacks: (id) => status(id) === undefined,
    hasOpen: (id) => status(id) === "open",
  };
  return movesIn(standing, sources, parent);
}

/** All that `movesOf` ever gives, whatever stands; some of it can be refused in every state. */
export function movesEver(sources: readonly Truth[], parent: Parent): Move[] {
  return movesIn({ has: () => true, lacks: () => true, hasOpen: () => true }, sources, parent);
}

/** Which edges are taken to stand, and which are taken to be missing; both for those that may be either. */
interface Standing {
  has(id: Hex): boolean;
  lacks(id: Hex): boolean;
  /** Whether it stands and is neither proven nor decided. */
  hasOpen(id: Hex): boolean;
}

function movesIn(standing: Standing, sources: readonly Truth[], parent: Parent): Move[] {
  const moves = new Map<string, Move>();
  const add = (key: string, move: Move): void => void moves.set(key, move);
  for (const source of sources) {
    const history = source.runs(parent);
    if (history === undefined) continue;
    const root = assertionEdge(parent, history);
    if (standing.lacks(root.id)) add(root.id, assertMove(root, history));
    if (standing.has(root.id)) walk(standing, source, sources, root, add);
  }
  return [...moves.values()];
}

function walk(
  standing: Standing,
  source: Truth,
  sources: readonly Truth[],
  edge: OwnEdge,
  add: (key: string, move: Move) => void,
): void {
  if (edge.at.height > 0) {
    const [left, right] = halvesOf(edge);
    if (standing.lacks(right.id)) add(`${edge.id}/halves/${left.root}`, bisectMove(edge));
    if (!standing.has(right.id)) return;
    walk(standing, source, sources, left, add);
    return walk(standing, source, sources, right, add);
  }
  if (edge.of.level === 2) {
    if (!standing.hasOpen(edge.id)) return;
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
    if (standing.lacks(below.id)) {
      const last = edge.of.level === 0 ? other.machines(edge.of.parent, edge.at.index)!.last : "0x";
      add(below.id, openMove(edge, below, last));
    }
    if (standing.has(below.id)) walk(standing, other, sources, below, add);
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
      steps.push({ depth, step: { place: at, first: halves[0], second: halves[1], origin: ZERO_HASH } });
    if (at.height === 0)
      for (const below of links.rootsUnder(id))
        steps.push({ depth, step: { place: at, first: root, second: below.root, origin: below.at.origin } });
  }
  return steps.sort((a, b) => b.depth - a.depth).map(({ step }) => step);
}
