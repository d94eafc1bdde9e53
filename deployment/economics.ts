import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDeploymentConfig, requireEdges, type DeploymentConfig, type EdgesConfig } from ".";

type Game = EdgesConfig;

const ROOT = join(__dirname, "..");
const SNAPSHOTS = join(ROOT, "test", "snapshots");
const GWEI = 10n ** 9n;
/** L1's dearest gas price that the default stakes are meant for, in gwei: half of each stake must pay the answer below it. */
export const DEAREST_GAS_PRICE_GWEI = 100;
/** Between the stakes of neighbouring levels: what a liar must lock for each ether that the honest side must. */
export const STAKE_RATIO = 10n;

/**
 * What L1 asks: today's rules, under which all gas is measured, and the next fork's, by arithmetic from counts of slots and bytes
 * (EIP-2780, 7976, 8037, 8038 as scheduled; values not final).
 */
export type Fork = "osaka" | "glamsterdam";

/** Of the next fork, against today's: gas more for a new slot, for a slot rewritten, for a byte of code; a transaction's base; floor of a byte. */
const NEXT = {
  newSlot: 110_020 - 22_100,
  rewrite: 12_100 - 5_000,
  codeByte: 1_530 - 200,
  base: 15_000 - 21_000,
  byte: 64,
};

/** A call as `test/contracts/game/gas.test.ts` pins it, and what of it the next fork prices anew, at its dearest. */
interface PinnedCall {
  pin: string;
  newSlots: number;
  rewrites: number;
  calldataBytes: number;
  codeBytes?: number;
}

const CALLS = {
  assert: { pin: "queue: assert", newSlots: 5, rewrites: 1, calldataBytes: 1_700, codeBytes: 205 },
  bisect: { pin: "game: bisect", newSlots: 3, rewrites: 1, calldataBytes: 260 },
  open: { pin: "game: open", newSlots: 2, rewrites: 1, calldataBytes: 2_600 },
  prove: { pin: "game: prove step", newSlots: 0, rewrites: 1, calldataBytes: 5_000 },
  update: { pin: "game: update", newSlots: 0, rewrites: 1, calldataBytes: 360 },
  confirm: { pin: "game: confirm", newSlots: 0, rewrites: 3, calldataBytes: 260 },
  slash: { pin: "game: slash", newSlots: 2, rewrites: 1, calldataBytes: 520 },
  reward: { pin: "game: reward", newSlots: 1, rewrites: 4, calldataBytes: 450 },
  withdraw: { pin: "game: withdraw", newSlots: 0, rewrites: 1, calldataBytes: 36 },
} as const satisfies Record<string, PinnedCall>;

/** Gas of a call, whole transaction. */
function gasOf(call: keyof typeof CALLS, fork: Fork): number {
  const { pin, newSlots, rewrites, calldataBytes, ...rest }: PinnedCall = CALLS[call];
  const gas = pinned(pin);
  if (fork === "osaka") return gas;
  const dearer = newSlots * NEXT.newSlot + rewrites * NEXT.rewrite + (rest.codeBytes ?? 0) * NEXT.codeByte + NEXT.base;
  return Math.max(gas + dearer, 15_000 + NEXT.byte * calldataBytes);
}

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
  { file: join(ROOT, "docs", "threat-model.md"), mark: "economics", table: economicsTable },
  { file: join(ROOT, "docs", "spec", "10-queue.md"), mark: "assertion gas", table: assertionTable },
] as const;

/** Pinned gas, by name; the dearest of those whose names begin so. @throws when nothing is pinned under the name. */
export function pinned(prefix: string, file = "gas.game"): number {
  const pins = JSON.parse(readFileSync(join(SNAPSHOTS, `${file}.json`), "utf8")) as Record<string, number>;
  const gas = Object.entries(pins).filter(([name]) => name.startsWith(prefix) && !name.includes(", of that "));
  if (gas.length === 0) throw new Error(`no gas is pinned under "${prefix}" in test/snapshots/${file}.json`);
  return Math.max(...gas.map(([, value]) => value));
}

