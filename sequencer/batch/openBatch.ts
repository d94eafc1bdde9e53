import { encodeSegment, MAX_BATCH_BYTES, MAX_SEGMENT_BYTES } from "../../protocol/batch";

/** One speed for all: a segment must compress to the same length whenever it is made again. */
export const SEGMENT_LEVEL = 6;
const LENGTH_BYTES = 4;

/** Where a block stands: batch, byte offset of its segment, byte offset in the inflated segment. */
export interface Place {
  batch: number;
  segment: number;
  offset: number;
}

/**
 * The batch under construction. A block's place is part of its hash, so it is fixed before the block is built: `place` says
 * where a block of so many bytes would go, `append` puts it there or refuses, and then the batch has to be closed first.
 */
export class OpenBatch {
  private readonly sealed: Uint8Array[] = [];
  private sealedBytes = 0;
  private bodies: Uint8Array[] = [];
  private bodyBytes = 0;
  private count = 0;
  /** Length of the current segment with what it holds, compressed; null until asked. */
  private compressed: Uint8Array | null = null;

  constructor(readonly index: number) {}

  get isEmpty(): boolean {
    return this.count === 0;
  }

  get blockCount(): number {
    return this.count;
  }

  /** Bytes that L1 takes behind what the batch holds, at least. */
  get room(): number {
    const held = this.sealedBytes + (this.bodies.length === 0 ? 0 : this.currentSegment().length);
    return MAX_BATCH_BYTES - held - LENGTH_BYTES;
  }

  /** The place of a block of at most `bytes` bytes. */
  place(bytes: number): Place {
    const isNew = this.bodies.length > 0 && this.bodyBytes + bytes > MAX_SEGMENT_BYTES;
    const segment = this.sealedBytes + (isNew ? this.currentSegment().length : 0);
    return { batch: this.index, segment, offset: isNew ? 0 : this.bodyBytes };
  }

  /**
   * Puts a block at the place it was built for.
   * @returns false when the batch would be longer than L1 takes, or the place is not the next one any more; nothing changes then.
   */
  append(body: Uint8Array, place: Place): boolean {
    const isNew = this.bodies.length > 0 && place.offset === 0;
    const sealedBytes = this.sealedBytes + (isNew ? this.currentSegment().length : 0);
    const offset = isNew ? 0 : this.bodyBytes;
    if (place.batch !== this.index || place.segment !== sealedBytes || place.offset !== offset) return false;
    const bodies = isNew ? [body] : [...this.bodies, body];
    const inflated = offset + body.length;
    if (inflated > MAX_SEGMENT_BYTES && bodies.length > 1) return false;
    let segment: Uint8Array | null = null;
    // Stored blocks of DEFLATE cost five bytes for each 16 KiB at most: far from the limit nothing has to be compressed to know.
    if (sealedBytes + LENGTH_BYTES + inflated + 5 * (Math.ceil(inflated / 16_383) + 1) > MAX_BATCH_BYTES) {
      segment = encodeSegment(bodies, SEGMENT_LEVEL);
      if (sealedBytes + segment.length > MAX_BATCH_BYTES) return false;
    }
    if (isNew) this.sealed.push(this.currentSegment());
    this.sealedBytes = sealedBytes;
    this.bodies = bodies;
    this.bodyBytes = inflated;
    this.compressed = segment;
    this.count++;
    return true;
  }

  /** The batch's bytes as they would be posted now. */
  encode(): Uint8Array {
    return Buffer.concat(this.bodies.length === 0 ? this.sealed : [...this.sealed, this.currentSegment()]);
  }

  private currentSegment(): Uint8Array {
    this.compressed ??= encodeSegment(this.bodies, SEGMENT_LEVEL);
    return this.compressed;
  }
}
