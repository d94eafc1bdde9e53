export { AnswerCache } from "./answers";
export { openEngine } from "./engine";
export { openProgram } from "./program";
export { StoreHost } from "./host";
export type * from "./types";
