import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDeploymentConfig, type DeploymentConfig } from ".";

const ROOT = join(__dirname, "..");
const SNAPSHOTS = join(ROOT, "test", "snapshots");
const GWEI = 10n ** 9n;
/** L1's gas price that stakes are meant for, in gwei: half of each level's stake must pay the answer below it at this price. */
export const ASSUMED_GAS_PRICE_GWEI = 10;

/** A row of the honest party's spending on one lie that is played to the end. */
export interface SpendRow {
  answer: string;
  times: number;
  gasEach: number;
}

/** What one answer to a staked lie of a level costs, against what the liar is sure to lose. */
export interface LevelRow {
  level: number;
  stakeWei: bigint;
  answer: string;
  gas: number;
  /** Gas price at which half the stake pays just that, in gwei. */
  breakEvenGwei: number;
}

/** Files that hold a written table, with the marks around it. */
export const WRITTEN = [
  { file: join(ROOT, "docs", "threat-model.md"), mark: "spend", table: spendTable },
  { file: join(ROOT, "docs", "threat-model.md"), mark: "stakes", table: stakesTable },
  { file: join(ROOT, "docs", "spec", "10-queue.md"), mark: "assertion gas", table: assertionTable },
] as const;

/** Pinned gas, by name; the dearest of those whose names begin so. @throws when nothing is pinned under the name. */
function pinned(prefix: string, file = "gas.game"): number {
  const pins = JSON.parse(readFileSync(join(SNAPSHOTS, `${file}.json`), "utf8")) as Record<string, number>;
  const gas = Object.entries(pins).filter(([name]) => name.startsWith(prefix) && !name.includes(", of that "));
  if (gas.length === 0) throw new Error(`no gas is pinned under "${prefix}" in test/snapshots/${file}.json`);
  return Math.max(...gas.map(([, value]) => value));
}

/** Heights and stakes that a deployment has by default. */
export function defaultGame(): DeploymentConfig["game"] {
  const anyone = "0x0000000000000000000000000000000000000001";
  return parseDeploymentConfig({ sequencer: anyone, feeRecipient: anyone }).game;
}

/**
 * The worst case of one honest party alone against one lie of full depth: every answer is its own, none is shared, each a
 * transaction of its own at the dearest pinned place; timers are brought up once below each of its three stakes.
 */
export function spendRows({ heights } = defaultGame()): SpendRow[] {
  const [h0, h1, h2] = heights.map(Number);
  const links = h2 + (h1 + 1 + h2) + (h0 + 1 + h1 + 1 + h2);
  return [
    { answer: "assert", times: 1, gasEach: pinned("queue: assert") },
    { answer: "bisect", times: h0 + h1 + h2, gasEach: pinned("game: bisect") },
    { answer: "open", times: 2, gasEach: pinned("game: open") },
    { answer: "prove a step, itself", times: 1, gasEach: pinned("worst step", "gas.vm") },
    { answer: "prove a step, the game around it", times: 1, gasEach: pinned("game: prove step") },
    { answer: "update a timer, below each of its stakes", times: links, gasEach: pinned("game: update") },
    { answer: "confirm", times: 3, gasEach: pinned("game: confirm") },
    { answer: "slash", times: 3, gasEach: pinned("game: slash") },
    { answer: "withdraw", times: 1, gasEach: pinned("game: withdraw") },
  ];
}

export const totalOf = (rows: SpendRow[]): number => rows.reduce((sum, { times, gasEach }) => sum + times * gasEach, 0);

/** Each level's stake against the answer below it: down to the next stake, or to the proof and the timers. */
export function levelRows({ heights, stakes } = defaultGame()): LevelRow[] {
  const [h0, h1, h2] = heights.map(Number);
  const [bisect, open] = [pinned("game: bisect"), pinned("game: open")];
  const proof = pinned("worst step", "gas.vm") + pinned("game: prove step");
  const answers: [string, number][] = [
    [`${h0} bisections, 1 open`, h0 * bisect + open],
    [`${h1} bisections, 1 open`, h1 * bisect + open],
    [`${h2} bisections, 1 proof, ${h2} timers`, h2 * (bisect + pinned("game: update")) + proof],
  ];
  return answers.map(([answer, gas], level) => {
    const stakeWei = stakes[level];
    return { level, stakeWei, answer, gas, breakEvenGwei: Number(stakeWei / 2n / BigInt(gas) / (GWEI / 100n)) / 100 };
  });
}

function spendTable(): string[] {
  const rows = spendRows();
  const { heights } = defaultGame();
  return [
    "| answer | times | gas each | gas |",
    "|---|---|---|---|",
    ...rows.map(({ answer, times, gasEach }) => `| ${answer} | ${times} | ${n(gasEach)} | ${n(times * gasEach)} |`),
    `| **all, with heights ${heights.join(" + ")}** | | | **${n(totalOf(rows))}** |`,
    "",
    `Measured, both sides answering, refunds included: the honest side pays at most ${n(honestSide())} gas.`,
  ];
}

/** The dearest whole dispute that the gas tests play, the honest side's part. */
export function honestSide(): number {
  const pins = JSON.parse(readFileSync(join(SNAPSHOTS, "gas.game.json"), "utf8")) as Record<string, number>;
  return Math.max(
    ...Object.entries(pins)
      .filter(([name]) => name.endsWith("of that the honest side"))
      .map(([, gas]) => gas),
  );
}

function stakesTable(): string[] {
  return [
    `| level | half the stake, ether | answer below | gas | at ${ASSUMED_GAS_PRICE_GWEI} gwei, ether | break-even gas price |`,
    "|---|---|---|---|---|---|",
    ...levelRows().map(({ level, stakeWei, answer, gas, breakEvenGwei }) => {
      const cost = (gas * ASSUMED_GAS_PRICE_GWEI) / 1e9;
      return `| ${level} | ${Number(stakeWei) / 2e18} | ${answer} | ${n(gas)} | ${cost.toFixed(4)} | ${breakEvenGwei} gwei |`;
    }),
  ];
}

/** The parts of `assertState`, largest first. */
export function assertionParts(): [part: string, gas: number][] {
  const name = "queue: assert, the first child";
  const pins = JSON.parse(readFileSync(join(SNAPSHOTS, "gas.game.json"), "utf8")) as Record<string, number>;
  return Object.entries(pins)
    .filter(([key]) => key.startsWith(`${name}, of that `))
    .map(([key, gas]): [string, number] => [key.slice(`${name}, of that `.length), gas])
    .sort(([, a], [, b]) => b - a);
}

function assertionTable(): string[] {
  const parts = assertionParts();
  const sum = parts.reduce((all, [, gas]) => all + gas, 0);
  return [
    "| part of `assertState`, first child, heights 10 + 20 + 20 | gas |",
    "|---|---|",
    ...parts.map(([part, gas]) => `| ${part} | ${n(gas)} |`),
    `| **all** | **${n(sum)}** |`,
  ];
}

/** A file's text with the table between its marks written anew. @throws when the marks are missing. */
export function withTable(text: string, mark: string, table: () => string[]): string {
  const [begin, end] = [`<!-- begin ${mark}: written by npx tsx scripts/spend.ts -->`, `<!-- end ${mark} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the marks "${begin}" and "${end}" are missing`);
  return `${text.slice(0, from)}${begin}\n\n${table().join("\n")}\n\n${text.slice(to)}`;
}

const n = (value: number): string => value.toLocaleString("en-US");
