import { MalformedModule } from "../errors";

/** Reads a module's bytes in order. Offsets are of the whole module. */
export class Reader {
  offset: number;

  constructor(
    readonly bytes: Uint8Array,
    start = 0,
    readonly end = bytes.length,
  ) {
    this.offset = start;
  }

  get atEnd(): boolean {
    return this.offset >= this.end;
  }

  byte(): number {
    if (this.offset >= this.end) throw new MalformedModule("unexpected end", this.offset);
    return this.bytes[this.offset++];
  }

  /** The next `length` bytes, not copied. */
  take(length: number): Uint8Array {
    if (length > this.end - this.offset) throw new MalformedModule("unexpected end", this.offset);
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  /** A reader over the next `length` bytes, which this one skips. */
  slice(length: number): Reader {
    const start = this.offset;
    this.take(length);
    return new Reader(this.bytes, start, start + length);
  }

  u32(): number {
    return Number(this.leb(32, false));
  }

  i32(): bigint {
    return this.leb(32, true);
  }

  i64(): bigint {
    return this.leb(64, true);
  }

  name(): string {
    const at = this.offset;
    const bytes = this.take(this.u32());
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new MalformedModule("name is not UTF-8", at);
    }
  }

  private leb(bits: number, signed: boolean): bigint {
    const at = this.offset;
    let value = 0n;
    for (let shift = 0; shift < bits + 7; shift += 7) {
      if (shift >= bits) break;
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << BigInt(shift);
      if ((byte & 0x80) === 0) {
        const sign = signed && (byte & 0x40) !== 0;
        if (sign) value |= -1n << BigInt(shift + 7);
        const wrapped = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
        if (wrapped !== value) throw new MalformedModule("integer too large", at);
        return value;
      }
    }
    throw new MalformedModule("integer representation too long", at);
  }
}
