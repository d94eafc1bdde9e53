import { concatBytes, leftPad32, toBigInt, toHex, toMinimalBytes } from "../bytes";
import { decodeRlp, decodeRlpAt, rlpBytes, rlpList, rlpUint, type RlpItem } from "../rlp";
import {
  ADDRESS_BYTES,
  COLUMN,
  COLUMN_COUNT,
  COLUMNS_MARK,
  EIP1559,
  HEAD_BYTES,
  LEGACY,
  LENGTH_BYTES,
  MAX_LEGACY_CHAIN_ID,
  MAX_POWER,
  MAX_TIMESTAMP,
  MAX_VARINT_BYTES,
  OPAQUE,
  SHAPE_BASE,
  WORD_BYTES,
} from "./layout";

/** A transaction taken apart. Numbers are minimal big-endian bytes in the order of `NUMBERS`, null where its kind has none. */
interface Fields {
  kind: typeof EIP1559 | typeof LEGACY;
  parity: number;
  numbers: readonly (Uint8Array | null)[];
  to: Uint8Array;
  data: Uint8Array;
  r: Uint8Array;
  s: Uint8Array;
}

/**
 * Blocks in rows, as columns.
 * @param rows - RLP of each block.
 * @returns the mark with the lengths, then the columns: each compresses best by itself. Null where columns cannot hold the rows: one is no
 * block, or times fall.
 * @see docs/spec/01-interfaces.md#columns
 */
export function toColumns(rows: readonly Uint8Array[]): Uint8Array[] | null {
  const writer = new ColumnWriter();
  let before = 0n;
  try {
    for (const row of rows) before = writer.putRow(row, before);
  } catch {
    return null;
  }
  return writer.columns();
}

class ColumnWriter {
  private readonly parts = Array.from({ length: COLUMN_COUNT }, () => [] as Uint8Array[]);
  /** Index in the column of addresses of each that was met. */
  private readonly addresses = new Map<string, number>();

  columns(): Uint8Array[] {
    const columns = this.parts.map((parts) => concatBytes(...parts));
    const head = new Uint8Array(HEAD_BYTES);
    head[0] = COLUMNS_MARK;
    const view = new DataView(head.buffer);
    columns.forEach(({ length }, index) => view.setUint32(1 + LENGTH_BYTES * index, length));
    return [head, ...columns];
  }

  /** @returns the block's time. @throws Error where columns do not hold it. */
  putRow(row: Uint8Array, before: bigint): bigint {
    const { item, end } = decodeRlpAt(row, 0);
    const [timestamp, messageCount, transactions] = rlpList(item, 3);
    const time = rlpUint(timestamp, 8);
    if (end !== row.length || time < before || time > MAX_TIMESTAMP) throw new Error("no columns for this block");
    const raws = rlpList(transactions);
    this.put(COLUMN.blocks, varint(time - before), varint(rlpUint(messageCount, 8)), varint(BigInt(raws.length)));
    for (const raw of raws) this.putTransaction(rlpBytes(raw));
    return time;
  }

  private putTransaction(raw: Uint8Array): void {
    const fields = takeApart(raw);
    if (fields === null) {
      this.put(COLUMN.kinds, Uint8Array.of(OPAQUE));
      this.putData(raw);
      return;
    }
    this.put(COLUMN.kinds, Uint8Array.of(fields.kind + fields.parity));
    fields.numbers.forEach((number, index) => number !== null && this.putNumber(index, number));
    this.putRecipient(fields.to);
    this.putData(fields.data);
    this.put(COLUMN.signatures, leftPad32(fields.r), leftPad32(fields.s));
  }

  private putNumber(index: number, number: Uint8Array): void {
    let digits = number;
    let power = 0;
    if (number.length > 2) {
      let value = integer(number);
      for (; power < MAX_POWER && value % 1_000n === 0n; power++) value /= 1_000n;
      if (power > 0) digits = toMinimalBytes(value);
    }
    const column = COLUMN.numbers + 2 * index;
    this.put(column, Uint8Array.of(SHAPE_BASE * power + digits.length));
    this.put(column + 1, digits);
  }

