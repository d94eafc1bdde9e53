export { CLAIMS_ABI } from "./abi";
export { parseClaimsLog, type ClaimsEvent } from "./events";
export { ClaimsGame } from "./game";
export type { ClaimsMove } from "./moves";
export { ClaimsPlayer } from "./player";
export { ClaimsReplica } from "./replica";
export type * from "./types";
