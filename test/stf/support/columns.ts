import { concatBytes, encodeRlp, rlpInteger } from "../../../protocol";

/*
 * A second reading of docs/spec/01-interfaces.md#columns, written from the text: all columns are lists first, and rows are made of the lists.
 */

const MAX_TIME = 2n ** 53n - 1n;

/** What the columns of a segment hold, as far as it needs no other column to know. */
interface Lists {
  blocks: bigint[];
  kinds: Uint8Array;
  recipients: bigint[];
  addresses: Uint8Array;
  lengths: bigint[];
  data: Uint8Array;
  /** Six pairs of columns. */
  numbers: { shapes: Uint8Array; digits: Uint8Array }[];
  signatures: Uint8Array;
}

/** The rows of a segment in columns; null where it is malformed. */
export function rowsOfColumns(segment: Uint8Array): Uint8Array | null {
  const columns = split(segment);
  const blocks = columns && varints(columns[0]);
  const recipients = columns && varints(columns[2]);
  const lengths = columns && varints(columns[4]);
  if (columns === null || !blocks || !recipients || !lengths || blocks.length % 3 !== 0) return null;
  const numbers = Array.from({ length: 6 }, (_, i) => ({ shapes: columns[6 + 2 * i], digits: columns[7 + 2 * i] }));
  const [kinds, addresses, data, signatures] = [1, 3, 5, 18].map((index) => columns[index]);
  const all = { blocks, kinds, recipients, addresses, lengths, data, numbers, signatures };
  const transactions = transactionsOf(all);
  if (transactions === null) return null;
  const rows: Uint8Array[] = [];
  let time = 0n;
  let taken = 0;
  for (let i = 0; i < blocks.length; i += 3) {
    const [delta, messages, count] = blocks.slice(i, i + 3);
    time += delta;
    if (time > MAX_TIME || BigInt(taken) + count > BigInt(transactions.length)) return null;
    const listed = transactions.slice(taken, taken + Number(count));
    taken += Number(count);
    rows.push(encodeRlp([rlpInteger(time), rlpInteger(messages), listed]));
  }
  return taken === transactions.length ? concatBytes(...rows) : null;
}

/** Each column's bytes by the lengths in front; null unless they fill the segment exactly. */
function split(segment: Uint8Array): Uint8Array[] | null {
  if (segment.length < 77) return null;
  const lengths = Array.from({ length: 19 }, (_, i) => Buffer.from(segment).readUInt32BE(1 + 4 * i));
  if (77 + lengths.reduce((sum, length) => sum + length, 0) !== segment.length) return null;
  let end = 77;
  return lengths.map((length) => segment.subarray(end, (end += length)));
}

/** All numbers of a column of varints; null where one has no end or more than eight bytes. */
function varints(column: Uint8Array): bigint[] | null {
  const numbers: bigint[] = [];
  let group: number[] = [];
  for (const byte of column) {
    group.push(byte);
    if (byte < 128) {
      numbers.push(group.reduceRight((sum, digit) => sum * 128n + BigInt(digit % 128), 0n));
      group = [];
    } else if (group.length === 8) return null;
  }
  return group.length === 0 ? numbers : null;
}

/** Every transaction of the kinds' column in order; null where another column has less for them, or more. */
function transactionsOf(lists: Lists): Uint8Array[] | null {
  const { recipients, addresses, lengths, data, signatures } = lists;
  const kinds = [...lists.kinds];
  const apart = kinds.filter((kind) => kind !== 0);
  if (apart.some((kind) => kind < 2 || kind > 5)) return null;
  if (lengths.length !== kinds.length || recipients.length !== apart.length) return null;
  if (signatures.length !== 64 * apart.length) return null;
  const total = lengths.reduce((sum, length) => sum + length, 0n);
  const distinct = recipients.reduce((most, place) => (place > most ? place : most), 0n);
  if (total !== BigInt(data.length) || 20n * distinct !== BigInt(addresses.length)) return null;
  if (!isInOrder(recipients)) return null;
  const fields = lists.numbers.map(({ shapes, digits }, index) =>
    numbersOf(shapes, digits, index === 2 ? apart.filter((kind) => kind < 4).length : apart.length),
  );
  if (fields.includes(null)) return null;
  const next = fields.map((values) => values![Symbol.iterator]());
  const places = recipients[Symbol.iterator]();
  let at = 0;
  let signed = 0;
  const raws: Uint8Array[] = [];
  for (const [index, kind] of kinds.entries()) {
    const bytes = data.subarray(at, (at += Number(lengths[index])));
    if (kind === 0) {
      raws.push(bytes);
      continue;
    }
    const number = (field: number): bigint => next[field].next().value as bigint;
    const place = Number(places.next().value);
    const to = place === 0 ? new Uint8Array(0) : addresses.subarray(20 * place - 20, 20 * place);
    const [r, s] = [signed, signed + 32].map((from) => integer(signatures.subarray(from, from + 32)));
    signed += 64;
    const raw = assemble(
      kind,
      [0, 1, 2, 3, 4, 5].map((field) => (field === 2 && kind > 3 ? 0n : number(field))),
      to,
      bytes,
      r,
      s,
    );
    if (raw === null) return null;
    raws.push(raw);
  }
  return raws;
}

/** An address stands in its column when it is first named. */
function isInOrder(recipients: readonly bigint[]): boolean {
  let most = 0n;
  return recipients.every((place) => place <= most || place === (most += 1n));
}

/** Exactly so many numbers of two columns. */
function numbersOf(shapes: Uint8Array, digits: Uint8Array, count: number): bigint[] | null {
  if (shapes.length !== count || shapes.some((shape) => shape >= 7 * 33)) return null;
  let at = 0;
  const numbers = [...shapes].map((shape) => {
    const from = at;
    at += shape % 33;
    return integer(digits.subarray(from, at)) * 1000n ** BigInt(Math.floor(shape / 33));
  });
  return at === digits.length && numbers.every((number) => number >> 256n === 0n) ? numbers : null;
}

function assemble(
  kind: number,
  [chainId, nonce, tip, fee, gas, value]: bigint[],
  to: Uint8Array,
  data: Uint8Array,
  r: bigint,
  s: bigint,
): Uint8Array | null {
  const parity = BigInt(kind % 2);
  const int = (number: bigint): Uint8Array => rlpInteger(number);
  if (kind < 4) {
    const head = [int(chainId), int(nonce), int(tip), int(fee), int(gas)];
    return concatBytes(Uint8Array.of(2), encodeRlp([...head, to, int(value), data, [], int(parity), int(r), int(s)]));
  }
  if (chainId >= 2n ** 62n) return null;
  return encodeRlp([
    int(nonce),
    int(fee),
    int(gas),
    to,
    int(value),
    data,
    int(35n + 2n * chainId + parity),
    int(r),
    int(s),
  ]);
}

function integer(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}
