import { parseDeploymentConfig, type Deployment } from "./deployment";
import type { RollupSystem } from "./system";

/** What a node has to know of a rollup, from the file that deploying it wrote. */
export function systemOf(deployment: Deployment): RollupSystem {
  const parameters = parseDeploymentConfig(deployment.parameters);
  const { inbox, portal, tokenBridge, queue } = deployment.addresses;
  return {
    chainId: parameters.chainId,
    l1ChainId: BigInt(deployment.l1ChainId),
    ...{ inbox, portal, tokenBridge, queue },
    startBlock: deployment.l1Block,
    genesis: deployment.genesis,
    genesisOutputRoot: deployment.genesisOutputRoot,
    blockGasLimit: parameters.blockGasLimit,
    minimumBaseFee: parameters.minimumBaseFee,
    maxDelay: Number(parameters.maxDelay),
    maxAhead: Number(parameters.maxAhead),
  };
}
