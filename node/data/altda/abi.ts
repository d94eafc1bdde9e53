import { Interface } from "ethers";

/** The part of an Inbox with data off L1 that nodes use beside `INBOX_ABI`; promises in contracts/interfaces/IAltda.sol. */
export const ALTDA_ABI = new Interface([
  "event BatchCommitted(uint256 indexed index, bytes32 indexed record, bytes32 previousRecord, bytes32 chunksHash, uint64 delayedCount, uint64 l1Number, uint64 l1Time, bool forced)",
  "event BatchChallenged(uint256 indexed index, address indexed challenger, uint64 resolveUntil)",
  "event BatchResolved(uint256 indexed index, address indexed resolver, bytes data)",
  "function challenge(uint256 index, (bytes32 previous, bytes32 chunksHash, uint64 delayedCount, uint64 l1Number, uint64 l1Time) commitment) payable",
  "function resolve(uint256 index, (bytes32 previous, bytes32 chunksHash, uint64 delayedCount, uint64 l1Number, uint64 l1Time) commitment, bytes data)",
  "function settle(uint256 index, (bytes32 previous, bytes32 chunksHash, uint64 delayedCount, uint64 l1Number, uint64 l1Time)[] commitments) returns (uint256)",
  "function committedCount() view returns (uint256)",
  "function committedRecord(uint256 index) view returns (bytes32)",
  "function challengeWindow() view returns (uint64)",
  "function resolveWindow() view returns (uint64)",
  "function challengeBond() view returns (uint256)",
  "function withdrawBond(address to) returns (uint256)",
  "function bondOf(address account) view returns (uint256)",
]);
