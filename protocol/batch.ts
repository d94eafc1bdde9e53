import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { concatBytes } from "./bytes";
import { COLUMNS_MARK, fromColumns, toColumns } from "./columns";
import { decodeRlpAt, encodeRlp, rlpBytes, rlpInteger, rlpList, rlpUint } from "./rlp";

/** Bytes of a batch, at most; transaction pools refuse more than 131,072 of calldata. */
export const MAX_BATCH_BYTES = 120_000;
/** Inflated bytes of a segment of several blocks, at most. */
export const MAX_SEGMENT_BYTES = 131_072;
/** Bytes of a block, at most; one longer than a segment stands in a segment alone. */
export const MAX_BLOCK_BYTES = 1_048_576;

/** A block as a batch carries it. */
export interface BlockBody {
  /** Seconds. */
  timestamp: bigint;
  /** Delayed messages to consume, at most. */
  messageCount: bigint;
  /** EIP-2718 bytes. */
  transactions: readonly Uint8Array[];
}

/** A block read from a batch, and where it stands. */
export interface PlacedBody extends BlockBody {
  /** Byte offset of the segment in the batch. */
  segment: number;
  /** Byte offset in the inflated segment. */
  offset: number;
  lengthBytes: number;
}

/** `rlp([timestamp, messageCount, [tx, ...]])`. @see docs/spec/01-interfaces.md#batch */
export function encodeBody(body: BlockBody): Uint8Array {
  return encodeRlp([rlpInteger(body.timestamp), rlpInteger(body.messageCount), [...body.transactions]]);
}

/** A segment: four bytes of length, then the DEFLATE stream of the blocks, in rows or in columns, whichever is shorter. */
export function encodeSegment(bodies: readonly Uint8Array[], level = 9): Uint8Array {
  const rows = deflateRawSync(concatBytes(...bodies), { level });
  const columns = deflateColumns(bodies, level);
  const stream = columns !== null && columns.length < rows.length ? columns : rows;
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, stream.length);
  return concatBytes(length, stream);
}

/** A final block of nothing: the end of a stream. */
const STREAM_END = Uint8Array.of(0x03, 0x00);

/** One stream of which each column has blocks of its own, so that each has its own code; null where columns do not hold the blocks. */
function deflateColumns(bodies: readonly Uint8Array[], level: number): Uint8Array | null {
  const columns = toColumns(bodies);
  if (columns === null || columns.reduce((sum, { length }) => sum + length, 0) > MAX_BLOCK_BYTES) return null;
  const pieces = columns
    .filter(({ length }) => length > 0)
    .map((column) => deflateRawSync(column, { level, finishFlush: constants.Z_SYNC_FLUSH }));
  return concatBytes(...pieces, STREAM_END);
}

/**
 * Splits a batch into its blocks, up to the first malformed segment or block: what derivation reads, but for the rules that need
 * the chain's state. Never throws.
 */
export function decodeBatch(batch: Uint8Array): PlacedBody[] {
  const blocks: PlacedBody[] = [];
  let segment = 0;
  while (segment + 4 <= batch.length) {
    const length = new DataView(batch.buffer, batch.byteOffset + segment).getUint32(0);
    const data = inflateSegment(batch.subarray(segment + 4, segment + 4 + length), length);
    if (data === null) return blocks;
    let offset = 0;
    while (offset < data.length) {
      const block = decodeBodyAt(data, offset);
      if (block === null) return blocks;
      if (data.length > MAX_SEGMENT_BYTES && block.end !== data.length) return blocks;
      blocks.push({ ...block.body, segment, offset, lengthBytes: block.end - offset });
      offset = block.end;
    }
    segment += 4 + length;
  }
  return blocks;
}

function inflateSegment(stream: Uint8Array, length: number): Uint8Array | null {
  if (stream.length !== length) return null;
  try {
    const { buffer, engine } = inflateRawSync(stream, { maxOutputLength: MAX_BLOCK_BYTES, info: true }) as unknown as {
      buffer: Uint8Array;
      engine: { bytesWritten: number };
    };
    if (buffer.length === 0 || engine.bytesWritten !== length) return null;
    return buffer[0] === COLUMNS_MARK ? fromColumns(buffer, MAX_BLOCK_BYTES) : buffer;
  } catch {
    return null;
  }
}

function decodeBodyAt(data: Uint8Array, offset: number): { body: BlockBody; end: number } | null {
  try {
    const { item, end } = decodeRlpAt(data, offset);
    const [timestamp, messageCount, transactions] = rlpList(item, 3);
    const body = {
      timestamp: rlpUint(timestamp, 8),
      messageCount: rlpUint(messageCount, 8),
      transactions: rlpList(transactions).map((raw) => rlpBytes(raw)),
    };
    return { body, end };
  } catch {
    return null;
  }
}
