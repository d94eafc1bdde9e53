import { INBOX_ABI } from "../l1/events";
import type { L1Rpc } from "../l1/rpc";
import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import type { BatchData } from "./batchData";
import { CalldataBatches } from "./calldata/batches";

/** Every data mode there is, by the kind that an Inbox names. */
const KINDS: Readonly<Record<number, (rpc: L1Rpc) => BatchData>> = {
  0: (rpc) => new CalldataBatches(rpc),
};

/**
 * The data mode of an Inbox, which it names itself.
 * @throws SolventError `l1-*`; `data-unknown` where this version does not know the mode.
 */
export async function openBatchData(rpc: L1Rpc, inbox: Hex): Promise<BatchData> {
  const kind = await readKind(rpc, inbox, "dataMode");
  if (!Object.hasOwn(KINDS, kind))
    throw new SolventError(
      "data-unknown",
      `the Inbox at ${inbox} keeps its batches in a way of kind ${kind}, which is not known: take the version that was deployed`,
    );
  return KINDS[kind](rpc);
}

/**
 * The same, asked for when it is needed first: an L1 that is away is no reason for a node not to start.
 * @returns a function that gives what it gave before; after a failure it asks again.
 */
export function batchDataOf(rpc: L1Rpc, inbox: Hex): () => Promise<BatchData> {
  let opened: BatchData | null = null;
  return async () => (opened ??= await openBatchData(rpc, inbox));
}

/** @throws SolventError `l1-*`. */
export async function readKind(rpc: L1Rpc, inbox: Hex, name: "dataMode" | "sequencingMode"): Promise<number> {
  const data = INBOX_ABI.encodeFunctionData(name);
  const answer = await rpc.send<string>("eth_call", [{ to: inbox, data }, "latest"]);
  if (answer.length !== 66) throw new SolventError("l1-inconsistent", `L1 finds no Inbox at ${inbox}`, { retry: true });
  return Number(INBOX_ABI.decodeFunctionResult(name, answer)[0]);
}
