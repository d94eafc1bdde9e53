import type { Hex } from "../../protocol/types";
import type { At, Move } from "../../games/edges";
import type { Link } from "../../games/edges/moves";
import { edgeId, leftOf, rightOf } from "../../games/edges/place";
import type { Parent, Truth } from "../../games/edges/truth";
import { ZERO_ADDRESS, toHex, word } from "../../protocol";
import type { Random } from "../random";
import type { BoardView } from "../boards/board";
import { Structure } from "../boards/structure";
import { allUpdates, movesOf } from "./universe";

/**
 * Any move at all: mostly one that could be meant seriously, often broken in one place, now and then one that was refused or made
 * before. For differential play, where refusals must be equal, too.
 */
export function randomMove(
  view: BoardView,
  sources: readonly Truth[],
  parents: readonly Parent[],
  random: Random,
): Move {
  const staked = [...view.edges.values()].filter(({ staker }) => staker !== ZERO_ADDRESS);
  const parent = random.below(3) === 0 ? random.pick(parents) : parents[0];
  const moves: Move[] = movesOf(view, sources, parent);
  for (const { at, root } of staked) {
    moves.push({ kind: "confirm", at, root });
    const rival = random.pick(staked);
    moves.push({ kind: "slash", loser: at, loserRoot: root, winner: rival.at, winnerRoot: rival.root });
  }
  const links = new Structure(view);
  for (const { at, root, status } of staked) {
    if (status === "confirmed") moves.push({ kind: "reward", at, root, way: randomWay(view, links, at, root, random) });
    if (at.level === 0 && staked.length > 1)
      moves.push({ kind: "moveStake", from: edgeId(at, root), to: edgeOf(random.pick(staked)) });
  }
  for (const step of allUpdates(view, links)) moves.push({ kind: "update", steps: [step] });
  if (moves.length === 0) return { kind: "update", steps: [] };
  // By kind first: there are many more assertions to be made than answers to be given.
  const kind = random.pick([...new Set(moves.map((candidate) => candidate.kind))]);
  const move = random.pick(moves.filter((candidate) => candidate.kind === kind));
  return random.below(4) === 0 ? broken(move, random) : move;
}

/** Some way down from an edge, as far as others have revealed what is below it. */
function randomWay(view: BoardView, links: Structure, at: At, root: Hex, random: Random): Link[] {
  const id = edgeId(at, root);
  if (at.height > 0) {
    const halves = links.halvesOf(id);
    if (halves === undefined) return [];
    const [left, right] = halves;
    const isRight = random.below(2) === 0;
    const below = isRight ? rightOf(at, left) : leftOf(at);
    return [{ left, right, isRight }, ...randomWay(view, links, below, isRight ? right : left, random)];
  }
  const claims = links.rootsUnder(id).filter((edge) => edge.at.claim === id);
  if (claims.length === 0) return [];
  const below = random.pick(claims);
  const link = { left: below.at.origin, right: below.root, isRight: false };
  return [link, ...randomWay(view, links, below.at, below.root, random)];
}

function edgeOf({ at, root }: { at: At; root: Hex }): Hex {
  return edgeId(at, root);
}

/** The move with one word of its arguments changed. */
export function broken<T extends Move>(move: T, random: Random): T {
  const copy = structuredClone(move) as Record<string, unknown>;
  const spots: { of: Record<string, unknown>; key: string }[] = [];
  collect(copy, spots);
  const { of, key } = random.pick(spots);
  of[key] = changed(of[key], key, random);
  return copy as T;
}

function collect(value: Record<string, unknown>, spots: { of: Record<string, unknown>; key: string }[]): void {
  for (const [key, inner] of Object.entries(value)) {
    if (key === "kind") continue;
    if (typeof inner === "object" && inner !== null) collect(inner as Record<string, unknown>, spots);
    if (typeof inner !== "object" || Array.isArray(inner)) spots.push({ of: value, key });
  }
}

function changed(value: unknown, key: string, random: Random): unknown {
  const noise = toHex(word(random.below(3)));
  if (Array.isArray(value)) {
    if (key === "steps") return value;
    if (key === "way") return value.slice(1);
    return random.below(2) === 0 ? value.slice(1) : [...(value as unknown[]), noise];
  }
  if (key === "level") return (Number(value) + 1 + random.below(2)) % 3;
  if (typeof value === "number") return Math.max(0, value + (random.below(2) === 0 ? 1 : -1));
  // Bytes of their own length: header, witness, registers.
  if (key === "header" || key === "witness" || key === "last")
    return random.below(2) === 0 ? `${String(value)}00` : "0x";
  return noise;
}
