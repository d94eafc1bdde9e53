export { concatBytes, fromHex, leftPad32, toBigInt, toHex, toMinimalBytes, word } from "./bytes";
export {
  decodeBatch,
  encodeBody,
  encodeSegment,
  MAX_BATCH_BYTES,
  MAX_BLOCK_BYTES,
  MAX_SEGMENT_BYTES,
  type BlockBody,
  type PlacedBody,
} from "./batch";
export { decodeCursor, encodeCursor, NO_SEGMENT } from "./cursor";
export { DEPOSIT_TYPE, encodeDeposit } from "./deposit";
export {
  batchRecordHash,
  batchRecordPreimage,
  CHUNK_BYTES,
  chunksHash,
  chunksPreimage,
  depositSourceHash,
  messageHash,
  messagePreimage,
  outputRoot,
  outputRootPreimage,
  putBatch,
  putChunks,
  putMessage,
  type BatchRecord,
  type DelayedMessage,
} from "./hashes";
export {
  blockHash,
  decodeHeader,
  EMPTY_CODE_HASH,
  EMPTY_OMMERS_HASH,
  EMPTY_REQUESTS_HASH,
  EMPTY_TRIE_ROOT,
  encodeHeader,
  ZERO_ADDRESS,
  ZERO_HASH,
} from "./header";
export { keccak256, tag } from "./keccak";
export {
  decodeRlp,
  decodeRlpAt,
  encodeRlp,
  rlpBytes,
  RlpError,
  rlpInteger,
  rlpList,
  rlpUint,
  type RlpItem,
} from "./rlp";