  private putRecipient(to: Uint8Array): void {
    if (to.length === 0) {
      this.put(COLUMN.recipients, varint(0n));
      return;
    }
    const key = toHex(to);
    const known = this.addresses.get(key) ?? this.addresses.size;
    if (known === this.addresses.size) {
      this.addresses.set(key, known);
      this.put(COLUMN.addresses, to);
    }
    this.put(COLUMN.recipients, varint(BigInt(known + 1)));
  }

  private putData(data: Uint8Array): void {
    this.put(COLUMN.lengths, varint(BigInt(data.length)));
    this.put(COLUMN.data, data);
  }

  private put(column: number, ...parts: Uint8Array[]): void {
    this.parts[column].push(...parts);
  }
}

/** @returns null for what goes as it is: other types, access lists, no canonical encoding. */
function takeApart(raw: Uint8Array): Fields | null {
  try {
    if (raw[0] === 2) return ofFields(EIP1559, rlpList(decodeRlp(raw.subarray(1)), 12));
    return ofFields(LEGACY, rlpList(decodeRlp(raw), 9));
  } catch {
    return null;
  }
}

/** @throws RlpError where a field is malformed. */
function ofFields(kind: Fields["kind"], items: RlpItem[]): Fields | null {
  const isLegacy = kind === LEGACY;
  if (!isLegacy && rlpList(items[8]).length !== 0) return null;
  const flat = isLegacy ? items : [...items.slice(0, 8), ...items.slice(9)];
  const bytes = flat.map((item) => rlpBytes(item));
  if (isLegacy) {
    const [nonce, fee, gasLimit, to, value, data, v, r, s] = bytes;
    const protection = rlpUint(v, 8) - 35n;
    if (protection < 0n || protection / 2n >= MAX_LEGACY_CHAIN_ID) return null;
    const chainId = toMinimalBytes(protection / 2n);
    const numbers = [chainId, nonce, null, fee, gasLimit, value];
    return checked({ kind, parity: Number(protection % 2n), numbers, to, data, r, s });
  }
  const [chainId, nonce, priorityFee, fee, gasLimit, to, value, data, parity, r, s] = bytes;
  const numbers = [chainId, nonce, priorityFee, fee, gasLimit, value];
  return parity.length > 1 || (parity.length === 1 && parity[0] !== 1)
    ? null
    : checked({ kind, parity: parity.length, numbers, to, data, r, s });
}

/** @returns null where a number has leading zeros or more than 32 bytes, or the recipient is no address. */
function checked(fields: Fields): Fields | null {
  const { numbers, to, r, s } = fields;
  if (!numbers.every((number) => number === null || isInteger(number)) || !isInteger(r) || !isInteger(s)) return null;
  return to.length === 0 || to.length === ADDRESS_BYTES ? fields : null;
}

function isInteger(bytes: Uint8Array): boolean {
  return bytes.length <= WORD_BYTES && bytes[0] !== 0;
}

/** As `toBigInt`, without a detour over hex where it is short, as most are. */
function integer(bytes: Uint8Array): bigint {
  if (bytes.length > 12) return toBigInt(bytes);
  let high = 0;
  let low = 0;
  for (const byte of bytes.subarray(0, -6)) high = 256 * high + byte;
  for (const byte of bytes.subarray(-6)) low = 256 * low + byte;
  return high === 0 ? BigInt(low) : (BigInt(high) << 48n) | BigInt(low);
}

/** Seven bits a byte, the lowest first. @throws Error above 56 bits. */
function varint(value: bigint): Uint8Array {
  if (value < 0x80n) return Uint8Array.of(Number(value));
  const bytes: number[] = [];
  for (; value >= 0x80n; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80);
  bytes.push(Number(value));
  if (bytes.length > MAX_VARINT_BYTES) throw new Error("more than 56 bits");
  return Uint8Array.from(bytes);
}
