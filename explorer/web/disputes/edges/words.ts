import type { GameEvent } from "../../../../games/edges/events";
import type { GameReplica } from "../../../../games/edges/replica";
import { ether, plural } from "../../format";
import { leavesName } from "../words";
import type { Contested } from "./history";

/** `runs 0 to 63`, `step 5`: a place in its tree. */
export function placeName({ level, height, index }: Pick<Contested, "level" | "height" | "index">): string {
  const first = index * 2 ** height;
  return leavesName(level, first, first + 2 ** height - 1);
}

/** A move in a sentence. @param replica - The game after it. */
export function describeMove(event: GameEvent, replica: GameReplica): { who: string | null; what: string } {
  switch (event.kind) {
    case "AssertionAdded": {
      const { l2BlockNumber, index } = event.assertion;
      return { who: event.staker, what: `asserts what L2 is at block ${l2BlockNumber} (assertion ${index})` };
    }
    case "Bisected": {
      const { at } = replica.edge(event.id)!;
      return { who: event.maker, what: `bisects ${placeName(at)}: shows what it claims of both halves` };
    }
    case "Opened": {
      const leaf = replica.edge(event.leaf)!;
      const below = event.level === 1 ? "the states inside that run" : "every single step inside that stretch";
      return { who: event.staker, what: `opens ${placeName(leaf.at)}: commits to ${below}` };
    }
    case "StepProven":
      return { who: event.maker, what: `has L1 execute ${placeName(replica.edge(event.id)!.at)} itself` };
    case "TimerUpdated":
      return { who: null, what: `the time earned below ${placeName(replica.edge(event.id)!.at)} is added up` };
    case "Confirmed": {
      const { at } = replica.edge(event.id)!;
      return {
        who: event.staker,
        what: `is right about ${placeName(at)}; ${ether(event.stake)} of stake comes back`,
      };
    }
    case "Slashed": {
      const { at } = replica.edge(event.id)!;
      const money = `${ether(event.reward)} pays for moves, ${ether(event.burnt)} is burnt`;
      return { who: event.staker, what: `loses its stake on ${placeName(at)}: ${money}` };
    }
    case "Rewarded":
      return { who: event.maker, what: `is paid ${ether(event.amount)} for a move` };
    case "StakeMoved":
      return { who: null, what: "the stake moves on to the next assertion of the chain" };
    case "StakeFreed":
      return { who: event.staker, what: `takes ${ether(event.stake)} of stake back` };
    case "Deposited":
      return { who: event.account, what: `deposits ${ether(event.amount)}` };
    case "Withdrawn":
      return { who: event.account, what: `withdraws ${ether(event.amount)}` };
  }
}

/** Where a game that goes on stands; null where nobody disagrees. */
export function describeContest(rows: readonly Contested[]): string | null {
  const last = rows.at(-1);
  return last === undefined || rows[0].rivals.length < 2 ? null : `narrowed down to ${placeName(last)}`;
}

/** `2 assertions, 46 edges`. */
export function sizeOf(replica: GameReplica): string {
  return `${plural(replica.assertions.size, "assertion")}, ${plural(replica.edges.size, "edge")}`;
}
