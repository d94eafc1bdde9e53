import { Contract, type Signer, type TransactionResponse } from "ethers";
import type { Hex } from "../protocol/types";
import { SolventError } from "../protocol/errors";
import { configToJson, parseDeploymentConfig, type DeploymentConfigInput } from "./config";
import type { Deployment } from "./deployment";
import { DEPLOYER_INTERFACE, ensureDeployer, hasCode, requireProvider } from "./ensureDeployer";
import { requireFitsL1 } from "./fitsL1";
import { ensureCompiled } from "./onDemand";
import { planDeployment, sourcesOf, type ContractChoices, type DeploymentPlan } from "./plan";
import { sendTransaction, waitForSuccess } from "./sendTransaction";
import { standardContracts } from "./standardContracts";

export interface DeployOptions {
  /** Contracts in the place of the standard prover and queue. */
  contracts?: Partial<ContractChoices>;
  /**
   * Gas of each transaction. Then all are sent at once and nothing is estimated, which takes some nodes seconds for the prover's
   * constructor; without it each is estimated when those before it stand.
   */
  gasLimit?: bigint;
  /** Called before each contract is made, and with `made` = false for each that stands already. */
  onContract?(name: string, address: Hex, made: boolean): void;
}

/**
 * Deploys the whole L1 side of a system and computes its genesis. Doing it again with the same signer and configuration changes
 * nothing and returns the same: addresses follow from both, and what stands is left alone.
 * @param signer - Pays for everything, the balances of genesis included; must have a provider.
 * @throws SolventError `config-invalid`, `artifact-missing`, `deployer-unavailable`, `deployment-reverted`.
 */
export async function deploySystem(
  signer: Signer,
  config: DeploymentConfigInput,
  options: DeployOptions = {},
): Promise<Deployment> {
  const provider = requireProvider(signer);
  const from = await signer.getAddress();
  const parsed = parseDeploymentConfig(config);
  const choices = { ...standardContracts(parsed), ...options.contracts };
  await ensureCompiled(sourcesOf(parsed, choices));
  const plan = planDeployment(from, parsed, choices);
  await requireFitsL1(provider, plan.config);
  const deployer = await ensureDeployer(signer);
  const sent: TransactionResponse[] = [];
  for (const { name, address, salt, initCode, value } of plan.contracts) {
    const stands = await hasCode(provider, address);
    options.onContract?.(name, address, !stands);
    if (stands) continue;
    const data = DEPLOYER_INTERFACE.encodeFunctionData("deploy", [salt, initCode]);
    const request = { to: deployer, data, value };
    if (options.gasLimit === undefined) await sendTransaction(signer, request);
    else sent.push(await signer.sendTransaction({ ...request, gasLimit: options.gasLimit }));
  }
  for (const transaction of sent) await waitForSuccess(transaction);
  return describeDeployment(signer, plan);
}

/**
 * The description of a system that stands on L1 as planned.
 * @throws SolventError `deployment-incomplete` naming the contract that is missing.
 */
export async function describeDeployment(signer: Signer, plan: DeploymentPlan): Promise<Deployment> {
  const provider = requireProvider(signer);
  for (const { name, address } of plan.contracts) {
    if (await hasCode(provider, address)) continue;
    throw new SolventError("deployment-incomplete", `no contract at ${address} (${name}): deploy again`);
  }
  const deployer = await ensureDeployer(signer);
  const topics = DEPLOYER_INTERFACE.encodeFilterTopics("Deployed", [plan.from, plan.contracts[0].salt]);
  const [first] = await provider.getLogs({ address: deployer, topics, fromBlock: 0 });
  const { chainId } = await provider.getNetwork();
  return {
    version: 1,
    l1ChainId: Number(chainId),
    l1Block: first.blockNumber,
    deployer,
    addresses: plan.addresses,
    parameters: configToJson(plan.config),
    programHash: await programHash(plan.addresses.prover, signer),
    genesisBlockHash: plan.genesis.blockHash,
    genesisOutputRoot: plan.genesis.outputRoot,
    genesis: plan.genesisJson,
  };
}

/** What the prover says it steps; null for a prover (a toy) that has no program. */
async function programHash(prover: string, signer: Signer): Promise<Hex | null> {
  const contract = new Contract(prover, ["function programHash() view returns (bytes32)"], signer);
  return contract.programHash().then(
    (value: Hex) => value,
    () => null,
  );
}
