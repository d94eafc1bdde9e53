/** The key space: one letter per table, then fixed-width big-endian numbers or 32-byte hashes. */
const TABLES = {
  /** content hash -> bytes */
  node: "n",
  /** block hash -> summary; body; receipts */
  block: "b",
  body: "t",
  receipts: "r",
  /** block number -> canonical block hash */
  canonical: "c",
  /** transaction hash -> block hash, index */
  transaction: "x",
  /** alias of a transaction hash -> canonical hash */
  alias: "a",
  /** output root -> block hash */
  output: "o",
  /** name -> value */
  meta: "m",
  /** L1 block number -> checkpoint; batch index -> batch; message index -> message */
  l1Block: "L",
  batch: "B",
  message: "M",
  /** batch index -> what was derived from it */
  derived: "D",
  /** outgoing L1 transactions by nonce; closed batches by index; bodies of own blocks by number; pooled transactions by arrival */
  outgoing: "O",
  posted: "P",
  blockBody: "S",
  pooled: "Q",
  /** block number -> soft confirmations that were signed for it */
  promise: "C",
  /** block hash -> what the chain owes after it; withdrawal hash -> what it takes out of escrow */
  audit: "A",
  withdrawal: "W",
  /** address, block number -> transactions of the block in which it occurs; block number -> the block and the addresses in it */
  occurrence: "H",
  occurrences: "h",
  /** name of an index -> the block behind its last */
  indexed: "I",
} as const;

export type Table = keyof typeof TABLES;

export function hashKey(table: Table, hash: Uint8Array): Buffer {
  const key = Buffer.allocUnsafe(1 + hash.length);
  key[0] = TABLES[table].charCodeAt(0);
  key.set(hash, 1);
  return key;
}

export function numberKey(table: Table, number: number): Buffer {
  const key = Buffer.allocUnsafe(9);
  key[0] = TABLES[table].charCodeAt(0);
  key.writeBigUInt64BE(BigInt(number), 1);
  return key;
}

export function addressKey(table: Table, address: Uint8Array, number: number): Buffer {
  const key = Buffer.allocUnsafe(9 + address.length);
  key[0] = TABLES[table].charCodeAt(0);
  key.set(address, 1);
  key.writeBigUInt64BE(BigInt(number), 1 + address.length);
  return key;
}

export function nameKey(table: Table, name: string): Buffer {
  return Buffer.concat([Buffer.from(TABLES[table]), Buffer.from(name)]);
}

/** First key of a table and the first key behind it. */
export function tableRange(table: Table): [Buffer, Buffer] {
  const letter = TABLES[table].charCodeAt(0);
  return [Buffer.of(letter), Buffer.of(letter + 1)];
}

/** The number in a key that `numberKey` made. */
export function keyNumber(key: Buffer): number {
  return Number(key.readBigUInt64BE(1));
}

const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, from: number, to: number): string;
};

/** A hash as a key of a Map: one character for each byte. */
export function mapKey(hash: Uint8Array): string {
  return latin1Slice.call(hash, 0, hash.length);
}
