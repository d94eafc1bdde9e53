import type { Move } from "../../games/edges";
import type { GameParameters } from "../../games/edges/types";

/**
 * The attack that an honest party must outstay: everything of level 0 at once, then silence until the truth is one answer short
 * of its challenge period; then a rival below, so that the assertion is confirmed while stakes on levels 1 and 2 are still disputed.
 */
export function keepStakesWaiting({ challengePeriodSeconds, heights }: GameParameters, answerSeconds: number) {
  // The honest root of level 1 stands from tick H0 + 1 on; it must have earned less than the period when its rival comes.
  const late = heights[0] + 1 + Math.floor((challengePeriodSeconds - 1) / answerSeconds);
  return (move: Move, tick: number): boolean => {
    if (!("at" in move) || (move.at.level === 0 && move.kind === "bisect")) return true;
    if (move.at.level === 0 || move.kind === "bisect") return tick >= late;
    return tick >= late + heights[1] + 1;
  };
}
