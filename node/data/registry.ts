import { readInboxMode, whenNeeded } from "../l1/inboxMode";
import type { L1Rpc } from "../l1/rpc";
import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import type { BatchData } from "./batchData";
import { CalldataBatches } from "./calldata/batches";

/** Every data mode there is, by the number that an Inbox gives it. */
const MODES: Readonly<Record<number, (rpc: L1Rpc) => BatchData>> = {
  0: (rpc) => new CalldataBatches(rpc),
};

/**
 * The data mode of an Inbox, which it names itself.
 * @throws SolventError `l1-*`; `data-unknown` where this version does not know the mode.
 */
export async function openBatchData(rpc: L1Rpc, inbox: Hex): Promise<BatchData> {
  const mode = await readInboxMode(rpc, inbox, "dataMode");
  if (!Object.hasOwn(MODES, mode))
    throw new SolventError(
      "data-unknown",
      `the Inbox at ${inbox} keeps its batches by the mode ${mode}, which is not known: take the version that was deployed`,
    );
  return MODES[mode](rpc);
}

/** The same, asked for when it is needed first. @returns a function that gives what it gave before. */
export function batchDataOf(rpc: L1Rpc, inbox: Hex): () => Promise<BatchData> {
  return whenNeeded(() => openBatchData(rpc, inbox));
}
