import type { Hex } from "../../../../protocol/types";
import { ZERO_ADDRESS } from "../../../../protocol/header";
import type { GameEvent } from "../../../../games/edges/events";
import type { GameReplica, PlacedEdge } from "../../../../games/edges/replica";
import { liveTime } from "../../../../games/edges/timers";
import type { Level } from "../../../../games/edges/types";
import { Purses, type GameHistory, type Purse, type SeenMove, type StepPlace, type Verdict } from "../history";

export type EdgesHistory = GameHistory<GameEvent, GameReplica>;

/** One contested place on the way down, from the top; its rivals are what the sides claim there. */
export interface Contested {
  mutualId: Hex;
  level: Level;
  height: number;
  index: number;
  rivals: { id: Hex; root: Hex; status: PlacedEdge["status"]; sides: Hex[] }[];
}

/** Where one side of a dispute stands. */
export interface Side {
  account: Hex;
  assertion: Hex;
  status: PlacedEdge["status"];
  /** Seconds that its assertion shows on L1. */
  timer: number;
  /** Wei of its open stakes in this dispute. */
  locked: bigint;
}

/** The dispute that a move is part of: the mutual id of its assertions. */
export function disputeOfEvent(event: GameEvent, replica: GameReplica): Hex | null {
  const edge = edgeOf(event);
  return edge === null ? null : disputeOf(replica, edge);
}

/** The edge that a move is about; null for moves of money alone. */
function edgeOf(event: GameEvent): Hex | null {
  switch (event.kind) {
    case "AssertionAdded":
      return event.assertion.id;
    case "StakeMoved":
      return event.to;
    case "Deposited":
    case "Withdrawn":
      return null;
    default:
      return event.id;
  }
}

/** The dispute that an edge belongs to: the mutual id of the assertions above it. Undefined for what no log has made. */
function disputeOf(replica: GameReplica, id: Hex): Hex | null {
  for (let edge = replica.edge(id); edge !== undefined;) {
    if (edge.at.level === 0 && edge.staker !== ZERO_ADDRESS) return edge.mutualId;
    const above: Hex | undefined = edge.staker === ZERO_ADDRESS ? replica.parents.get(edge.id)?.[0] : edge.at.claim;
    edge = above === undefined ? undefined : replica.edge(above);
  }
  return null;
}

/** The assertions at one place, oldest first. */
export function assertionsAt(replica: GameReplica, dispute: Hex): PlacedEdge[] {
  return replica.stakedAt(dispute).map(({ id }) => replica.edge(id)!);
}

/** The contested places from the assertions down, each level once: what nobody disputes is no part of it. */
export function narrowing(replica: GameReplica, dispute: Hex): Contested[] {
  const children = new Map<Hex, Hex[]>();
  const note = (above: Hex, below: Hex): void => void children.set(above, [...(children.get(above) ?? []), below]);
  const places = new Map<Hex, PlacedEdge[]>();
  for (const edge of replica.edges.values()) {
    places.set(edge.mutualId, [...(places.get(edge.mutualId) ?? []), edge]);
    for (const parent of replica.parents.get(edge.id) ?? []) note(parent, edge.id);
    if (edge.at.level > 0 && edge.staker !== ZERO_ADDRESS) note(edge.at.claim, edge.id);
  }
  const rows: Contested[] = [];
  const visit = (mutualId: Hex): void => {
    const rivals = places.get(mutualId) ?? [];
    if (rivals.length === 0 || rows.some((row) => row.mutualId === mutualId)) return;
    const { level, height, index } = rivals[0].at;
    const claims = rivals.map(({ id, root, status }) => ({ id, root, status, sides: sidesOf(replica, id) }));
    rows.push({ mutualId, level, height, index, rivals: claims });
    const below = new Set(rivals.flatMap(({ id }) => children.get(id) ?? []).map((id) => replica.edge(id)!.mutualId));
    for (const next of below)
      if ((places.get(next)?.length ?? 0) > 1 || isOpening(rivals[0], places.get(next)![0])) visit(next);
  };
  visit(dispute);
  return rows;
}

/** A tree of a lower level is shown from its first root on: its rival is the next answer. */
function isOpening(above: PlacedEdge, below: PlacedEdge): boolean {
  return below.at.level > above.at.level;
}

/** Who staked on the root edges of the same level that an edge is a part of. */
export function sidesOf(replica: GameReplica, id: Hex): Hex[] {
  const { staker } = replica.edge(id)!;
  if (staker !== ZERO_ADDRESS) return [staker];
  return [...new Set((replica.parents.get(id) ?? []).flatMap((parent) => sidesOf(replica, parent)))];
}

