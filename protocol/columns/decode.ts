import { concatBytes, toBigInt } from "../bytes";
import { encodeRlp, rlpInteger, type RlpItem } from "../rlp";
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
  NUMBERS,
  OPAQUE,
  PRIORITY_FEE,
  SHAPE_BASE,
  WORD_BYTES,
} from "./layout";

const NONE = new Uint8Array(0);

/** Thrown by `fromColumns`: the bytes are no columns. */
export class ColumnsError extends Error {
  readonly code = "columns-malformed";
}

/**
 * The rows that stand in columns: RLP of each block, one behind the other.
 * @param maxBytes - of the rows.
 * @throws ColumnsError where a column ends too early or too late, or holds what none may. @see docs/spec/01-interfaces.md#columns
 */
export function fromColumns(data: Uint8Array, maxBytes: number): Uint8Array {
  const columns = new ColumnReader(data);
  const rows: Uint8Array[] = [];
  let time = 0n;
  let bytes = 0;
  while (!columns.isAtEnd(COLUMN.blocks)) {
    time += columns.varint(COLUMN.blocks);
    if (time > MAX_TIMESTAMP) throw new ColumnsError(`a block at ${time} s, at most ${MAX_TIMESTAMP}`);
    const messageCount = columns.varint(COLUMN.blocks);
    const transactions: Uint8Array[] = [];
    for (let left = columns.varint(COLUMN.blocks); left > 0n; left--) {
      const raw = transactionOf(columns);
      transactions.push(raw);
      if ((bytes += raw.length) > maxBytes) throw new ColumnsError(`more than ${maxBytes} bytes`);
    }
    rows.push(encodeRlp([rlpInteger(time), rlpInteger(messageCount), transactions]));
  }
  columns.requireEnd();
  const joined = concatBytes(...rows);
  if (joined.length > maxBytes) throw new ColumnsError(`${joined.length} bytes, at most ${maxBytes}`);
  return joined;
}

function transactionOf(columns: ColumnReader): Uint8Array {
  const kind = columns.take(COLUMN.kinds, 1)[0];
  if (kind === OPAQUE) return columns.data();
  const base = kind & ~1;
  if (base !== EIP1559 && base !== LEGACY) throw new ColumnsError(`a transaction of kind ${kind}`);
  const [chainId, nonce, priorityFee, fee, gasLimit, value] = NUMBERS.map((_, index) =>
    index === PRIORITY_FEE && base === LEGACY ? 0n : columns.number(index),
  );
  const to = columns.recipient();
  const data = columns.data();
  const signature = [columns.word(), columns.word()];
  const parity = BigInt(kind - base);
  if (base === LEGACY) {
    const [r, s] = signature;
    if (chainId >= MAX_LEGACY_CHAIN_ID) throw new ColumnsError(`chain id ${chainId} of a transaction without a type`);
    const v = 35n + 2n * chainId + parity;
    const before = [nonce, fee, gasLimit].map(rlpInteger);
    return encodeRlp([...before, to, rlpInteger(value), data, ...[v, r, s].map(rlpInteger)]);
  }
  const before: RlpItem[] = [chainId, nonce, priorityFee, fee, gasLimit].map(rlpInteger);
  const fields = [...before, to, rlpInteger(value), data, [], ...[parity, ...signature].map(rlpInteger)];
  return concatBytes(Uint8Array.of(2), encodeRlp(fields));
}

/** Reads each column forward. All methods throw ColumnsError where it has no more. */
class ColumnReader {
  private readonly columns: Uint8Array[] = [];
  private readonly places = new Array<number>(COLUMN_COUNT).fill(0);
  private readonly addresses: Uint8Array[] = [];

  constructor(data: Uint8Array) {
    if (data[0] !== COLUMNS_MARK || data.length < HEAD_BYTES) throw new ColumnsError("no columns");
    const view = new DataView(data.buffer, data.byteOffset);
    let at = HEAD_BYTES;
    for (let index = 0; index < COLUMN_COUNT; index++) {
      const end = at + view.getUint32(1 + LENGTH_BYTES * index);
      if (end > data.length) throw new ColumnsError(`column ${index} reaches past the end`);
      this.columns.push(data.subarray(at, end));
      at = end;
    }
    if (at !== data.length) throw new ColumnsError(`${data.length - at} bytes behind the columns`);
  }

  isAtEnd(column: number): boolean {
    return this.places[column] === this.columns[column].length;
  }

  requireEnd(): void {
    const rest = this.columns.findIndex((_, column) => !this.isAtEnd(column));
    if (rest !== -1) throw new ColumnsError(`column ${rest} holds more than the blocks do`);
  }

  take(column: number, length: number): Uint8Array {
    const at = this.places[column];
    const end = at + length;
    if (end > this.columns[column].length) throw new ColumnsError(`column ${column} ends too early`);
    this.places[column] = end;
    return this.columns[column].subarray(at, end);
  }

  /** Seven bits a byte, the lowest first. */
  varint(column: number): bigint {
    let value = 0n;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.take(column, 1)[0];
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return value;
    }
    throw new ColumnsError(`column ${column}: a number of more than ${MAX_VARINT_BYTES} bytes`);
  }

  number(index: number): bigint {
    const column = COLUMN.numbers + 2 * index;
    const shape = this.take(column, 1)[0];
    const power = Math.floor(shape / SHAPE_BASE);
    if (power > MAX_POWER) throw new ColumnsError(`a number of shape ${shape}`);
    const value = toBigInt(this.take(column + 1, shape % SHAPE_BASE)) * 1_000n ** BigInt(power);
    if (value >= 2n ** 256n) throw new ColumnsError("a number of more than 256 bits");
    return value;
  }

  recipient(): Uint8Array {
    const place = Number(this.varint(COLUMN.recipients));
    if (place === 0) return NONE;
    if (place > this.addresses.length + 1) throw new ColumnsError(`address ${place} of ${this.addresses.length}`);
    if (place > this.addresses.length) this.addresses.push(this.take(COLUMN.addresses, ADDRESS_BYTES));
    return this.addresses[place - 1];
  }

  data(): Uint8Array {
    return this.take(COLUMN.data, Number(this.varint(COLUMN.lengths)));
  }

  word(): bigint {
    return toBigInt(this.take(COLUMN.signatures, WORD_BYTES));
  }
}