/** How often one stake may move. Twin of `Assertions.MOVES_IN_A_PERIOD`. */
const MOVES_IN_A_PERIOD = 1024;

/** A deployment with nothing chosen but who is paid. */
export function defaultConfig(): DeploymentConfig {
  const anyone = "0x0000000000000000000000000000000000000001";
  return parseDeploymentConfig({ sequencer: anyone, feeRecipient: anyone });
}

/** Heights and stakes that a deployment has by default. */
export function defaultGame(): EdgesConfig {
  return requireEdges(defaultConfig().game, "the default");
}

/**
 * The worst case of one honest party alone against one lie of full depth: every answer is its own, none is shared, each a
 * transaction of its own at the dearest pinned place; timers are brought up once below each of its three stakes.
 */
export function spendRows({ heights }: Pick<Game, "heights"> = defaultGame(), fork: Fork = "osaka"): SpendRow[] {
  const [h0, h1, h2] = heights.map(Number);
  const links = h2 + (h1 + 1 + h2) + (h0 + 1 + h1 + 1 + h2);
  return [
    { answer: "assert", times: 1, gasEach: gasOf("assert", fork) },
    { answer: "bisect", times: h0 + h1 + h2, gasEach: gasOf("bisect", fork) },
    { answer: "open", times: 2, gasEach: gasOf("open", fork) },
    { answer: "prove a step, itself", times: 1, gasEach: pinned("worst step", "gas.vm") },
    { answer: "prove a step, the game around it", times: 1, gasEach: gasOf("prove", fork) },
    { answer: "update a timer, below each of its stakes", times: links, gasEach: gasOf("update", fork) },
    { answer: "confirm", times: 3, gasEach: gasOf("confirm", fork) },
    { answer: "slash", times: 3, gasEach: gasOf("slash", fork) },
    { answer: "withdraw", times: 1, gasEach: gasOf("withdraw", fork) },
  ];
}

export const totalOf = (rows: SpendRow[]): number => rows.reduce((sum, { times, gasEach }) => sum + times * gasEach, 0);

/** Each level's stake against the answer below it: down to the next stake, or to the proof and the timers. */
export function levelRows(
  { heights, stakes }: Pick<Game, "heights" | "stakes"> = defaultGame(),
  fork: Fork = "osaka",
): LevelRow[] {
  const [h0, h1, h2] = heights.map(Number);
  const [bisect, open] = [gasOf("bisect", fork), gasOf("open", fork)];
  const proof = pinned("worst step", "gas.vm") + gasOf("prove", fork);
  const answers: [string, number][] = [
    [`${h0} bisections, 1 open`, h0 * bisect + open],
    [`${h1} bisections, 1 open`, h1 * bisect + open],
    [`${h2} bisections, 1 proof, ${h2} timers`, h2 * (bisect + gasOf("update", fork)) + proof],
  ];
  return answers.map(([answer, gas], level) => {
    const stakeWei = stakes[level];
    return { level, stakeWei, answer, gas, breakEvenGwei: Number(stakeWei / 2n / BigInt(gas) / (GWEI / 100n)) / 100 };
  });
}

/** What a deployment and its proposer are. */
export interface EconomicsInput {
  game: Game;
  /** Seconds between two L2 blocks. */
  blockSeconds: number;
  /** Seconds between two assertions. */
  assertionSeconds: number;
  /** L2 blocks that wait for an assertion: a batch of one transaction may hold so many. */
  waitingBlocks: number;
  /** L1's dearest gas price meant. */
  gasPriceGwei: number;
}

