import { readFileSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { deploymentWarnings, parseDeploymentConfig, requireEdges } from "../deployment";
import {
  WRITTEN,
  defaultInput,
  economicsLines,
  levelRows,
  spendRows,
  totalOf,
  withTable,
} from "../deployment/economics";

interface Options {
  config?: string;
  gasPrice: string;
  blockSeconds: string;
  assertionSeconds: string;
  waitingBlocks: string;
  write?: boolean;
}

/**
 * `npx tsx scripts/economics.ts [--config FILE] ...`: what a deployment's stakes are worth: ratio, steady capital, break-even gas prices
 * under today's and the next fork's gas, the escrow that it can guard, worst delay. `--write` writes the tables in docs/ instead, from
 * test/snapshots and the default deployment.
 */
function main(argv: string[]): void {
  const defaults = defaultInput();
  const options = new Command()
    .name("npx tsx scripts/economics.ts")
    .option("--config <file>", "a deployment's configuration (JSON); default: the defaults")
    .option("--gas-price <gwei>", "L1's dearest gas price meant", String(defaults.gasPriceGwei))
    .option("--block-seconds <seconds>", "between two L2 blocks", String(defaults.blockSeconds))
    .option("--assertion-seconds <seconds>", "between two assertions", String(defaults.assertionSeconds))
    .option("--waiting-blocks <count>", "L2 blocks that wait for an assertion", String(defaults.waitingBlocks))
    .option("--write", "write the tables in docs/")
    .parse(argv)
    .opts<Options>();
  if (options.write === true) {
    for (const { file, mark, table } of WRITTEN)
      writeFileSync(file, withTable(readFileSync(file, "utf8"), mark, table));
    return;
  }
  const config =
    options.config === undefined ? null : parseDeploymentConfig(JSON.parse(readFileSync(options.config, "utf8")));
  const game = config === null ? defaults.game : requireEdges(config.game, "what these figures mean");
  const numbers = [options.gasPrice, options.blockSeconds, options.assertionSeconds, options.waitingBlocks].map(Number);
  if (!numbers.every((value) => Number.isFinite(value) && value > 0))
    throw new Error("figures must be positive numbers");
  const [gasPriceGwei, blockSeconds, assertionSeconds, waitingBlocks] = numbers;
  const input = { game, gasPriceGwei, blockSeconds, assertionSeconds, waitingBlocks };
  for (const line of economicsLines(input)) console.log(line);
  for (const fork of ["osaka", "glamsterdam"] as const) {
    const answers = levelRows(game, fork).map(({ gas }) => gas.toLocaleString("en-US"));
    const whole = totalOf(spendRows(game, fork)).toLocaleString("en-US");
    console.log(`gas of the answers by level (${fork}): ${answers.join(" / ")}; one lie to the end at most ${whole}`);
  }
  if (config !== null) for (const warning of deploymentWarnings(config)) console.log(`warning: ${warning}`);
}

main(process.argv);
