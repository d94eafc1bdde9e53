import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types";
import { createSystemModule } from "../deployment/ignition/modules/system";
import {
  deploymentToJson,
  deploySystem,
  describeDeployment,
  deploymentWarnings,
  parseDeploymentConfig,
  planDeployment,
  requireFitsL1,
  STANDARD_CONTRACTS,
  type Deployment,
} from "../deployment";
import { ensureDeployer, hasCode } from "../deployment/ensureDeployer";
import { SolventError } from "../protocol/errors";
import { createCommand, runCommand } from "../actor/command";

const ROOT = join(__dirname, "..");

interface Options {
  network: string;
  config: string;
  out?: string;
}

/**
 * `npm run deploy -- --network NAME --config FILE [--out FILE]`: deploys a system with Hardhat Ignition and writes one JSON file
 * (default: deployments/NAME.json). Networks are those of hardhat.config.ts; `l1` is the one that SOLVENT_L1_URL and
 * SOLVENT_DEPLOYER_KEY name. Doing it twice changes nothing: addresses follow from deployer and configuration.
 */
async function main(argv: string[]): Promise<void> {
  const { network, config, out } = parseOptions(argv);
  const file = resolve(out ?? join(ROOT, "deployments", `${network}.json`));
  const input = readConfig(config);
  requireNetwork(network);
  process.env.HARDHAT_NETWORK = network;
  const { default: hre } = (await import("hardhat")) as { default: HardhatRuntimeEnvironment };
  await hre.run("compile", { quiet: true });
  const deployment = await deploy(hre, network, input);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, deploymentToJson(deployment));
  for (const [name, address] of Object.entries(deployment.addresses)) console.log(`${name.padEnd(12)} ${address}`);
  console.log(`genesis      ${deployment.genesisOutputRoot}\nwritten to   ${file}`);
}

/** By Ignition; what an earlier run without its journal has left is finished by the library, which needs none. */
async function deploy(hre: HardhatRuntimeEnvironment, network: string, input: unknown): Promise<Deployment> {
  const [signer] = await hre.ethers.getSigners();
  if (signer === undefined)
    throw new SolventError("deployer-missing", `network ${network} has no account to deploy with`);
  const config = parseDeploymentConfig(input);
  for (const warning of deploymentWarnings(config)) console.warn(`warning: ${warning}`);
  const plan = planDeployment(signer.address, config, STANDARD_CONTRACTS);
  await requireFitsL1(hre.ethers.provider, config);
  const standing: boolean[] = [];
  for (const { address } of plan.contracts) standing.push(await hasCode(hre.ethers.provider, address));
  if (standing.every(Boolean)) return describeDeployment(signer, plan);
  const deploymentId = `${network}-${plan.addresses.portal.slice(2, 10)}`;
  const hasJournal = existsSync(join(hre.config.paths.ignition, "deployments", deploymentId));
  if (standing.some(Boolean) && !hasJournal) return deploySystem(signer, input as never);
  const before = await signer.getNonce();
  const module = createSystemModule(plan, await ensureDeployer(signer));
  const ephemeral = network === "hardhat";
  await hre.ignition.deploy(module, {
    displayUi: process.stdout.isTTY && !ephemeral,
    // Ignition takes our own transaction of a moment ago for somebody else's until it has as many confirmations as it asks for.
    ...((await signer.getNonce()) > before ? { config: { requiredConfirmations: 1 } } : {}),
    ...(ephemeral ? {} : { deploymentId }),
  });
  return describeDeployment(signer, plan);
}

function parseOptions(argv: string[]): Options {
  return createCommand("npm run deploy --", "Deploys a system on an L1 and writes one JSON file about it.")
    .requiredOption(
      "--network <name>",
      "network of hardhat.config.ts; l1 is the node at SOLVENT_L1_URL, with the account of SOLVENT_DEPLOYER_KEY",
    )
    .requiredOption(
      "--config <file>",
      "configuration (JSON), as docs/configuration.md says; deployment/example.json is one",
    )
    .option("--out <file>", "where to write the deployment")
    .parse(argv)
    .opts<Options>();
}

/** @throws SolventError `config-invalid` where the environment lacks what a network needs. */
function requireNetwork(network: string): void {
  if (network !== "l1") return;
  for (const name of ["SOLVENT_L1_URL", "SOLVENT_DEPLOYER_KEY"])
    if (process.env[name] === undefined)
      throw new SolventError("config-invalid", `--network l1 needs ${name} in the environment (docs/configuration.md)`);
}

function readConfig(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new SolventError("config-invalid", `deployment config ${file} cannot be read as JSON`, { cause });
  }
}

void runCommand("deploy", () => main(process.argv));
