import { Interface } from "ethers";

export { SUM_ROOTS_ABI } from "../games/sums/abi";

/** The parts of the contracts that a user calls. Equal to the compiled ones by test/client/abi.test.ts; promises: contracts/interfaces. */
const WITHDRAWAL = "(uint256 nonce, address sender, address target, uint256 value, uint256 gasLimit, bytes data)";
const OUTPUT = "(bytes32 version, bytes32 stateRoot, bytes32 messagePasserStorageRoot, bytes32 latestBlockhash)";
const MESSAGE =
  "(address sender, bool isCreation, address to, uint256 mint, uint256 value, uint64 gasLimit, bytes32 dataHash, uint64 l1Number, uint64 l1Time, uint256 l1BaseFee, bytes32 l1ParentHash)";

export const PORTAL_ABI = new Interface([
  "function depositTransaction(address to, uint256 value, uint64 gasLimit, bool isCreation, bytes data) payable",
  `function proveWithdrawalTransaction(${WITHDRAWAL} tx_, uint256 disputeGameIndex, ${OUTPUT} outputRootProof, bytes[] withdrawalProof)`,
  `function finalizeWithdrawalTransactionExternalProof(${WITHDRAWAL} tx_, address proofSubmitter)`,
  "function checkWithdrawal(bytes32 withdrawalHash, address proofSubmitter) view",
  "function provenWithdrawals(bytes32 withdrawalHash, address proofSubmitter) view returns (address disputeGameProxy, uint64 timestamp)",
  "function finalizedWithdrawals(bytes32 withdrawalHash) view returns (bool)",
  "error OptimismPortal_BadTarget()",
  "error OptimismPortal_AlreadyFinalized()",
  "error OptimismPortal_Unproven()",
  "error OptimismPortal_InvalidRootClaim()",
  "error OptimismPortal_InvalidDisputeGame()",
  "error OptimismPortal_InvalidOutputRootProof()",
  "error OptimismPortal_InvalidMerkleProof()",
  "error OptimismPortal_NoReentrancy()",
  "error InsufficientGas(uint256 actual, uint256 required)",
  "error WithdrawalFailed(bytes32 withdrawalHash)",
]);

export const INBOX_ABI = new Interface([
  "event MessageSent(uint256 indexed index, address indexed sender, bytes32 hash, address to, bool isCreation, uint256 mint, uint256 value, uint64 gasLimit, bytes data, uint64 l1Number, uint64 l1Time, uint256 l1BaseFee, bytes32 l1ParentHash)",
  "function sendMessage(address to, uint256 value, uint64 gasLimit, bool isCreation, bytes data) returns (uint256 index)",
  "function delayedCount() view returns (uint256)",
]);

export const TOKEN_BRIDGE_ABI = new Interface([
  "function depositToken(address l1Token, address l2Token, address to, uint256 amount) returns (uint256 received)",
  "function releaseToken(address l1Token, address from, address to, uint256 amount)",
]);

/** What a portal or a token bridge with a brake has besides; `releaseHeld` and `ReleaseHeld` are the token bridge's. */
export const BRAKE_ABI = new Interface([
  "function heldUntil(bytes32 key) view returns (uint64)",
  "function roomOf(address asset) view returns (uint256)",
  "function limitOf(address asset) view returns (uint128 capacity, uint32 drainTime)",
  "function releaseHeld((uint256 index, address l1Token, address from, address to, uint256 amount) held)",
  "event ReleaseHeld(bytes32 indexed key, address indexed l1Token, address indexed to, uint256 index, address from, uint256 amount)",
  "error StillHeld(uint64 until)",
  "error NothingHeld(bytes32 key)",
]);

/** Terms of a sale. Twin of `IExitMarket.Terms`. */
const TERMS = "(address owner, address asset, uint192 price, uint64 deadline, bytes32 salt)";

export const EXIT_MARKET_ABI = new Interface([
  `function buy(${TERMS} terms, uint256 price, uint256 maxCollected) payable`,
  `function ask(${TERMS} terms, uint192 price, uint64 deadline)`,
  `function collect(${TERMS} terms, address asset) returns (uint256 amount)`,
  `function claimOf(${TERMS} terms) pure returns (uint256)`,
  `function vaultOf(${TERMS} terms) view returns (address)`,
  `function holderOf(${TERMS} terms) view returns (address holder)`,
  "function collected(uint256 claim) view returns (uint256)",
  "function ownerOf(uint256 tokenId) view returns (address)",
  "event Sold(uint256 indexed claim, address indexed buyer, address indexed owner, address asset, uint256 price)",
  "event Collected(uint256 indexed claim, address indexed holder, address asset, uint256 amount)",
  "error AlreadySold(uint256 claim)",
  "error AskExpired(uint256 deadline)",
  "error PriceMismatch(uint256 actual, uint256 required)",
  "error WrongPayment(uint256 actual, uint256 required)",
  "error AlreadyCollected(uint256 actual, uint256 allowed)",
]);

export const TOKEN_ABI = new Interface([
  "function approve(address spender, uint256 amount) returns (bool)",
  "function name() view returns (string)",
  "function symbol() view returns (string)",
  "function decimals() view returns (uint8)",
]);

export const MESSAGE_PASSER_ABI = new Interface([
  "function initiateWithdrawal(address target, uint256 gasLimit, bytes data) payable",
  "event MessagePassed(uint256 indexed nonce, address indexed sender, address indexed target, uint256 value, uint256 gasLimit, bytes data, bytes32 withdrawalHash)",
]);

export const L2_BRIDGE_ABI = new Interface(["function withdrawToken(address l2Token, address to, uint256 amount)"]);

export const L2_TOKEN_FACTORY_ABI = new Interface([
  "function createToken(address l1Token, string name, string symbol, uint8 decimals) returns (address l2Token)",
  "function tokenAddress(address l1Token, string name, string symbol, uint8 decimals) view returns (address)",
  "function l1TokenOf(address l2Token) view returns (address)",
]);

export const GAME_ABI = new Interface([
  "function createdAt() view returns (uint64)",
  "function rootClaim() view returns (bytes32)",
  "function expectedResolution() view returns (uint64)",
  "function assertion() view returns (bytes32)",
]);

export const SOLVENCY_ORACLE_ABI = new Interface([
  `function prove(address asset, (bytes32 origin, bytes32 root, ${OUTPUT} output, bytes[] account, bytes[] book, bytes header, uint256 noted) evidence)`,
  "function noteTaken(address asset)",
  `function noteTakenBefore(address asset, uint256 count, uint256 later, (uint256 index, ${MESSAGE} message, bytes data)[] deposits)`,
  "function takenAt(address asset, uint256 count) view returns (uint256)",
  "event TakenNoted(address indexed asset, uint256 indexed count, uint256 amount)",
  "error NothingNoted(address asset, uint256 count)",
  "function backing(address asset) view returns ((uint256 held, uint256 owed, uint256 ratio, uint64 assertedAt, uint64 l2BlockNumber))",
  "function isContested(address asset) view returns (bool)",
  "function noteExcess(uint256 disputeGameIndex)",
  "function excess() view returns ((uint128 amount, uint64 assertedAt, uint64 l2BlockNumber))",
]);
