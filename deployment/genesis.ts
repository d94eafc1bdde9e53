import type { Hex } from "../protocol/types";
import type { GenesisJson } from "../node/state/genesis";
import { MULTICALL3_CODE, readArtifact } from "./artifacts";
import type { DeploymentConfig } from "./config";
import { DEPLOYMENT_PROXY_CODE, HISTORY_CODE, PREDEPLOY_CONTRACTS, PREDEPLOYS } from "../protocol/predeploys";

type Alloc = Record<string, { balance?: string; nonce?: string; code?: string; storage?: Record<string, string> }>;

/** Slots of the L1 block info that hold the chain's configuration. @see docs/spec/01-interfaces.md#predeploys */
const CONFIG_SLOT = 0x100;
/** Slot of the one L1 address that the L2 bridge and the fee vault each know. */
const PEER_SLOT = 0;

/**
 * The genesis file of a chain: predeploys with code and storage, and the configured balances.
 * A pure function of the configuration, the token bridge's address on L1 and the compiled contracts.
 */
export function createGenesis(config: DeploymentConfig, l1: { tokenBridge: string }): GenesisJson {
  const alloc: Alloc = {};
  for (const [name, contract] of Object.entries(PREDEPLOY_CONTRACTS)) {
    const code = readArtifact(`l2/${contract}`).deployedBytecode;
    alloc[PREDEPLOYS[name as keyof typeof PREDEPLOY_CONTRACTS]] = { code, nonce: "1" };
  }
  alloc[PREDEPLOYS.blockHashHistory] = { code: HISTORY_CODE, nonce: "1" };
  alloc[PREDEPLOYS.multicall3] = { code: MULTICALL3_CODE, nonce: "1" };
  for (const factory of [PREDEPLOYS.deploymentProxy, PREDEPLOYS.safeSingletonFactory])
    alloc[factory] = { code: DEPLOYMENT_PROXY_CODE, nonce: "1" };
  alloc[PREDEPLOYS.l2Bridge].storage = { [word(PEER_SLOT)]: word(l1.tokenBridge) };
  alloc[PREDEPLOYS.feeVault].storage = { [word(PEER_SLOT)]: word(config.feeRecipient) };
  alloc[PREDEPLOYS.l1BlockInfo].storage = configStorage(config);
  for (const [account, balance] of Object.entries(config.accounts)) {
    const key = account.toLowerCase();
    alloc[key] = { ...alloc[key], balance: balance.toString() };
  }
  return {
    config: { chainId: Number(config.chainId) },
    coinbase: PREDEPLOYS.feeVault,
    timestamp: config.timestamp.toString(),
    gasLimit: config.blockGasLimit.toString(),
    baseFeePerGas: config.genesisBaseFee.toString(),
    alloc,
  };
}

/** Sum of the balances in genesis, in wei: what the portal must hold from the start. */
export function genesisBalance(genesis: GenesisJson): bigint {
  return Object.values(genesis.alloc).reduce((sum, { balance }) => sum + BigInt(balance ?? 0), 0n);
}

function configStorage(config: DeploymentConfig): Record<string, string> {
  const values = [
    config.chainId,
    config.blockGasLimit,
    config.minimumBaseFee,
    PREDEPLOYS.feeVault,
    config.maxPrecompileInput,
    config.maxDelay,
    config.maxAhead,
  ];
  return Object.fromEntries(values.map((value, index) => [word(CONFIG_SLOT + index), word(value)]));
}

function word(value: bigint | number | string): Hex {
  return `0x${BigInt(value).toString(16).padStart(64, "0")}`;
}
