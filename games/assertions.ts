import type { Hex } from "../protocol/types";
import type { AssertionStatus } from "./game";
import type { ReadLog } from "./logs";
import type { AssertionInfo, InboxState, Origin } from "./types";

/**
 * Whether a rival of these assertions with that origin would come too late: one is confirmed, or has counted half of the challenge period
 * without a rival.
 */
export function isTooLateFor(
  assertions: readonly AssertionStatus[],
  { start, inbox }: Pick<Origin, "start" | "inbox">,
  challengePeriodSeconds: number,
): boolean {
  return assertions.some(
    ({ info: { origin }, status, isRivalled, timerSeconds }) =>
      origin.start === start &&
      origin.inbox === inbox &&
      (status === "confirmed" || (status === "open" && !isRivalled && timerSeconds >= challengePeriodSeconds / 2)),
  );
}

/** The arguments of `AssertionAdded`. */
export function toAssertionInfo(a: ReadLog["args"]): AssertionInfo {
  return {
    id: a.id,
    parent: a.parent,
    index: Number(a.index),
    game: a.game,
    root: a.root,
    outputRoot: a.outputRoot,
    l2BlockNumber: Number(a.l2BlockNumber),
    origin: toOrigin(a.origin),
    childInbox: toInboxState(a.childInbox),
  };
}

/** An `InboxState` as ethers decodes it. */
export function toInboxState(raw: {
  batchCount: bigint;
  lastBatch: string;
  delayedCount: bigint;
  lastDelayed: string;
}): InboxState {
  return {
    batchCount: Number(raw.batchCount),
    lastBatch: raw.lastBatch as Hex,
    delayedCount: Number(raw.delayedCount),
    lastDelayed: raw.lastDelayed as Hex,
  };
}

/** An `Origin` as ethers decodes it. */
export function toOrigin(raw: { above: string; start: string; inbox: string }): Origin {
  return { above: raw.above as Hex, start: raw.start as Hex, inbox: raw.inbox as Hex };
}
