import { longestHold, parseDeploymentConfig, readProgramFile, type Deployment } from "../deployment";
import { builtFile } from "../node/modules";
import { SolventError } from "../protocol/errors";
import type { RollupSystem } from "./system";

/**
 * What a node has to know of a rollup, from the file that deploying it wrote.
 * @throws SolventError `program-mismatch` when L1 judges another program than the one that this node would run.
 */
export function systemOf(deployment: Deployment): RollupSystem {
  requireProgram(deployment);
  return systemUnder(deployment);
}

/** The same for a node of any program: for adversaries and tests only, since what it claims is false where the programs differ. */
export function systemUnder(deployment: Deployment): RollupSystem {
  const parameters = parseDeploymentConfig(deployment.parameters);
  const { inbox, portal, tokenBridge, queue, sumRoots } = deployment.addresses;
  return {
    chainId: parameters.chainId,
    l1ChainId: BigInt(deployment.l1ChainId),
    ...{ inbox, portal, tokenBridge, queue },
    ...(sumRoots === undefined ? {} : { sumRoots }),
    startBlock: deployment.l1Block,
    genesis: deployment.genesis,
    genesisOutputRoot: deployment.genesisOutputRoot,
    blockGasLimit: parameters.blockGasLimit,
    minimumBaseFee: parameters.minimumBaseFee,
    maxDelay: Number(parameters.maxDelay),
    maxAhead: Number(parameters.maxAhead),
    overdueAfter: parameters.sequencing.type === "rotation" ? Number(parameters.forceDelay) : null,
    longestHold: Number(longestHold(parameters)),
  };
}

/** A prover that has no program (a toy) judges none. */
function requireProgram({ programHash: judged }: Deployment): void {
  if (judged === null) return;
  const { programHash } = readProgramFile();
  if (programHash !== judged)
    throw new SolventError(
      "program-mismatch",
      `L1 judges program ${judged}, ${builtFile("stf.wasm")} is ${programHash}: check out and build the version that was deployed, or deploy again`,
    );
}
