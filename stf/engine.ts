/*
 * engine.wasm: the program's sources with doors for nodes. Each door is a file of engine/; the twins are in node/engine/doors.
 */
export { ENGINE, ENGINE_END } from "./memory";
export { addCandidate, openBuild, sealBuild } from "./engine/build";
export { executeBegin, executeSeal, executeTransaction } from "./engine/execute";
export { refusal } from "./engine/refusal";
