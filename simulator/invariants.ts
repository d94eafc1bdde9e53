import type { Hex } from "../protocol/types";
import { mutualId } from "../games/edges/place";
import {
  asParent,
  assertionEdge,
  edgeBelow,
  halvesOf,
  type OwnEdge,
  type Parent,
  type Truth,
} from "../games/edges/truth";
import type { AssertionInfo } from "../games/edges/types";
import { ZERO_ADDRESS } from "../protocol";
import type { BoardView } from "./boards/board";
import { earned, Structure, type Links } from "./boards/structure";

/** What a scenario must have come to. */
export interface Expected {
  truth: Truth;
  genesis: Parent;
  /** Whose stakes must all have come back. */
  honest?: Hex;
  /** Wei that went into balances, less what was withdrawn. */
  deposited?: bigint;
  /** Why the truth won: by the challenge period alone, or because a step was proven. */
  reason?: "time" | "proof";
}

/** Everything that is wrong with the game, in words; none if all holds. Rationale: one line each. */
export function violations(view: BoardView, expected: Expected): string[] {
  return [
    // Rationale: the one promise. Where all that lies to the left is true, nothing false may ever win.
    ...falseWinners(view, expected),
    // Rationale: the cache is a lower bound; above it, time would have been made up (V04, V05).
    ...inflatedTimers(view),
    // Rationale: no stake is lost, paid twice or made from nothing (V22, V24).
    ...(expected.deposited === undefined ? [] : unbalanced(view, expected.deposited)),
  ];
}

/** The same at the end of a scenario: the honest side has won and has its money back. */
export function unsettled(view: BoardView, expected: Expected): string[] {
  const found = violations(view, expected);
  const { id: truth } = assertionEdge(expected.genesis, expected.truth.runs(expected.genesis)!);
  const winner = view.edge(truth);
  // Rationale: liveness, whoever and however many the others are.
  if (winner?.status !== "confirmed") found.push(`the true assertion is ${winner?.status ?? "missing"}`);
  // Rationale: an honest party risks time, never its stake.
  for (const [id, edge] of view.edges)
    if (edge.staker === expected.honest && edge.status !== "confirmed")
      found.push(`the honest stake on ${id} (level ${edge.at.level}) is ${edge.status}`);
  // Rationale: V60, a game may not be won for a reason other than the one that it is meant to be won for.
  if (expected.reason !== undefined && winner?.status === "confirmed" && reasonOf(view, truth) !== expected.reason)
    found.push(`the truth did not win by ${expected.reason}`);
  return found;
}

/** Why a confirmed edge won: by proof, if time alone would not have done. */
export function reasonOf(view: BoardView, id: Hex): "time" | "proof" {
  return earned(view, linksOf(view), id, false) < view.parameters.challengePeriodSeconds ? "proof" : "time";
}

/** Whether something false has won where everything to its left is true. */
export function falseWinners(view: BoardView, { truth, genesis }: Pick<Expected, "truth" | "genesis">): string[] {
  const isWon = [...view.edges.values()].some(({ status }) => status === "confirmed" || status === "proven");
  if (!isWon) return [];
  const right = rightPlaces(view, truth, genesis);
  const found: string[] = [];
  for (const [id, edge] of view.edges) {
    if (edge.status !== "confirmed" && edge.status !== "proven") continue;
    const place = right.get(placeOf(view, id));
    if (place !== undefined && place.id !== id) found.push(`a false edge of level ${edge.at.level} is ${edge.status}`);
    if (edge.at.level === 0 && edge.status === "confirmed" && place === undefined)
      found.push("an assertion is confirmed on a false parent");
  }
  return found;
}

/** The true edges at every place on L1 whose whole past is true, by mutual id. */
export function rightPlaces(view: BoardView, truth: Truth, genesis: Parent): Map<Hex, OwnEdge> {
  const right = new Map<Hex, OwnEdge>();
  const visit = (edge: OwnEdge): void => {
    if (view.mutual(edge.mutualId) === undefined) return;
    right.set(edge.mutualId, edge);
    if (edge.at.height > 0) halvesOf(edge).forEach(visit);
    else if (edge.of.level < 2) {
      const below = edgeBelow(edge, truth);
      if (below !== undefined) visit(below);
    }
  };
  let parent: Parent | undefined = genesis;
  while (parent !== undefined) {
    const edge: OwnEdge = assertionEdge(parent, truth.runs(parent)!);
    visit(edge);
    const child: AssertionInfo | undefined = view.childrenOf(parent.id).find(({ id }) => id === edge.id);
    parent = child && asParent(child);
  }
  return right;
}

function linksOf(view: BoardView): Links {
  return "halvesOf" in view ? (view as BoardView & Links) : new Structure(view);
}

function inflatedTimers(view: BoardView): string[] {
  const links = linksOf(view);
  const found: string[] = [];
  for (const [id, edge] of view.edges) {
    const most = earned(view, links, id);
    if (edge.timer > most) found.push(`an edge of level ${edge.at.level} shows ${edge.timer} s of ${most} s`);
  }
  return found;
}

export function unbalanced(view: BoardView, deposited: bigint): string[] {
  let held = view.burnt;
  for (const reward of view.rewards.values()) held += reward;
  for (const balance of view.balances.values()) held += balance;
  for (const edge of view.edges.values())
    if (edge.status === "open" && edge.staker !== ZERO_ADDRESS) held += view.parameters.stakes[edge.at.level];
  // One stake stands for both until the upper assertion is confirmed; what stands on a loser is open for ever.
  for (const edge of view.edges.values())
    if (edge.stakeMoved && edge.status !== "confirmed") held -= view.parameters.stakes[edge.at.level];
  return held === deposited ? [] : [`balances, stakes and burnt are ${held} wei of ${deposited}`];
}

function placeOf(view: BoardView, id: Hex): Hex {
  return mutualId(view.edge(id)!.at);
}
