import type { Provider } from "ethers";
import { SolventError } from "../protocol/errors";
import type { DeploymentConfig } from "./config";

/**
 * What of a configuration only L1 can tell: another chain id (a transaction of one layer must not be one of the other) and a genesis
 * that lies in the past (else no block is well-formed until L1's clock has caught up). Asked before anything is sent.
 * @throws SolventError `config-invalid` naming the key.
 */
export async function requireFitsL1(provider: Provider, { chainId, timestamp }: DeploymentConfig): Promise<void> {
  const [network, block] = await Promise.all([provider.getNetwork(), provider.getBlock("latest")]);
  const refuse = (key: string, problem: string): never => {
    throw new SolventError("config-invalid", `deployment config: ${key}: ${problem}`);
  };
  if (network.chainId === chainId) refuse("chainId", `must not be L1's own (${chainId})`);
  if (block !== null && timestamp > BigInt(block.timestamp))
    refuse("timestamp", `must not be after L1's time (${block.timestamp})`);
}
