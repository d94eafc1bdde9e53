import { readInboxMode, whenNeeded } from "../l1/inboxMode";
import type { L1Rpc } from "../l1/rpc";
import { SolventError } from "../../protocol/errors";
import type { Hex, NodeStore } from "../../protocol/types";
import { AltdaBatches } from "./altda/batches";
import { DataServers } from "./altda/client";
import type { BatchData } from "./batchData";
import { BlobBatches } from "./blobs/batches";
import { BeaconNodes } from "./blobs/beacon";
import { CalldataBatches } from "./calldata/batches";

/** What a node has that reads and writes batches. */
export interface DataPlace {
  rpc: L1Rpc;
  inbox: Hex;
  /** Keeps what was got from elsewhere than L1. */
  nodes: NodeStore;
  /** Servers of data that is not on L1. */
  dataUrls: readonly string[];
  /** The first L1 block that can hold an event of the Inbox. */
  startBlock: number;
}

/** Every data mode there is, by the number that an Inbox gives it. */
const MODES: Readonly<Record<number, (place: DataPlace) => BatchData>> = {
  0: ({ rpc }) => new CalldataBatches(rpc),
  1: ({ rpc, inbox, nodes, dataUrls, startBlock }) =>
    new AltdaBatches(rpc, inbox, nodes, new DataServers(dataUrls), startBlock),
  2: ({ rpc, nodes, dataUrls }) => new BlobBatches(rpc, nodes, new BeaconNodes(dataUrls)),
};

/**
 * The data mode of an Inbox, which it names itself.
 * @throws SolventError `l1-*`; `data-unknown` where this version does not know the mode.
 */
export async function openBatchData(place: DataPlace): Promise<BatchData> {
  const { rpc, inbox } = place;
  const mode = await readInboxMode(rpc, inbox, "dataMode");
  if (!Object.hasOwn(MODES, mode))
    throw new SolventError(
      "data-unknown",
      `the Inbox at ${inbox} keeps its batches by the mode ${mode}, which is not known: take the version that was deployed`,
    );
  return MODES[mode](place);
}

/** The same, asked for when it is needed first. @returns a function that gives what it gave before. */
export function batchDataOf(place: DataPlace): () => Promise<BatchData> {
  return whenNeeded(() => openBatchData(place));
}
