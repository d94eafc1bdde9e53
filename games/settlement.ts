import { Interface } from "ethers";

export const ORIGIN = "(bytes32 above, bytes32 start, bytes32 inbox)";
export const INBOX = "(uint64 batchCount, bytes32 lastBatch, uint64 delayedCount, bytes32 lastDelayed)";
export const OUTPUT = "(bytes32 stateRoot, bytes32 messagePasserStorageRoot, bytes header)";
const ASSERTION = "(bytes32 id, bytes32 parent, bytes32 outputRoot, bytes32 childOrigin, uint64 l2BlockNumber)";

/** `ISettlement`, complete: what can be read of a queue, whichever game judges it. */
export const SETTLEMENT: readonly string[] = [
  "function deposit() payable",
  "function withdraw(address to) returns (uint256 amount)",
  "function multicall(bytes[] data) returns (bytes[] results)",
  "function timerOf(bytes32 id, bytes32 mutualId) view returns (uint40)",
  "function balanceOf(address account) view returns (uint256)",
  "function heightOf(uint8 level) view returns (uint8)",
  "function challengePeriod() view returns (uint40)",
  "function prover() view returns (address)",
  `function isConfirmed(bytes32 assertion, bytes32 outputRoot, ${INBOX} inbox) view returns (bool)`,
  "function isAssertionConfirmed(bytes32 assertion) view returns (bool)",
  `function assertionOf(bytes32 id) view returns (${ASSERTION})`,
  `function assertionOfGame(address game) view returns (${ASSERTION})`,
  "function gameOf(bytes32 id) view returns (address game)",
  "function genesis() view returns (bytes32)",
  "function genesisOutputRoot() view returns (bytes32)",
  `function inboxState() view returns (${INBOX})`,
  "function inbox() view returns (address)",
  "function fateOf(bytes32 assertion) view returns (uint8 fate, uint40 decidedAt)",
  "function gameCount() view returns (uint256)",
  "function gameAtIndex(uint256 index) view returns (uint32 gameType, uint64 timestamp, address proxy)",
  "function findLatestGames(uint32 gameType, uint256 start, uint256 n) view returns ((uint256 index, bytes32 metadata, uint64 timestamp, bytes32 rootClaim, bytes extraData)[] games)",
  "function gameImpls(uint32 gameType) view returns (address)",
  "function initBonds(uint32 gameType) view returns (uint256)",
  "function respectedGameType() view returns (uint32)",
  "function isGameRegistered(address game) view returns (bool)",
  "function isGameProper(address game) view returns (bool)",
  "function isGameRespected(address game) view returns (bool)",
  "function isGameFinalized(address game) view returns (bool)",
  "function isGameClaimValid(address game) view returns (bool)",
  "function disputeGameFinalityDelaySeconds() view returns (uint256)",
  "function disputeGameFactory() view returns (address)",
  "function proposalOf(bytes32 assertion) view returns (uint40 created, address proposer)",
  "function isChallenged(bytes32 assertion, bytes32 place) view returns (bool)",

  `event AssertionAdded(bytes32 indexed id, bytes32 indexed parent, address indexed staker, uint256 index, address game, bytes32 root, bytes32 outputRoot, uint64 l2BlockNumber, ${ORIGIN} origin, ${INBOX} childInbox, uint256 cost)`,
  "event Deposited(address indexed account, uint256 amount)",
  "event Withdrawn(address indexed account, address indexed to, uint256 amount)",

  "error BadParameter(bytes32 name)",
  "error WrongLength(uint256 actual, uint256 required)",
  "error WrongLevel(uint256 actual, uint256 required)",
  "error OriginMismatch(bytes32 actual, bytes32 required)",
  "error InboxMismatch(bytes32 actual, bytes32 required)",
  "error ResultMismatch(bytes32 actual, bytes32 required)",
  "error ParentNotConfirmed(bytes32 assertion)",
  "error InsufficientBalance(uint256 actual, uint256 required)",
  "error TransferFailed()",
  "error AssertionNotFound(bytes32 id)",
  "error MalformedHeader()",
  "error ProverInboxMismatch(address actual, address required)",
];

/** For those who know no game: bridge, clients, nodes. Equal to the compiled one by test. */
export const SETTLEMENT_ABI = new Interface(SETTLEMENT);
