/*
 * The state of one block, for the EVM and the block executor: everything they may use stands here.
 *
 *   openState(root)                     reads lazily from the tries behind `root`
 *   beginTransaction() .. endTransaction()   around every transaction and around the block's own writes
 *   checkpoint() .. revertTo(mark)      around every frame
 *   commitState(out)                    writes the tries, offers their new nodes to the host
 *
 * See README.md for the rules on handles and words.
 */
export {
  accountAt,
  accountOfWord,
  addBalance,
  addressOf,
  balanceOf,
  codeHashOf,
  hasCode,
  isCreated,
  isDestructed,
  isEmpty,
  isOccupied,
  isPoorer,
  isWarm,
  markCreated,
  markDestructed,
  setBalance,
  setNonce,
  storageRootOf,
  subBalance,
  touch,
  warm,
} from "./accounts";
export { codeBytes, codeHead, codeOf, enterCode, setCode } from "./codes";
export { commitState, openState } from "./commit";
export { checkpoint, revertTo } from "./journal";
export { enterInitcode, isJumpdest, jumpWorkSize, resumeInitcode, runningBytes, runningLength } from "./jumps";
export { appendLog, firstLog, lastLog, logAddress, logData, logLength, logTopic, logTopics, nextLog } from "./logs";
export { Account, Code, Slot } from "./records";
export { isWarmSlot, setSlot, slotAt, slotOriginal, slotValue, transientGet, transientSet, warmSlot } from "./storage";
export { beginTransaction, endTransaction } from "./transaction";
