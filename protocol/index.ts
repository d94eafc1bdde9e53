// Everything here runs in a browser; what inflates batches needs node:zlib and is protocol/batch.
export { nextBaseFee } from "./baseFee";
export { concatBytes, fromHex, leftPad32, toBigInt, toHex, toMinimalBytes, word } from "./bytes";
export { decodeCursor, encodeCursor, NO_SEGMENT } from "./cursor";
export { DEPOSIT_TYPE, depositFrom, encodeDeposit, type DepositFields } from "./deposit";
export {
  batchRecordHash,
  batchRecordPreimage,
  CHUNK_BYTES,
  chunksHash,
  getChunks,
  chunksPreimage,
  depositSourceHash,
  messageHash,
  messagePreimage,
  outputRoot,
  outputRootPreimage,
  putBatch,
  putChunks,
  putMessage,
  putRecord,
  type BatchRecord,
  type DelayedMessage,
} from "./hashes";
export {
  blockHash,
  decodeExecution,
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