/** What a configuration is worth: capital in wei, times in seconds. */
export interface Economics {
  /** S0 / S1 and S1 / S2. */
  ratios: [number, number];
  /** What stands for all assertions of one proposer, and at most, while a stranger's assertion parts two of its own. */
  steadyWei: bigint;
  steadyMostWei: bigint;
  /** The same if stakes did not move. */
  unmovedWei: bigint;
  /** What one lie of full depth asks of an honest party: to stake, and gas at the dearest price. */
  reserveWei: bigint;
  /** By level, under each fork, in gwei. */
  breakEvenGwei: Record<Fork, number[]>;
  /** The least stakes by the rule, from gas and ratio. */
  ruleWei: [bigint, bigint, bigint];
  /** Escrow, in wei, that each wei of ready honest capital can guard: the least ratio of stakes. */
  escrowPerReady: number;
  /** From an assertion's making to its confirmation: undisputed, and at worst. */
  confirmedSeconds: number;
  confirmedMostSeconds: number;
  /** Assertions after which what waits is covered; and how long one stake takes for them, or what they take at once. */
  assertions: number;
  assertionsOnOneStakeSeconds: number;
  assertionsAtOnceWei: bigint;
  /** Whether assertions of that interval keep up with the blocks. */
  keepsUp: boolean;
}

/** Assertions until a block is covered that has `blocks` - 1 uncovered ones before it: the tip's child may be bound to an inbox without it. */
export function assertionsFor(blocks: number, height: number): number {
  return Math.ceil(blocks / 2 ** height) + 1;
}

/** The figures of a configuration. */
export function economics(input: EconomicsInput): Economics {
  const { game, blockSeconds, assertionSeconds, waitingBlocks, gasPriceGwei } = input;
  const [s0, s1, s2] = game.stakes;
  const [h0, h1, h2] = game.heights.map(Number);
  const [period, answer, censorship] = [game.challengePeriod, game.responseTime, game.censorshipTime].map(Number);
  const ratios: [number, number] = [Number((s0 * 100n) / s1) / 100, Number((s1 * 100n) / s2) / 100];
  const assertions = assertionsFor(waitingBlocks, h0);
  const gasWei = BigInt(totalOf(spendRows(game))) * BigInt(gasPriceGwei) * GWEI;
  return {
    ratios,
    steadyWei: s0,
    steadyMostWei: 2n * s0,
    unmovedWei: BigInt(Math.ceil(period / assertionSeconds)) * s0,
    reserveWei: s0 + s1 + s2 + gasWei,
    breakEvenGwei: {
      osaka: levelRows(game, "osaka").map(({ breakEvenGwei }) => breakEvenGwei),
      glamsterdam: levelRows(game, "glamsterdam").map(({ breakEvenGwei }) => breakEvenGwei),
    },
    ruleWei: stakesByRule(game, gasPriceGwei),
    escrowPerReady: Math.min(...ratios),
    confirmedSeconds: period,
    confirmedMostSeconds: period + (h0 + h1 + h2 + 3) * answer + censorship,
    assertions,
    assertionsOnOneStakeSeconds: (assertions - 1) * Math.floor(period / MOVES_IN_A_PERIOD),
    assertionsAtOnceWei: BigInt(assertions) * s0,
    keepsUp: assertionSeconds / blockSeconds <= 2 ** h0,
  };
}

/**
 * The least stakes at a gas price: half of the last one pays the answer below it; each level above is `STAKE_RATIO` times the next, or
 * more, if its own answer asks for it. Rounded up to two digits.
 */
export function stakesByRule(game: Pick<Game, "heights" | "stakes">, gasPriceGwei: number): [bigint, bigint, bigint] {
  const least = levelRows(game).map(({ gas }) => roundUp(2n * BigInt(gas) * BigInt(gasPriceGwei) * GWEI));
  const s2 = least[2];
  const s1 = max(least[1], STAKE_RATIO * s2);
  return [max(least[0], STAKE_RATIO * s1), s1, s2];
}

