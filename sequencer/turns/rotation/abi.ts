import { Interface } from "ethers";

/** What a sequencer asks of a rotation; the full one is contracts/interfaces/IRotation.sol. */
export const ROTATION_ABI = new Interface([
  "function schedule() view returns (uint256 term, uint64[3] rosters, address[] accounts)",
  "function rotationParameters() view returns (tuple(uint256 stake, uint64 slotSeconds, uint64 termSlots, uint64 graceSlots, uint64 openSlots, uint64 leaveDelay))",
  "function mayCommit(address account) view returns (bool)",
]);
