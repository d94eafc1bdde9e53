import { readFileSync, writeFileSync } from "node:fs";
import { createCommand, runCommand } from "../actor/command";
import type { OpenExecution } from "../actor/execution";
import { measureAnswerTime, RUNS_AT_ONCE, tooSlow, WORST_RUN_STEPS } from "../challenger/answerTime";
import { MachinePool } from "../challenger/commitments/pool";
import { createGenesis, deploymentWarnings, parseDeploymentConfig, type DeploymentConfig } from "../deployment";
import {
  WRITTEN,
  defaultConfig,
  defaultInput,
  economicsLines,
  levelRows,
  spendRows,
  totalOf,
  withTable,
  type EconomicsInput,
} from "../deployment/economics";
import { gameEconomicsLines, WRITTEN_GAMES } from "../deployment/gameEconomics";
import { openProgram } from "../node/engine";
import { SolventError } from "../protocol/errors";
import { readConfig } from "./support/readConfig";

interface Options {
  config?: string;
  gasPrice: string;
  blockSeconds: string;
  assertionSeconds: string;
  waitingBlocks: string;
  write?: boolean;
  measure?: boolean;
}

/**
 * `solvent economics [--config FILE] ...`: what a deployment's stakes are worth: ratio, steady capital, break-even gas prices
 * under today's and the next fork's gas, the escrow that it can guard, worst delay. `--measure` adds how soon this machine answers the
 * dearest disputed runs, and the response time that follows. `--write` writes the tables in docs/ instead, from
 * test/snapshots and the default deployment. Without a configuration the three games stand side by side.
 */
async function main(): Promise<void> {
  const defaults = defaultInput();
  const options = createCommand("economics", "What a deployment's stakes are worth, as a table.")
    .option("--config <file>", "a deployment's configuration (JSON); default: the defaults")
    .option("--gas-price <gwei>", "L1's dearest gas price meant", String(defaults.gasPriceGwei))
    .option("--block-seconds <seconds>", "between two L2 blocks", String(defaults.blockSeconds))
    .option("--assertion-seconds <seconds>", "between two assertions", String(defaults.assertionSeconds))
    .option("--waiting-blocks <count>", "L2 blocks that wait for an assertion", String(defaults.waitingBlocks))
    .option("--measure", "measure how soon this machine answers, and say which response time it can keep")
    .option("--write", "write the tables in docs/")
    .parse()
    .opts<Options>();
  if (options.write === true) {
    for (const { file, mark, table } of [...WRITTEN, WRITTEN_GAMES])
      writeFileSync(file, withTable(readFileSync(file, "utf8"), mark, table));
    return;
  }
  const config = options.config === undefined ? null : parseDeploymentConfig(readConfig(options.config));
  const numbers = [options.gasPrice, options.blockSeconds, options.assertionSeconds, options.waitingBlocks].map(Number);
  if (!numbers.every((value) => Number.isFinite(value) && value > 0))
    throw new SolventError("config-invalid", "prices, seconds and counts must be positive numbers");
  const [gasPriceGwei, blockSeconds, assertionSeconds, waitingBlocks] = numbers;
  const game = config === null ? defaults.game : config.game;
  if (game.type === "edges")
    for (const line of edgesLines({ game, gasPriceGwei, blockSeconds, assertionSeconds, waitingBlocks }))
      console.log(line);
  const games = config === null ? undefined : [game];
  for (const line of gameEconomicsLines(games, assertionSeconds)) console.log(line);
  if (options.measure === true)
    for (const line of await measuredLines(game, config ?? defaultConfig())) console.log(line);
  if (config !== null) for (const warning of deploymentWarnings(config)) console.log(`warning: ${warning}`);
}

/** What is known of our own game alone: the rule behind its stakes, and its gas under the next fork. */
function edgesLines(input: EconomicsInput): string[] {
  const lines = (["osaka", "glamsterdam"] as const).map((fork) => {
    const answers = levelRows(input.game, fork).map(({ gas }) => gas.toLocaleString("en-US"));
    const whole = totalOf(spendRows(input.game, fork)).toLocaleString("en-US");
    return `gas of the answers by level (${fork}): ${answers.join(" / ")}; one lie to the end at most ${whole}`;
  });
  return [...economicsLines(input), ...lines, ""];
}

/** What a challenger on this machine can promise. */
async function measuredLines(
  { heights, responseTime }: DeploymentConfig["game"],
  config: DeploymentConfig,
): Promise<string[]> {
  const pool = new MachinePool(1);
  try {
    const open: OpenExecution = (nodes) => ({ program: openProgram({ nodes }) });
    const genesis = createGenesis(config, { tokenBridge: config.sequencer });
    const levels = heights.map(Number) as [number, number, number];
    const found = await measureAnswerTime(open, genesis, pool, 1, levels);
    const [one, all] = [found.worstSeconds, found.worstAtOnceSeconds].map(Math.ceil);
    return [
      `this machine, one thread: ${(found.stepsASecond / 1e6).toFixed(0)} million steps of the proof VM a second`,
      `the dearest disputed run (${WORST_RUN_STEPS / 1e6} million steps) is answered in ${one} s, ${RUNS_AT_ONCE} at once in ${all} s`,
      `response time by the rule, twice the latter: ${2 * all} s; this deployment's: ${responseTime} s, ${tooSlow(found, Number(responseTime)) === null ? "enough" : "TOO SHORT"}`,
    ];
  } finally {
    await pool.close();
  }
}

void runCommand("economics", main);
