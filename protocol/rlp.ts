import { concatBytes, toBigInt, toMinimalBytes } from "./bytes";

/** An RLP item: a byte string, or a list of items. */
export type RlpItem = Uint8Array | RlpItem[];

/** Thrown by `decodeRlp`: the bytes are not one canonical item. */
export class RlpError extends Error {
  readonly code = "rlp-malformed";
}

const MAX_DEPTH = 64;

/** The canonical encoding of an item. */
export function encodeRlp(item: RlpItem): Uint8Array {
  if (item instanceof Uint8Array) {
    if (item.length === 1 && item[0] < 0x80) return item;
    return concatBytes(prefix(0x80, item.length), item);
  }
  const payload = concatBytes(...item.map(encodeRlp));
  return concatBytes(prefix(0xc0, payload.length), payload);
}

/** The RLP string of an integer: big-endian without leading zeros. */
export function rlpInteger(value: bigint | number): Uint8Array {
  return toMinimalBytes(value);
}

/**
 * Decodes bytes that hold exactly one canonical item. Strings are views into the input.
 * @throws RlpError on trailing bytes, long forms where short ones are due, and items past the end.
 */
export function decodeRlp(data: Uint8Array): RlpItem {
  const { item, end } = decodeRlpAt(data, 0);
  if (end !== data.length) throw new RlpError(`${data.length - end} bytes behind the item`);
  return item;
}

/** Decodes the item at `offset`; `end` is the offset behind it. @throws RlpError as `decodeRlp`. */
export function decodeRlpAt(data: Uint8Array, offset: number): { item: RlpItem; end: number } {
  return decodeAt(data, offset, data.length, 0);
}

/** An item as a list of exactly `length` items (of any number when absent). @throws RlpError otherwise. */
export function rlpList(item: RlpItem | undefined, length?: number): RlpItem[] {
  if (!Array.isArray(item)) throw new RlpError("a list is due");
  if (length !== undefined && item.length !== length) throw new RlpError(`${item.length} items, not ${length}`);
  return item;
}

/** An item as a byte string, of exactly `length` bytes where given. @throws RlpError otherwise. */
export function rlpBytes(item: RlpItem | undefined, length?: number): Uint8Array {
  if (!(item instanceof Uint8Array)) throw new RlpError("a byte string is due");
  if (length !== undefined && item.length !== length) throw new RlpError(`${item.length} bytes, not ${length}`);
  return item;
}

/** An item as a canonical integer of at most `maxBytes`. @throws RlpError otherwise. */
export function rlpUint(item: RlpItem | undefined, maxBytes = 32): bigint {
  const bytes = rlpBytes(item);
  if (bytes.length > maxBytes) throw new RlpError(`an integer of ${bytes.length} bytes, at most ${maxBytes}`);
  if (bytes.length > 0 && bytes[0] === 0) throw new RlpError("an integer with leading zeros");
  return toBigInt(bytes);
}

function prefix(base: number, length: number): Uint8Array {
  if (length < 56) return Uint8Array.of(base + length);
  const size = toMinimalBytes(length);
  return concatBytes(Uint8Array.of(base + 55 + size.length), size);
}

function decodeAt(data: Uint8Array, offset: number, limit: number, depth: number): { item: RlpItem; end: number } {
  if (offset >= limit) throw new RlpError("no item");
  if (depth > MAX_DEPTH) throw new RlpError("lists too deep");
  const head = data[offset];
  if (head < 0x80) return { item: data.subarray(offset, offset + 1), end: offset + 1 };
  const isList = head >= 0xc0;
  const short = head - (isList ? 0xc0 : 0x80);
  let start = offset + 1;
  let length = short;
  if (short > 55) {
    const size = short - 55;
    if (start + size > limit) throw new RlpError("length past the end");
    if (data[start] === 0) throw new RlpError("length with leading zeros");
    if (size > 6) throw new RlpError("length too long");
    length = Number(toBigInt(data.subarray(start, start + size)));
    if (length < 56) throw new RlpError("long form of a short item");
    start += size;
  }
  const end = start + length;
  if (end > limit) throw new RlpError("item past the end");
  if (!isList) {
    if (length === 1 && data[start] < 0x80) throw new RlpError("prefixed single byte");
    return { item: data.subarray(start, end), end };
  }
  const items: RlpItem[] = [];
  while (start < end) {
    const next = decodeAt(data, start, end, depth + 1);
    items.push(next.item);
    start = next.end;
  }
  return { item: items, end };
}
