import { join } from "node:path";
import { parseDeploymentConfig, type DeploymentConfig, type GameType } from ".";
import { defaultInput, economics, pinned, spendRows, totalOf } from "./economics";
import { mostSeconds, REFUNDED_GAS, REFUNDED_GWEI } from "./tournament";

type Game = DeploymentConfig["game"];
type Of<T extends GameType> = Extract<Game, { type: T }>;

/** What a configuration of any game is worth to who defends it: wei, gas as measured today, L1 seconds. */
export interface GameEconomics {
  /** What stands for all assertions of one proposer that nobody disputes. */
  steadyWei: bigint;
  /** Bonds or stakes of an honest party against one lie of full depth, the assertion's included; and for each further lie. */
  answerWei: bigint;
  furtherWei: bigint;
  /** What that lie's party puts up for each wei of these, where least. */
  ratio: number;
  /** Gas of the honest side, from its assertion to its confirmation. */
  gas: number;
  /** Gas price above which an answer costs more than a lost stake, bond or refund is sure to pay, in gwei; where least. */
  breakEvenGwei: number;
  /** From an assertion's making to its confirmation: undisputed; and against one rival of full depth. */
  confirmedSeconds: number;
  confirmedMostSeconds: number;
  /** Whether more rivals make it later. */
  isDelayedByNumber: boolean;
}

/** @param assertionSeconds - Between two assertions of the proposer. */
export function gameEconomics(game: Game, assertionSeconds = defaultInput().assertionSeconds): GameEconomics {
  if (game.type === "claims") return ofClaims(game, assertionSeconds);
  if (game.type === "tournament") return ofTournament(game, assertionSeconds);
  return ofEdges(game, assertionSeconds);
}

/** Stakes move along a chain of assertions; edges are shared by all lies (spec 6, 10.4). */
function ofEdges(game: Of<"edges">, assertionSeconds: number): GameEconomics {
  const { steadyWei, ratios, breakEvenGwei, confirmedSeconds, confirmedMostSeconds } = economics({
    ...defaultInput(game),
    assertionSeconds,
  });
  return {
    steadyWei,
    answerWei: sum(game.stakes),
    furtherWei: 0n,
    ratio: Math.min(...ratios),
    gas: totalOf(spendRows(game)),
    breakEvenGwei: Math.min(...breakEvenGwei.osaka),
    ...{ confirmedSeconds, confirmedMostSeconds, isDelayedByNumber: false },
  };
}

/** Each lie is a path of its own, to which the honest side adds every other claim (spec 16). */
function ofClaims(game: Of<"claims">, assertionSeconds: number): GameEconomics {
  const bonds = claimBonds(game);
  // The parties make the claims in turns: whoever asserted those of even depth.
  const [even, odd] = [0, 1].map((parity) => sum(bonds.filter((_, depth) => depth % 2 === parity)));
  const depth = bonds.length - 1;
  const [move, resolve] = [pinned("claims: attack", "gas.claims"), pinned("claims: resolve", "gas.claims")];
  const end = pinned("claims: answer with the end of a run", "gas.claims");
  const step = pinned("claims: step", "gas.claims") + pinned("worst step", "gas.vm");
  const answers = Math.ceil(depth / 2);
  return {
    steadyWei: standing(game, assertionSeconds) * game.bond,
    answerWei: max(even, odd),
    furtherWei: max(even, odd),
    ratio: Number((min(even, odd) * 100n) / max(even, odd)) / 100,
    gas: pinned("claims: assert", "gas.claims") + (answers - 1) * move + end + step + (depth + 1) * resolve,
    // The shallowest lie has the least bond: one answer, and both are resolved.
    breakEvenGwei: gwei(game.bond, move + 2 * resolve),
    confirmedSeconds: Number(game.challengePeriod),
    confirmedMostSeconds: claimsMostSeconds(game),
    isDelayedByNumber: false,
  };
}

