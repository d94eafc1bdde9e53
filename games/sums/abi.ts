import { Interface } from "ethers";

/** The parts of `ISumRoots` that are called. Equal to the compiled ones by test/client/abi.test.ts. */
const OUTPUT = "(bytes32 version, bytes32 stateRoot, bytes32 messagePasserStorageRoot, bytes32 latestBlockhash)";
const SUM = "(bytes32 hash, uint256 total)";
const CLAIM = `(bytes32 assertion, bytes32 stateRoot, ${SUM} sum)`;

export const SUM_ROOTS_ABI = new Interface([
  "event Posted(uint256 indexed index, bytes32 indexed assertion, bytes32 indexed stateRoot, bytes32 hash, uint256 total, address poster)",
  "event Demanded(uint256 indexed index, bytes32 indexed hash, address by, uint64 answerBy)",
  "event Opened(uint256 indexed index, bytes32 indexed hash, bytes record)",
  "event Fell(uint256 indexed index, uint8 finding, address by)",
  "event Settled(uint256 indexed index, bytes32 indexed assertion, uint256 total)",
  `function post(uint256 disputeGameIndex, ${OUTPUT} output, ${SUM} sum) payable returns (uint256 index)`,
  `function refute(uint256 index, ${CLAIM} claim, bytes32 key, bytes[] nodes, bytes[] records)`,
  `function demand(uint256 index, ${CLAIM} claim, bytes[] records, uint8[] path) payable`,
  "function open(uint256 index, bytes record)",
  "function lapse(uint256 index, bytes32 hash)",
  `function settle(uint256 index, ${CLAIM} claim)`,
  "function demands(uint256 index, bytes32 hash) view returns (address by, uint64 answerBy)",
  "function postings(uint256 index) view returns ((bytes32 claim, address poster, uint64 settlesAt, uint24 demands, uint8 status, uint128 taken))",
  "function sumOf(bytes32 assertion) view returns (uint128 total, bool isProven)",
  "function postingCount() view returns (uint256)",
  `function settledClaim(bytes32 assertion) view returns (${CLAIM})`,
  "function balanceIn(bytes32 assertion, address account, bytes[] nodes, bytes[] records) view returns (uint256)",
  "function queue() view returns (address)",
  "function bond() view returns (uint256)",
  "function demandPrice() view returns (uint256)",
  "function answerTime() view returns (uint64)",
]);
