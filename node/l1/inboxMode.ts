import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import { INBOX_ABI } from "./events";
import type { L1Rpc } from "./rpc";

/**
 * What an Inbox says of itself: how it keeps its batches' bytes, or whose turn it is to post.
 * @returns the mode's number; contracts/interfaces/IInbox lists them.
 * @throws SolventError `l1-*`; `l1-inconsistent`, to be retried, where L1 finds no Inbox there.
 */
export async function readInboxMode(rpc: L1Rpc, inbox: Hex, view: "dataMode" | "sequencingMode"): Promise<number> {
  const data = INBOX_ABI.encodeFunctionData(view);
  const answer = await rpc.send<string>("eth_call", [{ to: inbox, data }, "latest"]);
  if (answer.length !== 66) throw new SolventError("l1-inconsistent", `L1 finds no Inbox at ${inbox}`, { retry: true });
  return Number(INBOX_ABI.decodeFunctionResult(view, answer)[0]);
}

/**
 * Asks when the answer is needed first: an L1 that is away is no reason for a node not to start.
 * @returns a function that gives what it gave before; after a failure it asks again.
 */
export function whenNeeded<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: T | null = null;
  return async () => (opened ??= await open());
}
