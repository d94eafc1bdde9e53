import { inflateRawSync } from "node:zlib";
import { decodeRlpAt, NO_SEGMENT, rlpBytes, rlpList, rlpUint } from "../../../protocol";
import type { Cursor } from "../../../protocol/types";
import { rowsOfColumns } from "./columns";

/*
 * A second reading of docs/spec/01-interfaces.md#derivation, written from the text and not from stf/block: it says which block comes
 * next and what it lists, not what executing that does. Compared with stf.wasm by malformed.test.ts.
 */

/** The Inbox as a run sees it. */
export interface ModelInbox {
  batches: readonly { data: Uint8Array; delayedCount: bigint; l1Time: bigint }[];
  /** Gas limits of the delayed messages. */
  messageGas: readonly bigint[];
}

export interface ModelRules {
  blockGasLimit: bigint;
  /** Seconds; zero switches the rule off. */
  maxDelay: bigint;
  maxAhead: bigint;
}

export interface ModelBlock {
  kind: "sequenced" | "message";
  timestamp: bigint;
  /** Before messages are consumed: `cursor.delayed` is the parent's. */
  cursor: Cursor;
  /** Messages that the block may consume at most. */
  messages: bigint;
  transactions: Uint8Array[];
}

const MAX_BATCH_BYTES = 120_000;
const MAX_SEGMENT_BYTES = 131_072;
const MAX_BLOCK_BYTES = 1_048_576;
const GAS_PER_TRANSACTION = 21_000n;
const LAST_SECOND = 2n ** 53n - 1n;

/** A blob's bytes, or more than a batch may have where it says so. */
export function dataOfBlob(blob: Uint8Array): Uint8Array {
  const words = Array.from({ length: 4096 }, (_, i) => blob.subarray(32 * i, 32 * i + 32));
  const length = words[0].reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  if (length > BigInt(MAX_BATCH_BYTES)) return new Uint8Array(MAX_BATCH_BYTES + 1);
  return Uint8Array.from(words.slice(1).flatMap((element) => [...element.subarray(1)])).slice(0, Number(length));
}

/** The block after a parent with this time and cursor; null when there is none. */
export function nextBlock(
  parentTime: bigint,
  parentCursor: Cursor,
  inbox: ModelInbox,
  rules: ModelRules,
): ModelBlock | null {
  const { delayed } = parentCursor;
  let { batch, segment, offset } = parentCursor;
  for (;;) {
    const record = inbox.batches[Number(batch)];
    if (record === undefined) return null;
    const isFresh = segment === 0 && offset === 0;
    const found = blockAt(record.data, segment, offset);
    if (found !== null && isTimely(found.timestamp, parentTime, record.l1Time, rules)) {
      const { timestamp, messageCount, transactions } = found;
      const fits = BigInt(transactions.length) <= rules.blockGasLimit / GAS_PER_TRANSACTION;
      if (fits && delayed + messageCount <= record.delayedCount)
        return {
          kind: "sequenced",
          timestamp,
          cursor: { batch, segment: found.segment, offset: found.end, delayed },
          messages: messageCount,
          transactions,
        };
    }
    if (isFresh || delayed < record.delayedCount) {
      const timestamp = record.l1Time > parentTime ? record.l1Time : parentTime;
      const messages = record.delayedCount - delayed;
      return {
        kind: "message",
        timestamp,
        cursor: { batch, segment: NO_SEGMENT, offset: 0, delayed },
        messages,
        transactions: [],
      };
    }
    batch += 1n;
    segment = 0;
    offset = 0;
  }
}

function isTimely(
  timestamp: bigint,
  parentTime: bigint,
  recordTime: bigint,
  { maxDelay, maxAhead }: ModelRules,
): boolean {
  if (timestamp <= parentTime || timestamp > LAST_SECOND) return false;
  if (maxDelay !== 0n && timestamp + maxDelay < recordTime) return false;
  return maxAhead === 0n || timestamp <= recordTime + maxAhead;
}

type Found = { segment: number; end: number; timestamp: bigint; messageCount: bigint; transactions: Uint8Array[] };

function blockAt(data: Uint8Array, segment: number, offset: number): Found | null {
  if (segment === NO_SEGMENT || data.length > MAX_BATCH_BYTES) return null;
  let inflated = inflateAt(data, segment);
  if (inflated === null) return null;
  if (offset === inflated.bytes.length) {
    segment = inflated.next;
    offset = 0;
    inflated = inflateAt(data, segment);
    if (inflated === null) return null;
  }
  const { bytes } = inflated;
  try {
    const { item, end } = decodeRlpAt(bytes, offset);
    if (bytes.length > MAX_SEGMENT_BYTES && (offset !== 0 || end !== bytes.length)) return null;
    const [timestamp, messageCount, transactions] = rlpList(item, 3);
    return {
      segment,
      end,
      timestamp: rlpUint(timestamp, 8),
      messageCount: rlpUint(messageCount, 8),
      transactions: rlpList(transactions).map((raw) => rlpBytes(raw)),
    };
  } catch {
    return null;
  }
}

/** The segment at an offset, inflated; null where there is none or it is malformed. */
function inflateAt(data: Uint8Array, at: number): { bytes: Uint8Array; next: number } | null {
  if (at + 4 > data.length) return null;
  const length = new DataView(data.buffer, data.byteOffset).getUint32(at);
  const next = at + 4 + length;
  if (next > data.length) return null;
  try {
    const stream = data.subarray(at + 4, next);
    const result = inflateRawSync(stream, { maxOutputLength: MAX_BLOCK_BYTES, info: true }) as unknown as {
      buffer: Uint8Array;
      engine: { bytesWritten: number };
    };
    const isWhole = result.engine.bytesWritten === length && result.buffer.length > 0;
    if (!isWhole) return null;
    const bytes = result.buffer[0] === 1 ? rowsOfColumns(result.buffer) : result.buffer;
    return bytes === null || bytes.length > MAX_BLOCK_BYTES || bytes.length === 0 ? null : { bytes, next };
  } catch {
    return null;
  }
}
