import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type JsonRpcProvider, keccak256, NonceManager, toUtf8Bytes, Wallet } from "ethers";
import { QuietProvider } from "../../actor/provider";
import {
  deploymentToJson,
  deploySystem,
  ensureCompiled,
  sourcesOf,
  parseDeployment,
  parseDeploymentConfig,
  planDeployment,
  PREDEPLOYS,
  standardContracts,
  stringify,
  type Deployment,
  type DeploymentConfigInput,
} from "../../deployment";
import { quantity } from "../../protocol/quantity";
import type { Hex } from "../../protocol/types";
import { devAccount, ROLES } from "../accounts";
import { freePort, type Processes } from "../processes";
import { anvilBinary, untilAnswers } from "./anvil";

/** Where prepared states are kept: beside what the build makes. */
export const PREPARED_FOLDER = join(__dirname, "..", "..", "build", "devnet");
/** Of the files; another one is not read. */
const VERSION = 1;
/** As much as one transaction may have. */
const DEPLOY_GAS = 16_777_216n;

/** An account of L1's state. */
interface Account {
  /** Hex quantities. */
  balance: Hex;
  nonce: Hex;
  code: Hex;
  /** Words of 32 bytes by slot of 32 bytes. */
  storage: Record<Hex, Hex>;
}

/** A system that stands on L1 before its first block, and what deploying it would have written. */
export interface PreparedL1 {
  deployment: Deployment;
  accounts: Record<Hex, Account>;
}

/** Asks L1 by a method that changes its state. */
type Ask = (method: string, params: unknown[]) => Promise<unknown>;

/** The file with the state for a configuration. Its name has the hash of all that is deployed: what is stale is never found. */
export function preparedFile(config: DeploymentConfigInput): string {
  const { from, addresses, contracts, genesis } = planOf(config);
  const parts = contracts.map(({ name, salt, value, initCode: code }) => stringify({ name, salt, value, code }));
  const text = [VERSION, from, stringify(addresses), genesis.blockHash, ...parts].join("\n");
  return join(PREPARED_FOLDER, `${keccak256(toUtf8Bytes(text)).slice(2, 18)}.json`);
}

/**
 * The state for a configuration, from an earlier time, or made now by deploying on an anvil of its own and kept.
 * @param processes - that end with the devnet.
 * @returns its file; null where there is none and no anvil to make it.
 */
export async function prepareL1(processes: Processes, config: DeploymentConfigInput): Promise<string | null> {
  const parsed = parseDeploymentConfig(config);
  await ensureCompiled(sourcesOf(parsed, standardContracts(parsed)));
  const file = preparedFile(config);
  if (!existsSync(file)) {
    if (!hasAnvil()) return null;
    const made = await make(processes, config);
    mkdirSync(PREPARED_FOLDER, { recursive: true });
    // Another devnet may make the same one at the same time.
    const own = `${file}.${process.pid}`;
    writeFileSync(
      own,
      JSON.stringify({ ...made, deployment: JSON.parse(deploymentToJson(made.deployment)) as unknown }),
    );
    renameSync(own, file);
  }
  return file;
}

/** @param file - as `prepareL1` gives it. */
export function readPrepared(file: string): PreparedL1 {
  const { deployment, accounts } = JSON.parse(readFileSync(file, "utf8")) as PreparedL1;
  return { deployment: parseDeployment(deployment), accounts };
}

/** Puts a state on an L1 that has no block but the first. */
export async function loadPrepared(ask: Ask, { accounts }: Pick<PreparedL1, "accounts">): Promise<void> {
  for (const [address, { balance, nonce, code, storage }] of Object.entries(accounts)) {
    await ask("hardhat_setCode", [address, code]);
    if (BigInt(nonce) > 0n) await ask("hardhat_setNonce", [address, nonce]);
    if (BigInt(balance) > 0n) await ask("hardhat_setBalance", [address, balance]);
    for (const [slot, word] of Object.entries(storage))
      await ask("hardhat_setStorageAt", [address, quantity(BigInt(slot)), word]);
  }
}

function planOf(config: DeploymentConfigInput) {
  const parsed = parseDeploymentConfig(config);
  return planDeployment(devAccount(ROLES.deployer).address, parsed, standardContracts(parsed));
}

function hasAnvil(): boolean {
  try {
    anvilBinary();
    return true;
  } catch {
    return false;
  }
}

async function make(processes: Processes, config: DeploymentConfigInput): Promise<PreparedL1> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ["--port", String(port), "--silent", "--hardfork", "osaka", "--accounts", "20"];
  processes.startProgram("prepare", anvilBinary(), [...args, "--timestamp", String(config.timestamp)]);
  const provider = new QuietProvider(url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 20 });
  try {
    await untilAnswers(url);
    const signer = new NonceManager(new Wallet(devAccount(ROLES.deployer).privateKey, provider));
    const deployment = await deploySystem(signer, config, { gasLimit: DEPLOY_GAS });
    const dump = (await provider.send("anvil_dumpState", [])) as string;
    const state = JSON.parse(gunzipSync(Buffer.from(dump.slice(2), "hex")).toString()) as {
      accounts: Record<Hex, { nonce: number; balance: string; code: Hex; storage: Record<Hex, Hex> }>;
    };
    const contracts = [];
    for (const entry of Object.entries(state.accounts)) if (await isDeployed(provider, ...entry)) contracts.push(entry);
    // Anvil's own proxy lacks the one that every contract begins with.
    const first = (address: string): number => (address.toLowerCase() === PREDEPLOYS.deploymentProxy ? 1 : 0);
    const accounts = contracts.map(([address, { balance, nonce, code, storage }]): [Hex, Account] => [
      address.toLowerCase() as Hex,
      { balance: quantity(BigInt(balance)), nonce: quantity(nonce + first(address)), code, storage },
    ]);
    // Nothing of it is in a block: L1 begins with it.
    return { deployment: { ...deployment, l1Block: 0 }, accounts: Object.fromEntries(accounts) };
  } finally {
    provider.destroy();
    await processes.stopOne("prepare");
  }
}

/** Whether a deployment made an account: what a node begins with is that node's, but for the proxy, with which anvil begins, Hardhat not. */
async function isDeployed(provider: JsonRpcProvider, address: string, { code }: { code: Hex }): Promise<boolean> {
  if (address.toLowerCase() === PREDEPLOYS.deploymentProxy) return true;
  return code !== "0x" && (await provider.getCode(address, 0)) === "0x";
}
