/*
 * engine.wasm: the program's sources with operations for nodes. Each is a file of engine/; the twins are in node/engine/operations.
 */
export { ENGINE_END, KNOWN_HASHES, MOVED_PRECOMPILES } from "./memory";
export {
  REQUEST_ADDRESS,
  REQUEST_CANDIDATES,
  REQUEST_EXTRA_DATA,
  REQUEST_KEY,
  REQUEST_MESSAGE,
  REQUEST_NUMBERS,
  REQUEST_PARENT,
  REQUEST_SENDER,
  REQUEST_SHOWN,
  REQUEST_TRANSACTIONS,
  REQUEST_VALUE,
  REQUEST_WORDS,
} from "./engine/layout";
export { addCandidate, openBuild, sealBuild } from "./engine/build";
export { executeBegin, executeSeal, executeTransaction } from "./engine/execute";
export {
  balanceAt,
  callResult,
  chainIdOfBlock,
  codeBytesAt,
  codeLengthAt,
  nonceAt,
  runCall,
  slotValueAt,
} from "./engine/call";
export { openEnvironment } from "./engine/environment";
export {
  frameAccount,
  frameBalance,
  frameCaller,
  frameCallerGas,
  frameDepth,
  frameGas,
  frameInput,
  frameInputLength,
  frameIsCreate,
  frameKind,
  frameMemory,
  frameMemorySize,
  frameStackBase,
  frameTarget,
  frameValue,
  returnData,
  returnDataSize,
} from "./engine/frames";
export {
  beginOverrides,
  clearStorage,
  endOverrides,
  overrideBalance,
  overrideCode,
  overrideNonce,
  overrideSlot,
} from "./engine/overrides";
export { refusal } from "./engine/refusal";
export { beginReplay, replayMessage, replayTransaction } from "./engine/replay";
export { beginSimulation, sealSimulation, simulateMessage } from "./engine/simulate";
