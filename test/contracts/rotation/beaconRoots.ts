import hre from "hardhat";
import { impersonateAccount, setBalance, time } from "@nomicfoundation/hardhat-network-helpers";

/** EIP-4788: L1's own contract, and the account in whose name each block writes its parent's beacon root there. */
export const BEACON_ROOTS = "0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02";
const SYSTEM = "0xfffffffffffffffffffffffffffffffffffffffe";

/** Makes an L1 block of that time with that beacon root. Hardhat's network has the contract and writes no root by itself. */
export async function writeBeaconRoot(at: number, root: string): Promise<void> {
  await impersonateAccount(SYSTEM);
  await setBalance(SYSTEM, 10n ** 20n);
  const system = await hre.ethers.getSigner(SYSTEM);
  await time.setNextBlockTimestamp(at);
  await system.sendTransaction({ to: BEACON_ROOTS, data: root });
}
