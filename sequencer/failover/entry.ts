import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { SignedConfirmation } from "../../node/rotation/confirmation";
import { pack, unpack } from "../../node/store/pack";
import type { Hex } from "../../protocol/types";
import type { Place } from "../batch/openBatch";
import type { ClosedBatch } from "../batch/records";

/** From here on this process leads; the entry's number is its term. */
interface TermEntry {
  kind: "term";
  /** Of the process. */
  id: string;
  data: Uint8Array;
}

/** A block that is promised. */
export interface BlockEntry {
  kind: "block";
  number: number;
  blockHash: Hex;
  parentHash: Hex;
  place: Place;
  /** Delayed messages consumed after it, and the hash of the last of them (zero when none). */
  delayed: number;
  lastMessage: Hex;
  /** What was signed for it, in a rotation. */
  promise: SignedConfirmation | null;
  /** Its bytes in the batch. */
  data: Uint8Array;
}

/** A batch that is complete: nothing is added to it any more, whoever posts it. */
export interface BatchEntry extends ClosedBatch {
  kind: "batch";
}

export type Entry = TermEntry | BlockEntry | BatchEntry;

/** Deflated: what fits a batch on L1 is far from the megabyte that a message of NATS may have. */
export function encodeEntry({ data, ...about }: Entry): Uint8Array {
  return deflateRawSync(pack([Buffer.from(JSON.stringify(about)), data]));
}

/** @throws Error where the bytes are no entry: another program wrote them. */
export function decodeEntry(payload: Uint8Array): Entry {
  const [about, data] = unpack(inflateRawSync(payload));
  return { ...(JSON.parse(about.toString()) as object), data: Uint8Array.from(data) } as Entry;
}
