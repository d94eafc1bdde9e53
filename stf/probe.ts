/*
 * Entry point for tests and conformance suites: the parts of the program that have no other way in, one export each.
 * Not part of stf.wasm or engine.wasm; built by stf/build/stf.ts to build/probe.wasm from the same sources.
 */
export { ENGINE, EVM_MEMORY, TRANSACTION } from "./memory";
export { keccak256, keccakAdd, keccakBegin, keccakEnd } from "./crypto/keccak";
export { sha256 } from "./crypto/sha256";
export { ripemd160 } from "./crypto/ripemd160";
export { blake2f } from "./crypto/blake2f";
export { modexp } from "./crypto/modexp";
export { itemIsList, itemLength, itemPtr, putBytes, putListHeader, rlpInteger, rlpItem } from "./codec/rlp";
export { ENV_BASE_FEE, ENV_CHAIN_ID } from "./evm/environment";
export { setBlockGasLimit } from "./block/context";
export { decodeTransaction, TX_VALUE } from "./block/decode";
export { findSender, SENDER } from "./block/execute";
export { intrinsicGas } from "./block/intrinsic";
export { canPay, checkForm } from "./block/validate";
export { putItem, sortItems } from "./trie/items";
export { trieGetKey, trieValue } from "./trie/get";
export { trieUpdate } from "./trie/update";
export { orderedRoot } from "./trie/ordered";
export {
  accountAt,
  accountOfWord,
  addBalance,
  addressOf,
  appendLog,
  balanceOf,
  beginTransaction,
  checkpoint,
  codeBytes,
  codeHashOf,
  codeHead,
  codeOf,
  commitState,
  endTransaction,
  enterCode,
  enterInitcode,
  firstLog,
  hasCode,
  isCreated,
  isDestructed,
  isEmpty,
  isJumpdest,
  isOccupied,
  isPoorer,
  isWarm,
  isWarmSlot,
  jumpWorkSize,
  lastLog,
  logAddress,
  logData,
  logLength,
  logTopic,
  logTopics,
  markCreated,
  markDestructed,
  nextLog,
  openState,
  resumeInitcode,
  revertTo,
  setBalance,
  setCode,
  setNonce,
  setSlot,
  slotAt,
  slotOriginal,
  slotValue,
  storageRootOf,
  subBalance,
  touch,
  transientGet,
  transientSet,
  warm,
  warmSlot,
} from "./state/state";
