import { Interface } from "ethers";

const CONFIRMATION = "tuple(uint64 slot, uint64 height, uint64 expiry, bytes32 parentHash, bytes32 blockHash)";

/** What nodes ask of a rotation and tell it; the full one is contracts/interfaces/IRotation.sol. */
export const ROTATION_ABI = new Interface([
  "function schedule() view returns (uint256 term, uint64[3] rosters, address[] accounts, bytes32[] draws)",
  "function rotationParameters() view returns (tuple(uint256 stake, uint64 slotSeconds, uint64 termSlots, uint64 graceSlots, uint64 openSlots, uint64 leaveDelay, bool isDrawn))",
  "function mayCommit(address account) view returns (bool)",
  `function reportEquivocation(${CONFIRMATION}[2] confirmations, bytes[2] signatures) returns (uint256 reward)`,
]);