function roundUp(wei: bigint): bigint {
  const unit = 10n ** BigInt(Math.max(0, wei.toString().length - 2));
  return ((wei + unit - 1n) / unit) * unit;
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** What the command prints, as a Markdown table. */
export function economicsLines(input: EconomicsInput): string[] {
  const found = economics(input);
  const { game, gasPriceGwei, waitingBlocks, blockSeconds, assertionSeconds } = input;
  const list = (values: readonly (bigint | number)[], unit: string): string => `${values.join(" / ")} ${unit}`;
  return [
    `| heights ${game.heights.join(" + ")}, stakes ${list(game.stakes.map(ether), "ether")} | |`,
    "|---|---|",
    `| ratio of neighbouring stakes | ${list(found.ratios, "")}|`,
    `| least stakes at ${gasPriceGwei} gwei, ratio ${STAKE_RATIO} | ${list(found.ruleWei.map(ether), "ether")} |`,
    `| break-even gas price by level, today | ${list(found.breakEvenGwei.osaka, "gwei")} |`,
    `| the same under the next fork, by arithmetic | ${list(found.breakEvenGwei.glamsterdam, "gwei")} |`,
    `| steady capital of a proposer | ${ether(found.steadyWei)} ether, at most ${ether(found.steadyMostWei)} |`,
    `| the same if stakes did not move, an assertion every ${assertionSeconds} s | ${ether(found.unmovedWei)} ether |`,
    `| such assertions keep up with a block every ${blockSeconds} s | ${found.keepsUp ? "yes" : "NO"} |`,
    `| to answer one lie of full depth, gas at ${gasPriceGwei} gwei | ${ether(found.reserveWei)} ether |`,
    `| escrow that a ready ether of honest parties guards | ${found.escrowPerReady} ether |`,
    `| confirmed, undisputed / at worst | ${hours(found.confirmedSeconds)} / ${hours(found.confirmedMostSeconds)} hours |`,
    `| assertions to cover ${n(waitingBlocks)} waiting blocks | ${found.assertions} |`,
    `| those on one stake of ${ether(game.stakes[0])} ether take | ${hours(found.assertionsOnOneStakeSeconds)} hours |`,
    `| those at once take | ${ether(found.assertionsAtOnceWei)} ether |`,
  ];
}

/** The default deployment at a block a second and an assertion an hour, against the batch with most blocks that one transaction holds. */
export function defaultInput(game = defaultGame()): EconomicsInput {
  const gasPriceGwei = DEAREST_GAS_PRICE_GWEI;
  return { game, blockSeconds: 1, assertionSeconds: 3_600, waitingBlocks: 49_152, gasPriceGwei };
}

function economicsTable(): string[] {
  return economicsLines(defaultInput());
}

const ether = (wei: bigint): number => Number(wei / 10n ** 12n) / 1e6;
const hours = (seconds: number): string => (seconds / 3_600).toFixed(1);

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
    `| level | half the stake, ether | answer below | gas | at ${DEAREST_GAS_PRICE_GWEI} gwei, ether | break-even gas price |`,
    "|---|---|---|---|---|---|",
    ...levelRows().map(({ level, stakeWei, answer, gas, breakEvenGwei }) => {
      const cost = (gas * DEAREST_GAS_PRICE_GWEI) / 1e9;
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
    `| part of \`assertState\`, first child, heights ${defaultGame().heights.join(" + ")} | gas |`,
    "|---|---|",
    ...parts.map(([part, gas]) => `| ${part} | ${n(gas)} |`),
    `| **all** | **${n(sum)}** |`,
  ];
}

/** A file's text with the table between its marks written anew. @throws when the marks are missing. */
export function withTable(text: string, mark: string, table: () => string[]): string {
  const [begin, end] = [
    `<!-- begin ${mark}: written by npx tsx scripts/economics.ts --write -->`,
    `<!-- end ${mark} -->`,
  ];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the marks "${begin}" and "${end}" are missing`);
  return `${text.slice(0, from)}${begin}\n\n${table().join("\n")}\n\n${text.slice(to)}`;
}

const n = (value: number): string => value.toLocaleString("en-US");
