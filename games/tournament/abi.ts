import { Interface } from "ethers";
import { INBOX, ORIGIN, OUTPUT, SETTLEMENT } from "../settlement";

const TOURNAMENT =
  "(uint40 start, uint40 allowance, uint40 lastEnd, uint8 level, uint32 matches, uint32 joined, bool isSettled, bytes32 waiting, uint256 pool, bytes32 above, bytes32 initial, bytes32 inbox)";
const COMMITMENT = "(address claimer, uint40 stamp, uint40 left, uint8 standing, bytes32 last)";
const MATCH =
  "(bytes32 tournament, bytes32 one, bytes32 two, bytes32 other, bytes32 left, bytes32 right, uint40 since, uint8 height, uint8 phase, bool isTurnOfTwo, uint64 position)";

/** The interface of a queue of tournaments, complete; the promises are in contracts/interfaces. Equal to the compiled one by test. */
export const TOURNAMENT_ABI = new Interface([
  ...SETTLEMENT,
  `function assertState(${ORIGIN} origin, bytes32 root, ${OUTPUT} output, bytes32[] spine) returns (bytes32 id)`,
  "function join(bytes32 matchId, bytes32 last, bytes machine, bytes32[] spine) returns (bytes32 root)",
  "function advance(bytes32 matchId, bytes32 left, bytes32 right, bytes32 nextLeft, bytes32 nextRight)",
  `function sealMatch(bytes32 matchId, bytes32 left, bytes32 right, bytes32 agreed, bytes32[] path, ${INBOX} inbox)`,
  `function winByStep(bytes32 matchId, ${INBOX} inbox, bytes witness, bytes32 left, bytes32 right)`,
  "function winByTimeout(bytes32 matchId, bytes32 left, bytes32 right)",
  "function eliminate(bytes32 matchId)",
  "function winByInner(bytes32 matchId, bytes32 left, bytes32 right)",
  "function eliminateInner(bytes32 matchId)",
  "function confirm(bytes32 assertion)",

  `function tournamentAt(bytes32 id) view returns (${TOURNAMENT})`,
  `function commitmentAt(bytes32 tournament, bytes32 root) view returns (${COMMITMENT})`,
  `function matchAt(bytes32 id) view returns (${MATCH})`,
  "function bondOf(uint8 level) view returns (uint256)",
  "function responseTime() view returns (uint40)",
  "function buildTime() view returns (uint40)",
  "function burnt() view returns (uint256)",

  "event TournamentOpened(bytes32 indexed tournament, bytes32 indexed above, uint8 level, uint40 allowance, bytes32 initial)",
  "event Joined(bytes32 indexed tournament, bytes32 indexed root, address indexed claimer, bytes32 last, bytes32 left, bytes32 right, uint40 clock)",
  "event Paired(bytes32 indexed tournament, bytes32 indexed matchId, bytes32 one, bytes32 two)",
  "event Advanced(bytes32 indexed matchId, bytes32 left, bytes32 right, uint40 clock)",
  "event Sealed(bytes32 indexed matchId, bytes32 agreed, bytes32 leafOfOne, bytes32 leafOfTwo, uint64 position, uint40 clock)",
  "event MatchEnded(bytes32 indexed matchId, bytes32 indexed survivor, uint40 clock, uint8 phase)",
  "event Refunded(bytes32 indexed tournament, address indexed account, uint256 amount)",
  "event Settled(bytes32 indexed tournament, bytes32 indexed winner, address claimer, uint256 bond, uint256 prize, uint256 burnt_)",

  "error TournamentClosed(bytes32 tournament)",
  "error TournamentRunning(bytes32 tournament)",
  "error AlreadyJoined(bytes32 tournament, bytes32 root)",
  "error NotContested(bytes32 last)",
  "error WrongPhase(bytes32 matchId, uint8 actual)",
  "error WrongHeight(uint256 actual, uint256 required)",
  "error ChildrenMismatch(bytes32 actual, bytes32 required)",
  "error RootMismatch(bytes32 actual, bytes32 required)",
  "error ClockExpired(bytes32 matchId)",
  "error ClockRunning(bytes32 matchId)",
  "error WrongSurvivor(bytes32 matchId, bytes32 survivor)",
  "error StepMismatch(bytes32 actual)",
  "error NotWon(bytes32 assertion)",
]);
