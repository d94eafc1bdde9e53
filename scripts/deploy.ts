import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isHexString, NonceManager, Wallet } from "ethers";
import { QuietProvider } from "../actor/provider";
import type { HardhatRuntimeEnvironment } from "hardhat/types";
import {
  deploymentToJson,
  deploySystem,
  describeDeployment,
  deploymentWarnings,
  parseDeploymentConfig,
  planDeployment,
  requireFitsL1,
  standardContracts,
  type Deployment,
} from "../deployment";
import type * as SystemModule from "../deployment/ignition/modules/system";
import { ensureDeployer, hasCode } from "../deployment/ensureDeployer";
import { L1Rpc } from "../node/l1/rpc";
import { SolventError } from "../protocol/errors";
import { createCommand, runCommand } from "../actor/command";
import { readConfig } from "./support/readConfig";

const ROOT = join(__dirname, "..");

interface Options {
  /** A network of Hardhat's, or the URL of an L1. */
  network?: string;
  l1?: string;
  key?: string;
  config: string;
  out?: string;
}

/**
 * `solvent deploy --l1 URL --config FILE [--out FILE]`, or `npm run deploy -- --network NAME ...` for a network of hardhat.config.ts by
 * Hardhat Ignition, with its journal (`l1` is the one that SOLVENT_L1_URL and SOLVENT_DEPLOYER_KEY name): deploys a system and writes one JSON
 * file (default: deployments/NAME.json). Doing it twice changes nothing: addresses follow from deployer and configuration.
 */
async function main(argv: string[]): Promise<void> {
  const options = parseOptions(argv);
  const { network, l1, config, out } = options;
  const file = resolve(out ?? join(l1 === undefined ? ROOT : ".", "deployments", `${network ?? "l1"}.json`));
  const input = readConfig(config);
  const deployment = l1 === undefined ? await deployToNetwork(network!, input) : await deployTo(l1, options.key, input);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, deploymentToJson(deployment));
  for (const [name, address] of Object.entries(deployment.addresses)) console.log(`${name.padEnd(12)} ${address}`);
  console.log(`genesis      ${deployment.genesisOutputRoot}\nwritten to   ${file}`);
}

/** With nothing but an L1 and a key. */
async function deployTo(l1: string, key = process.env.SOLVENT_DEPLOYER_KEY, input: unknown): Promise<Deployment> {
  if (key === undefined || !isHexString(key, 32))
    throw new SolventError(
      "config-invalid",
      "name the account that deploys: --key or SOLVENT_DEPLOYER_KEY, 0x and 64 hex digits",
    );
  for (const warning of deploymentWarnings(parseDeploymentConfig(input))) console.warn(`warning: ${warning}`);
  const provider = new QuietProvider(l1, undefined, { batchMaxCount: 1, cacheTimeout: -1 });
  try {
    await requireAnswer(l1);
    const onContract = (name: string, _address: string, made: boolean): void =>
      console.warn(`${name}: ${made ? "is being made" : "stands already"}`);
    return await deploySystem(new NonceManager(new Wallet(key, provider)), input as never, { onContract });
  } finally {
    provider.destroy();
  }
}

/** ethers asks for ever. @throws SolventError `l1-unavailable`. */
async function requireAnswer(url: string): Promise<void> {
  const rpc = new L1Rpc(url, { retries: 1, timeoutMs: 10_000 });
  await rpc.send("eth_chainId", []).finally(() => rpc.close());
}

async function deployToNetwork(network: string, input: unknown): Promise<Deployment> {
  requireNetwork(network);
  process.env.HARDHAT_NETWORK = network;
  process.env.SOLVENT_CONTRACTS = "product";
  const { default: hre } = (await import("hardhat")) as { default: HardhatRuntimeEnvironment };
  await hre.run("compile", { quiet: true });
  return deploy(hre, network, input);
}

/** By Ignition; what an earlier run without its journal has left is finished by the library, which needs none. */
async function deploy(hre: HardhatRuntimeEnvironment, network: string, input: unknown): Promise<Deployment> {
  const [signer] = await hre.ethers.getSigners();
  if (signer === undefined)
    throw new SolventError("deployer-missing", `network ${network} has no account to deploy with`);
  const config = parseDeploymentConfig(input);
  for (const warning of deploymentWarnings(config)) console.warn(`warning: ${warning}`);
  const plan = planDeployment(signer.address, config, standardContracts(config));
  await requireFitsL1(hre.ethers.provider, config);
  const standing: boolean[] = [];
  for (const { address } of plan.contracts) standing.push(await hasCode(hre.ethers.provider, address));
  if (standing.every(Boolean)) return describeDeployment(signer, plan);
  // Addresses are the same on every L1: a journal is one chain's, or a node that was started anew would be taken for finished.
  const first = (await hre.ethers.provider.getBlock(0))!;
  const deploymentId = `${network}-${plan.addresses.portal.slice(2, 10)}-${first.hash!.slice(2, 10)}`;
  const hasJournal = existsSync(join(hre.config.paths.ignition, "deployments", deploymentId));
  if (standing.some(Boolean) && !hasJournal) return deploySystem(signer, input as never);
  const before = await signer.getNonce();
  // Only here: the installed command has no Ignition.
  const { createSystemModule } = require("../deployment/ignition/modules/system") as typeof SystemModule;
  const module = createSystemModule(plan, await ensureDeployer(signer));
  const ephemeral = network === "hardhat";
  await hre.ignition.deploy(module, {
    displayUi: process.stdout.isTTY && !ephemeral,
    // Ignition takes our own transaction of a moment ago for somebody else's until it has as many confirmations as it asks for.
    ...((await signer.getNonce()) > before ? { config: { requiredConfirmations: 1 } } : {}),
    ...(ephemeral ? {} : { deploymentId }),
  });
  // Makes what Ignition's journal has and L1 does not: a chain that went back, or another fork of the same one.
  return deploySystem(signer, input as never);
}

function parseOptions(argv: string[]): Options {
  const command = createCommand("deploy", "Deploys a system on an L1 and writes one JSON file about it.")
    .option("--l1 <url>", "JSON-RPC of the L1")
    .option("--key <key>", "private key of the account that deploys, for --l1; else SOLVENT_DEPLOYER_KEY")
    .option(
      "--network <name>",
      "in the place of --l1, a network of hardhat.config.ts; l1 is the node at SOLVENT_L1_URL, with the account of SOLVENT_DEPLOYER_KEY",
    )
    .requiredOption(
      "--config <file>",
      "configuration (JSON), as docs/configuration.md says; deployment/example.json is one",
    )
    .option("--out <file>", "where to write the deployment")
    .parse(argv);
  const options = command.opts<Options>();
  if ((options.l1 === undefined) === (options.network === undefined)) command.error("give one of --l1 and --network");
  return options;
}

/** @throws SolventError `config-invalid` where the environment lacks what a network needs. */
function requireNetwork(network: string): void {
  if (network !== "l1") return;
  for (const name of ["SOLVENT_L1_URL", "SOLVENT_DEPLOYER_KEY"])
    if (process.env[name] === undefined)
      throw new SolventError("config-invalid", `--network l1 needs ${name} in the environment (docs/configuration.md)`);
}

void runCommand("deploy", () => main(process.argv));