/** Lies fight each other, too, one after another; what an answer costs is refunded out of the bonds (spec 17). */
function ofTournament(game: Of<"tournament">, assertionSeconds: number): GameEconomics {
  const gasOf = (move: string): number => pinned(`tournament: ${move}`, "gas.tournament");
  // Of the answers of a match each side makes half; the dearest of its own seals.
  const advances = game.heights.reduce((all, height) => all + Math.ceil(Number(height) / 2) - 1, 0);
  const own = {
    advance: [advances, gasOf("advance"), REFUNDED_GAS.advance],
    seal: [3, gasOf("sealMatch"), REFUNDED_GAS.seal],
    step: [1, gasOf("winByStep") + pinned("worst step", "gas.vm"), REFUNDED_GAS.step],
    inner: [2, gasOf("winByInner"), REFUNDED_GAS.inner],
  } as const;
  const answered = Object.values(own).reduce((all, [times, gas]) => all + times * gas, 0);
  const refunded = Object.values(own).reduce((all, [times, , counted]) => all + times * Number(counted), 0);
  const joined = 2 * gasOf("join");
  const bonds = sum(game.bonds);
  return {
    steadyWei: standing(game, assertionSeconds) * game.bonds[0],
    answerWei: bonds,
    furtherWei: 0n,
    ratio: 1,
    gas: gasOf("assertState") + joined + answered + gasOf("confirm"),
    // Above the price that refunds count, a move is paid for in part; to join is not.
    breakEvenGwei: Math.floor((refunded * REFUNDED_GWEI) / (answered + joined)),
    confirmedSeconds: Number(game.challengePeriod),
    confirmedMostSeconds: Number(mostSeconds(game)),
    isDelayedByNumber: true,
  };
}

/** Two clocks, and an extension for each answer down to a step, twice that above the split and at the step (spec 16.3). */
export function claimsMostSeconds({
  heights,
  challengePeriod,
  responseTime,
}: Pick<Game, "heights" | "challengePeriod" | "responseTime">): number {
  const answers = heights.reduce((all, height) => all + Number(height), 3);
  return 2 * Number(challengePeriod) + answers * Number(responseTime);
}

/** Bonds of a game of claims by depth, in wei; the contract's own to within the rounding of one product each. */
export function claimBonds({
  heights,
  bond,
  bondGrowth,
}: Pick<Of<"claims">, "heights" | "bond" | "bondGrowth">): bigint[] {
  const depth = heights.reduce((all, height) => all + Number(height), 1);
  const bonds = [bond];
  while (bonds.length <= depth) bonds.push((bonds[bonds.length - 1] * bondGrowth) / 10n ** 18n);
  return bonds;
}

/** The games side by side, as a Markdown table. */
export function gameEconomicsLines(games: readonly Game[] = defaultGames(), assertionSeconds?: number): string[] {
  const all = games.map((game) => gameEconomics(game, assertionSeconds));
  const row = (what: string, cell: (one: GameEconomics) => string): string =>
    `| ${[what, ...all.map(cell)].join(" | ")} |`;
  return [
    `| | ${games.map(({ type }) => type).join(" | ")} |`,
    `|---|${"---|".repeat(games.length)}`,
    row("steady capital of a proposer, ether", ({ steadyWei }) => ether(steadyWei)),
    row("against one lie of full depth, ether", ({ answerWei }) => ether(answerWei)),
    row("against each further one", ({ furtherWei }) => ether(furtherWei)),
    row("a liar's capital for each honest ether, at least", ({ ratio }) => String(ratio)),
    row("honest gas, one lie to the end", ({ gas }) => gas.toLocaleString("en-US")),
    row("break-even gas price of an answer, gwei", ({ breakEvenGwei }) => String(breakEvenGwei)),
    row("confirmed undisputed, hours", ({ confirmedSeconds }) => hours(confirmedSeconds)),
    row("against one rival, hours at most", ({ confirmedMostSeconds }) => hours(confirmedMostSeconds)),
    row("later with more rivals", ({ isDelayedByNumber }) => (isDelayedByNumber ? "yes" : "no")),
  ];
}

/** Of each game what a deployment has by default. */
export function defaultGames(): Game[] {
  const anyone = "0x0000000000000000000000000000000000000001";
  const of = (type: GameType): Game =>
    parseDeploymentConfig({ sequencer: anyone, feeRecipient: anyone, game: { type } }).game;
  return (["edges", "claims", "tournament"] as const).map(of);
}

/** The table in docs/threat-model.md. */
export const WRITTEN_GAMES = {
  file: join(__dirname, "..", "docs", "threat-model.md"),
  mark: "games",
  table: () => gameEconomicsLines(),
} as const;

/** Assertions that stand at once where none is disputed. */
const standing = ({ challengePeriod }: Game, assertionSeconds: number): bigint =>
  BigInt(Math.ceil(Number(challengePeriod) / assertionSeconds));
const sum = (values: readonly bigint[]): bigint => values.reduce((all, one) => all + one, 0n);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const gwei = (wei: bigint, gas: number): number => Number(wei / BigInt(gas) / 10n ** 7n) / 100;
const ether = (wei: bigint): string => String(Number((Number(wei) / 1e18).toPrecision(4)));
const hours = (seconds: number): string => (seconds / 3_600).toFixed(1);
