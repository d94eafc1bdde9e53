import { isError, toBeHex, type Provider } from "ethers";
import { SolventError } from "../protocol/errors";
import type { DeploymentConfig } from "./config";

/** Twin of `BEACON_ROOTS` of contracts/inbox/sequencing/rotation/Draws.sol. */
const BEACON_ROOTS = "0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02";

/**
 * What of a configuration only L1 can tell: another chain id (a transaction of one layer must not be one of the other) and a genesis
 * that lies in the past (else no block is well-formed until L1's clock has caught up), and whether it writes the beacon roots that are to
 * draw the order of turns. Asked before anything is sent.
 * @throws SolventError `config-invalid` naming the key.
 */
export async function requireFitsL1(
  provider: Provider,
  { chainId, timestamp, sequencing }: DeploymentConfig,
): Promise<void> {
  const [network, block] = await Promise.all([provider.getNetwork(), provider.getBlock("latest")]);
  const refuse = (key: string, problem: string): never => {
    throw new SolventError("config-invalid", `deployment config: ${key}: ${problem}`);
  };
  if (network.chainId === chainId) refuse("chainId", `must not be L1's own (${chainId})`);
  if (block !== null && timestamp > BigInt(block.timestamp))
    refuse("timestamp", `must not be after L1's time (${block.timestamp})`);
  const isDrawn = sequencing.type === "rotation" && sequencing.order === "beaconRoot";
  if (isDrawn && block !== null && !(await hasBeaconRoot(provider, block.timestamp)))
    refuse("sequencing.order", "this L1 writes no beacon roots (EIP-4788): take `seats`, or another L1");
}

async function hasBeaconRoot(provider: Provider, time: number): Promise<boolean> {
  try {
    return (await provider.call({ to: BEACON_ROOTS, data: toBeHex(time, 32) })).length > 2;
  } catch (error) {
    // As the contract answers for a time that it does not know.
    if (isError(error, "CALL_EXCEPTION") || (error instanceof Error && error.message.includes("revert"))) return false;
    throw error;
  }
}
