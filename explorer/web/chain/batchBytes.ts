import { decodeRlpAt } from "../../../protocol/rlp";
import { keccak256 } from "../../../protocol/keccak";
import { fromHex, toHex } from "../../../protocol/bytes";
import { COLUMNS_MARK, fromColumns } from "../../../protocol/columns";

/** A block as a batch carries it, with the bytes that it stands in. */
export interface BatchBlock {
  timestamp: bigint;
  messageCount: bigint;
  /** EIP-2718 bytes and their hash, which is the transaction's on L2. */
  transactions: { hash: string; bytes: string }[];
  bytes: string;
}

/** A segment: four bytes of length, a DEFLATE stream, and the rows that it inflates to or stands for. */
export interface BatchSegment {
  offset: number;
  compressed: string;
  isInColumns: boolean;
  /** Bytes of its rows. */
  inflatedBytes: number;
  blocks: BatchBlock[];
  /** What makes the rest of the batch void; null where it is well formed. */
  fault: string | null;
}

/** Inflated bytes of a segment, at most. */
const MOST_BYTES = 1_048_576;
const EMPTY = { isInColumns: false, inflatedBytes: 0, fault: null };

/**
 * Takes a batch apart for people, as `decodeBatch` of protocol/batch does for nodes; a browser inflates in its own way.
 * @returns all segments up to the first malformed one, that one included.
 * @see docs/spec/01-interfaces.md#batch
 */
export async function readBatchBytes(data: string): Promise<BatchSegment[]> {
  const batch = fromHex(data);
  const segments: BatchSegment[] = [];
  for (let offset = 0; offset + 4 <= batch.length;) {
    const length = new DataView(batch.buffer, batch.byteOffset + offset).getUint32(0);
    const stream = batch.subarray(offset + 4, offset + 4 + length);
    const segment: BatchSegment = { ...EMPTY, offset, compressed: toHex(stream), blocks: [] };
    segments.push(segment);
    const inflated = stream.length === length ? await inflate(stream) : null;
    if (inflated === null) segment.fault = stream.length === length ? "no DEFLATE stream" : "longer than the batch";
    else segment.fault = readSegment(inflated, segment);
    if (segment.fault !== null) return segments;
    offset += 4 + length;
  }
  return segments;
}

/** @returns the fault that ended it, or null. */
function readSegment(inflated: Uint8Array, segment: BatchSegment): string | null {
  segment.isInColumns = inflated[0] === COLUMNS_MARK;
  try {
    const rows = segment.isInColumns ? fromColumns(inflated, MOST_BYTES) : inflated;
    segment.inflatedBytes = rows.length;
    return readBlocks(rows, segment.blocks);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @returns the fault that ended it, or null. */
function readBlocks(data: Uint8Array, blocks: BatchBlock[]): string | null {
  for (let at = 0; at < data.length;) {
    try {
      const { item, end } = decodeRlpAt(data, at);
      const [timestamp, messageCount, transactions] = item as [Uint8Array, Uint8Array, Uint8Array[]];
      blocks.push({
        timestamp: integer(timestamp),
        messageCount: integer(messageCount),
        transactions: transactions.map((bytes) => ({ hash: toHex(keccak256(bytes)), bytes: toHex(bytes) })),
        bytes: toHex(data.subarray(at, end)),
      });
      at = end;
    } catch (error) {
      return `byte ${at}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  return null;
}

async function inflate(stream: Uint8Array): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    const body = new Blob([stream as Uint8Array<ArrayBuffer>])
      .stream()
      .pipeThrough(new DecompressionStream("deflate-raw"));
    for (const reader = body.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      size += value.length;
      if (size > MOST_BYTES) return null;
    }
  } catch {
    return null;
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function integer(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(toHex(bytes));
}