/** The sides of a dispute at the replica's moment, or at a later one. */
export function sidesAt(replica: GameReplica, dispute: Hex, nowSeconds = replica.nowSeconds): Side[] {
  return assertionsAt(replica, dispute).map((edge) => {
    const own = [...replica.edges.values()].filter(
      ({ id, staker, status }) => staker === edge.staker && status === "open" && disputeOf(replica, id) === dispute,
    );
    return {
      account: edge.staker,
      assertion: edge.id,
      status: edge.status,
      timer: liveTime(edge, replica.mutual(dispute)!, nowSeconds),
      locked: own.reduce((sum, { at }) => sum + replica.parameters.stakes[at.level], 0n),
    };
  });
}

/** Who won and by what, at the replica's moment. */
export function verdictOf(replica: GameReplica, dispute: Hex): Verdict {
  const assertions = assertionsAt(replica, dispute);
  const winner = assertions.find(({ status }) => status === "confirmed");
  const proven = [...replica.edges.values()].find(
    ({ id, status, at }) => status === "proven" && at.level === 2 && disputeOf(replica, id) === dispute,
  );
  const place = proven === undefined ? null : placeOf(replica, proven);
  return {
    winner: winner?.staker ?? null,
    losers: winner === undefined ? [] : assertions.filter(({ id }) => id !== winner.id).map(({ staker }) => staker),
    by: winner === undefined ? null : proven === undefined ? "time" : "proof",
    place,
  };
}

/** The L2 blocks that a dispute has come down to. @param rows - `narrowing` of it. */
export function blocksOf(replica: GameReplica, rows: readonly Contested[]): [first: number, last: number] | null {
  const row = rows.findLast(({ level }) => level === 0);
  const id = row?.rivals[0]?.id;
  if (row === undefined || id === undefined) return null;
  const { origin } = replica.edge(id)!.at;
  const assertion = [...replica.assertions.values()].find((one) => replica.edge(one.id)!.at.origin === origin);
  if (assertion === undefined) return null;
  const before = replica.assertions.get(assertion.parent)?.l2BlockNumber ?? 0;
  const first = before + 1 + row.index * 2 ** row.height;
  return [first, first + 2 ** row.height - 1];
}

/** Against whom a step went that L1 executed: whose histories have another state behind it, and not this one. */
export function refutedIn(replica: GameReplica, move: SeenMove<GameEvent> | undefined): Hex[] {
  const proven = move?.event.kind === "StepProven" ? replica.edge(move.event.id) : undefined;
  if (proven === undefined) return [];
  const right = sidesOf(replica, proven.id);
  const rivals = [...replica.edges.values()].filter(
    ({ mutualId, id }) => mutualId === proven.mutualId && id !== proven.id,
  );
  return [...new Set(rivals.flatMap(({ id }) => sidesOf(replica, id)))].filter((account) => !right.includes(account));
}

/** Where a leaf of level 2 stands in the whole dispute. */
export function placeOf(replica: GameReplica, step: PlacedEdge): StepPlace {
  const segment = leafAbove(replica, step);
  const run = leafAbove(replica, segment);
  const assertion = [...replica.assertions.values()].find(({ id }) => replica.edge(id)!.at.origin === run.at.origin)!;
  const before = replica.assertions.get(assertion.parent)?.l2BlockNumber ?? 0;
  const [, , height] = replica.parameters.heights;
  return {
    instruction: BigInt(segment.at.index) * 2n ** BigInt(height) + BigInt(step.at.index),
    l2Block: before + run.at.index + 1,
  };
}

/** The leaf that the tree of an edge explains. */
function leafAbove(replica: GameReplica, edge: PlacedEdge): PlacedEdge {
  let root = edge;
  while (root.staker === ZERO_ADDRESS) root = replica.edge(replica.parents.get(root.id)![0])!;
  return replica.edge(root.at.claim)!;
}

/** Who paid whom in a dispute, and what of the losers' stakes waits to be paid. */
export interface Flows {
  purses: Purse[];
  burnt: bigint;
  /** Half of the lost stakes, set aside to pay for moves. */
  setAside: bigint;
  /** Of that, what was paid. */
  paid: bigint;
}

/** Who paid whom by these moves of one dispute. @param replica - The game after them. */
export function flowsOf(moves: readonly SeenMove<GameEvent>[], replica: GameReplica): Flows {
  const purses = new Purses();
  const flows = { burnt: 0n, setAside: 0n, paid: 0n };
  const { stakes } = replica.parameters;
  for (const { event } of moves)
    switch (event.kind) {
      case "AssertionAdded":
        purses.of(event.staker).staked += stakes[0];
        break;
      case "Opened":
        purses.of(event.staker).staked += stakes[event.level];
        break;
      case "Confirmed":
        // A stake that has moved on along the chain is its owner's still.
        purses.of(event.staker).back += stakes[replica.edge(event.id)!.at.level];
        break;
      case "Slashed": {
        const loser = purses.of(event.staker);
        loser.lost += event.reward + event.burnt;
        loser.burnt += event.burnt;
        flows.burnt += event.burnt;
        flows.setAside += event.reward;
        break;
      }
      case "Rewarded":
        purses.of(event.maker).paid += event.amount;
        flows.paid += event.amount;
    }
  return { purses: purses.all(), ...flows };
}
