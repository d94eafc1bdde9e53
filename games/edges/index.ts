export { QUEUE_ABI } from "./abi";
export { parseGameLog, type GameEvent } from "./events";
export { toInboxState } from "../assertions";
export { EdgesGame } from "./game";
export { answerGas, capitalInFlight } from "./capital";
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
export { HonestPlayer, MOVES_IN_A_PERIOD, stakeTaken, type Plan } from "./player";
export type { PlayerOptions } from "../game";
export { GameReplica, type PlacedEdge } from "./replica";
export { addTime, INFINITE_TIME, liveTime, ownTime } from "./timers";
export {
  asParent,
  type MachineHistory,
  type OwnEdge,
  type Parent,
  type RunHistory,
  type TruthKey,
  type Truth,
} from "./truth";
export type * from "./types";
