/** First byte of a segment in columns; one in rows begins with a list. */
export const COLUMNS_MARK = 0x01;
/** Columns in their order. From `numbers` on each number of a transaction has two: its shapes, its digits. */
export const COLUMN = {
  blocks: 0,
  kinds: 1,
  recipients: 2,
  addresses: 3,
  lengths: 4,
  data: 5,
  numbers: 6,
  signatures: 18,
};
export const COLUMN_COUNT = 19;
/** Bytes of a column's length, big-endian. */
export const LENGTH_BYTES = 4;
export const HEAD_BYTES = 1 + LENGTH_BYTES * COLUMN_COUNT;

/** Kinds of transactions: as it is, and two that are taken apart, whose parity is added to their kind. */
export const OPAQUE = 0;
export const EIP1559 = 2;
export const LEGACY = 4;
/** Numbers of a transaction in the order of their columns; a legacy one has no priority fee, and its gas price is the fee. */
export const NUMBERS = ["chain id", "nonce", "priority fee", "fee", "gas limit", "value"] as const;
export const PRIORITY_FEE = 2;

/** Chain ids of legacy transactions are below: `v` has 64 bits. */
export const MAX_LEGACY_CHAIN_ID = 2n ** 62n;

/** Digits of a number in bytes, at most. */
export const MAX_DIGITS = 32;
/** A shape is the count of digits and, this many times, the power of a thousand. */
export const SHAPE_BASE = MAX_DIGITS + 1;
export const MAX_POWER = 6;
/** Bytes of seven bits, at most. */
export const MAX_VARINT_BYTES = 8;
/** Latest second of a block. */
export const MAX_TIMESTAMP = 2n ** 53n - 1n;
export const ADDRESS_BYTES = 20;
export const WORD_BYTES = 32;
