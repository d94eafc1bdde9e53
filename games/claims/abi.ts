import { Interface } from "ethers";
import { INBOX, ORIGIN, OUTPUT, SETTLEMENT } from "../settlement";

const CLAIM =
  "(bytes32 value, uint64 position, uint32 parent, uint32 unresolved, address claimant, uint40 stamp, uint40 used, bool isResolved, address counteredBy)";

/** The interface of a queue of claims, complete; the promises are in contracts/interfaces. Equal to the compiled one by test. */
export const CLAIMS_ABI = new Interface([
  ...SETTLEMENT,
  `function assertState(${ORIGIN} origin, ${OUTPUT} output) returns (bytes32 id)`,
  "function attack(bytes32 assertion, uint256 parent, bytes32 disputed, bytes32 value, bytes last)",
  "function defend(bytes32 assertion, uint256 parent, bytes32 disputed, bytes32 value, bytes last)",
  `function step(bytes32 assertion, uint256 index, bool isAttack, ${ORIGIN} origin, ${INBOX} inbox, bytes witness)`,
  "function resolveClaim(bytes32 assertion, uint256 index)",
  "function confirm(bytes32 assertion)",

  `function claimAt(bytes32 assertion, uint256 index) view returns (${CLAIM})`,
  "function claimCount(bytes32 assertion) view returns (uint256)",
  "function bondOf(uint256 depth) view returns (uint256)",
  "function clockExtension() view returns (uint40)",
  "function stepTime() view returns (uint40)",

  "event ClaimMade(bytes32 indexed assertion, uint256 indexed index, address indexed claimant, uint256 parent, uint64 position, bytes32 value, uint40 used)",
  "event StepPlayed(bytes32 indexed assertion, uint256 indexed index, address indexed stepper)",
  "event ClaimResolved(bytes32 indexed assertion, uint256 indexed index, address indexed payee, uint256 bond)",
  "event Confirmed(bytes32 indexed assertion)",

  "error ClaimNotFound(bytes32 assertion, uint256 index)",
  "error OtherClaim(bytes32 actual, bytes32 required)",
  "error ClaimExists(bytes32 assertion, uint256 parent, bytes32 value)",
  "error CannotDefend(uint64 position)",
  "error WrongDepth(uint256 actual, uint256 required)",
  "error WrongEnd(bytes32 result, bytes32 disputed)",
  "error ClockExpired(uint256 used, uint256 most)",
  "error ClockRunning(uint256 used, uint256 required)",
  "error AlreadyCountered(uint256 index)",
  "error ValidStep(bytes32 afterHash)",
  "error AlreadyResolved(uint256 index)",
  "error AnswersUnresolved(uint256 count)",
  "error NotWon(bytes32 assertion)",
]);
