export { TOURNAMENT_ABI } from "./abi";
export { parseTournamentLog, type TournamentEvent } from "./events";
export { TournamentGame } from "./game";
export type { TournamentMove } from "./moves";
export { TournamentPlayer } from "./player";
export { TournamentReplica } from "./replica";
export type * from "./types";
