export { QUEUE_ABI } from "./abi";
export { parseGameLog, toInboxState, type GameEvent } from "./events";
export { GameFollower } from "./follower";
export { hashNode, lastLeafOf, rootByLastLeaf, spineOf, type HistoryTree } from "../history/history";
export { beforeLeaf, prefixOf } from "./before";
export { encodeMove, encodeMoves, moveArguments, moveGasBound, pageMoves, type Move, type Step } from "./moves";
export { OutputTree } from "../history/outputTree";
export {
  chainPrefix,
  edgeId,
  EMPTY_PREFIX,
  genesisAssertion,
  inboxHash,
  leftOf,
  mutualId,
  NO_CLAIM,
  originHash,
  rightOf,
  rootPlace,
} from "./place";
export { HonestPlayer, MOVES_IN_A_PERIOD, stakeTaken, type Plan, type PlayerOptions, type StakedPart } from "./player";
export { GameReplica, type PlacedEdge } from "./replica";
export { addTime, INFINITE_TIME, liveTime, ownTime } from "./timers";
export {
  asParent,
  type MachineHistory,
  type OwnEdge,
  type Parent,
  type RunHistory,
  type TruthKey,
  type TruthSource,
} from "./truth";
export type * from "./types";
