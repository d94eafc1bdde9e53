/*
 * engine.wasm: the program's sources with doors for nodes. Each door is a file of engine/; the twins are in node/engine/doors.
 */
export { ENGINE } from "./memory";
export { addCandidate, openBuild, sealBuild } from "./engine/build";
export { refusal } from "./engine/refusal";
