import type { StoredBlock } from "../node/chain/blockTables";
import type { BuildRequest } from "../node/engine/types";
import type { ToldBlock } from "../node/feed/guard";
import {
  decodeCursor,
  decodeHeader,
  decodeRlp,
  DEPOSIT_TYPE,
  encodeRlp,
  keccak256,
  NO_SEGMENT,
  RlpError,
  rlpBytes,
  rlpList,
  toHex,
} from "../protocol";
import { encodeBody } from "../protocol/batch";
import type { BlockHeader, Hex } from "../protocol/types";

/** A block that somebody has promised, as it takes to build it anew on its parent. */
export interface Candidate {
  number: number;
  expected: Hex;
  /** Delayed messages that were consumed behind it, counted from the first ever. */
  delayed: number;
  request: Omit<BuildRequest, "inbox">;
}

/** Header and transactions of a block's RLP. */
interface RawBlock {
  header: BlockHeader;
  hash: Hex;
  transactions: Uint8Array[];
}

/** @throws RlpError where the bytes are no block. */
export function decodeRawBlock(raw: Uint8Array): RawBlock {
  const [headerItem, transactionItems] = rlpList(decodeRlp(raw), 4);
  const headerRlp = encodeRlp(headerItem);
  const transactions = rlpList(transactionItems).map((item) =>
    item instanceof Uint8Array ? rlpBytes(item) : encodeRlp(item),
  );
  return { header: decodeHeader(headerRlp), hash: toHex(keccak256(headerRlp)), transactions };
}

/**
 * @param block - as a node shows it, on `parent`.
 * @returns null for a block that follows from L1 alone: it is derived, never promised.
 * @throws RlpError where its cursor names no place of it, or it takes messages back.
 */
export function candidateOfRaw(parent: StoredBlock, { header, hash, transactions }: RawBlock): Candidate | null {
  const form = ({ length, [2]: high, [3]: low }: string): string => `${length} ${high}${low}`; // length and version
  if (form(header.extraData) !== form(parent.header.extraData)) throw new RlpError("a header without a cursor");
  const { batch, segment, offset, delayed } = decodeCursor(header.extraData);
  if (segment === NO_SEGMENT) return null;
  const messageCount = delayed - decodeCursor(parent.header.extraData).delayed;
  if (messageCount < 0n) throw new RlpError("a header that takes messages back");
  const candidates = transactions.filter((transaction) => transaction[0] !== DEPOSIT_TYPE);
  const timestamp = BigInt(header.timestamp);
  const { length } = encodeBody({ timestamp, messageCount, transactions: candidates });
  if (offset < length) throw new RlpError("a header whose cursor names no place of the block");
  const place = { batch, segment, offset: offset - length };
  const request = {
    parentOutputRoot: parent.outputRoot,
    timestamp,
    messageCount: Number(messageCount),
    candidates,
    place,
  };
  return { number: header.number, expected: hash, delayed: Number(delayed), request };
}

/** @param block - as a feed told it, on `parent`. */
export function candidateOfTold(parent: StoredBlock, { number, blockHash, place, body }: ToldBlock): Candidate {
  const { timestamp, messageCount, transactions: candidates } = body;
  const delayed = Number(decodeCursor(parent.header.extraData).delayed + messageCount);
  const request = {
    parentOutputRoot: parent.outputRoot,
    timestamp,
    messageCount: Number(messageCount),
    candidates,
    place,
  };
  return { number, expected: blockHash, delayed, request };
}
