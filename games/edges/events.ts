import type { Hex } from "../../protocol/types";
import { toAssertionInfo, toOrigin } from "../assertions";
import { readLog } from "../logs";
import { QUEUE_ABI } from "./abi";
import type { AssertionInfo, Level, Origin } from "./types";

/** A log of the StateRootQueue, decoded. Ids and addresses in lower case; amounts in wei. */
export type GameEvent =
  | { kind: "AssertionAdded"; staker: Hex; assertion: AssertionInfo; cost: bigint }
  | { kind: "StakeMoved"; from: Hex; to: Hex }
  | { kind: "StakeFreed"; id: Hex; staker: Hex; stake: bigint }
  | { kind: "Bisected"; id: Hex; left: Hex; right: Hex; maker: Hex; cost: bigint }
  | { kind: "Opened"; id: Hex; leaf: Hex; staker: Hex; level: Level; root: Hex; origin: Origin; cost: bigint }
  | { kind: "StepProven"; id: Hex; maker: Hex; cost: bigint }
  | { kind: "TimerUpdated"; id: Hex; timer: number }
  | { kind: "Confirmed"; id: Hex; mutualId: Hex; staker: Hex; stake: bigint }
  | { kind: "Slashed"; id: Hex; winner: Hex; staker: Hex; reward: bigint; burnt: bigint }
  | { kind: "Rewarded"; winner: Hex; id: Hex; maker: Hex; amount: bigint }
  | { kind: "Deposited"; account: Hex; amount: bigint }
  | { kind: "Withdrawn"; account: Hex; to: Hex; amount: bigint };

/** @returns the event, or null for a log of something else. */
export function parseGameLog(log: { topics: readonly string[]; data: string }): GameEvent | null {
  const read = readLog(QUEUE_ABI, log);
  if (read === null) return null;
  const { args: a } = read;
  switch (read.name) {
    case "AssertionAdded":
      return {
        kind: "AssertionAdded",
        staker: a.staker,
        cost: a.cost,
        assertion: toAssertionInfo(a),
      };
    case "Bisected":
      return { kind: "Bisected", id: a.id, left: a.left, right: a.right, maker: a.maker, cost: a.cost };
    case "Opened": {
      const [level, origin, staker] = [Number(a.level) as Level, toOrigin(a.origin), a.staker];
      return { kind: "Opened", id: a.id, leaf: a.leaf, staker, level, root: a.root, origin, cost: a.cost };
    }
    case "StakeMoved":
      return { kind: "StakeMoved", from: a.from, to: a.to };
    case "StakeFreed":
      return { kind: "StakeFreed", id: a.id, staker: a.staker, stake: a.stake };
    case "Rewarded":
      return { kind: "Rewarded", winner: a.winner, id: a.id, maker: a.maker, amount: a.amount };
    case "StepProven":
      return { kind: "StepProven", id: a.id, maker: a.maker, cost: a.cost };
    case "TimerUpdated":
      return { kind: "TimerUpdated", id: a.id, timer: Number(a.timer) };
    case "Confirmed":
      return { kind: "Confirmed", id: a.id, mutualId: a.mutualId, staker: a.staker, stake: a.stake };
    case "Slashed": {
      const [reward, burnt] = [a.reward as bigint, a.burnt as bigint];
      return { kind: "Slashed", id: a.id, winner: a.winner, staker: a.staker, reward, burnt };
    }
    case "Deposited":
      return { kind: "Deposited", account: a.account, amount: a.amount };
    case "Withdrawn":
      return { kind: "Withdrawn", account: a.account, to: a.to, amount: a.amount };
    default:
      return null;
  }
}
