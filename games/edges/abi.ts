import { Interface } from "ethers";
import { INBOX, ORIGIN, OUTPUT, SETTLEMENT } from "../settlement";

const AT = "(uint8 level, bytes32 origin, uint8 height, uint64 index, bytes32 prefix, bytes32 claim)";
const BEFORE = "(bytes32 state, bytes32 prefix, bytes32[] path)";
const STEP = `(${AT} place, bytes32 first, bytes32 second, bytes32 origin)`;
const LINK = "(bytes32 left, bytes32 right, bool isRight)";

/** The StateRootQueue's interface, complete; the promises are in contracts/interfaces. Equal to the compiled one by test. */
export const QUEUE_ABI = new Interface([
  ...SETTLEMENT,
  `function assertState(${ORIGIN} origin, bytes32 root, ${OUTPUT} output, bytes32[] spine) returns (bytes32 id)`,
  `function bisect(${AT} place, bytes32 left, bytes32 right)`,
  `function open(${AT} place, bytes32 leaf, ${ORIGIN} origin, ${BEFORE} before, ${INBOX} inbox, bytes32 root, bytes last, bytes32[] spine) returns (bytes32 id)`,
  `function proveStep(${AT} place, bytes32 root, ${ORIGIN} origin, ${BEFORE} before, ${INBOX} inbox, bytes witness)`,
  `function update(${STEP}[] steps)`,
  `function confirm(${AT} place, bytes32 root)`,
  `function slash(${AT} loser, bytes32 loserRoot, ${AT} winner, bytes32 winnerRoot)`,
  `function reward(${AT} winner, bytes32 root, ${LINK}[] way)`,
  "function moveStake(bytes32 from, bytes32 to)",

  "function edge(bytes32 id) view returns ((uint40 created, uint40 timer, uint8 status, address staker, address maker, bool stakeMoved, uint256 cost))",
  "function mutual(bytes32 mutualId) view returns ((uint8 rivalry, bool decided, uint40 rivalledAt, uint40 decidedAt))",
  "function rewardAt(bytes32 mutualId) view returns (uint256)",
  "function burnt() view returns (uint256)",
  "function stakeOf(uint8 level) view returns (uint256)",
  "function responseTime() view returns (uint40)",
  "function censorshipTime() view returns (uint40)",

  "event StakeMoved(bytes32 indexed from, bytes32 indexed to)",
  "event StakeFreed(bytes32 indexed id, address indexed staker, uint256 stake)",
  "event Bisected(bytes32 indexed id, bytes32 left, bytes32 right, address maker, uint256 cost)",
  `event Opened(bytes32 indexed id, bytes32 indexed leaf, address indexed staker, uint8 level, bytes32 root, ${ORIGIN} origin, uint256 cost)`,
  "event StepProven(bytes32 indexed id, address maker, uint256 cost)",
  "event TimerUpdated(bytes32 indexed id, uint40 timer)",
  "event Confirmed(bytes32 indexed id, bytes32 indexed mutualId, address indexed staker, uint256 stake)",
  "event Slashed(bytes32 indexed id, bytes32 indexed winner, address indexed staker, uint256 reward, uint256 burnt)",
  "event Rewarded(bytes32 indexed winner, bytes32 indexed id, address indexed maker, uint256 amount)",

  "error EdgeNotFound(bytes32 id)",
  "error NotRivalled(bytes32 mutualId)",
  "error AlreadyDecided(bytes32 mutualId)",
  "error WrongHeight(uint256 actual, uint256 required)",
  "error NothingToBisect()",
  "error BeforeMismatch(bytes32 actual, bytes32 required)",
  "error RootMismatch(bytes32 actual, bytes32 required)",
  "error StepMismatch(bytes32 actual, bytes32 required)",
  "error NotStaked(bytes32 id)",
  "error WrongStatus(bytes32 id, uint8 actual)",
  "error TimerTooLow(uint256 actual, uint256 required)",
  "error NotRivals(bytes32 loser, bytes32 winner)",
  "error StakeNotMovable(bytes32 from, bytes32 to)",
]);
