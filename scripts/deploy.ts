import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Command } from "commander";
import type { HardhatRuntimeEnvironment } from "hardhat/types";
import { createSystemModule } from "../deployment/ignition/modules/system";
import {
  deploymentToJson,
  deploySystem,
  describeDeployment,
  parseDeploymentConfig,
  planDeployment,
  STANDARD_CONTRACTS,
  type Deployment,
} from "../deployment";
import { ensureDeployer, hasCode } from "../deployment/ensureDeployer";
import { SolventError } from "../protocol/errors";

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
  const plan = planDeployment(signer.address, parseDeploymentConfig(input), STANDARD_CONTRACTS);
  const standing: boolean[] = [];
  for (const { address } of plan.contracts) standing.push(await hasCode(hre.ethers.provider, address));
  if (standing.every(Boolean)) return describeDeployment(signer, plan);
  const deploymentId = `${network}-${plan.addresses.portal.slice(2, 10)}`;
  const hasJournal = existsSync(join(hre.config.paths.ignition, "deployments", deploymentId));
  if (standing.some(Boolean) && !hasJournal) return deploySystem(signer, input as never);
  const module = createSystemModule(plan, await ensureDeployer(signer));
  const ephemeral = network === "hardhat";
  await hre.ignition.deploy(module, {
    displayUi: process.stdout.isTTY && !ephemeral,
    ...(ephemeral ? {} : { deploymentId }),
  });
  return describeDeployment(signer, plan);
}

function parseOptions(argv: string[]): Options {
  return new Command()
    .name("npm run deploy --")
    .requiredOption("--network <name>", "network of hardhat.config.ts")
    .requiredOption("--config <file>", "configuration (JSON)")
    .option("--out <file>", "where to write the deployment")
    .parse(argv)
    .opts<Options>();
}

function readConfig(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new SolventError("config-invalid", `deployment config ${file} cannot be read as JSON`, { cause });
  }
}

void main(process.argv).catch((error: unknown) => {
  console.error(error instanceof SolventError ? `${error.code}: ${error.message}` : error);
  process.exitCode = 1;
});
