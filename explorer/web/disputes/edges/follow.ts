import { QUEUE_ABI } from "../../../../games/edges/abi";
import { parseGameLog, type GameEvent } from "../../../../games/edges/events";
import { GameReplica } from "../../../../games/edges/replica";
import type { GameParameters } from "../../../../games/edges/types";
import { createFollow } from "../follow";
import { disputeOfEvent } from "./history";

const LEVELS = [0, 1, 2];

/** The whole game from L1's logs, on with every block. */
export const useEdges = createFollow<GameEvent, GameReplica, GameParameters>("edges", {
  async open(read) {
    const [period, heights, stakes] = await Promise.all([
      read(QUEUE_ABI, "challengePeriod"),
      Promise.all(LEVELS.map((level) => read(QUEUE_ABI, "heightOf", [level]))),
      Promise.all(LEVELS.map((level) => read(QUEUE_ABI, "stakeOf", [level]))),
    ]);
    return {
      challengePeriodSeconds: Number(period),
      heights: heights.map(Number) as unknown as GameParameters["heights"],
      stakes: stakes as unknown as GameParameters["stakes"],
    };
  },
  parse: parseGameLog,
  rules: (parameters) => ({ createReplica: () => new GameReplica(parameters), disputeOf: disputeOfEvent }),
});
