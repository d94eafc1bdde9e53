import { deploymentWarnings, longestHold, type DeploymentConfig } from "./config";
import { defaultInput, economics, economicsLines, type EconomicsInput } from "./economics";
import { claimBonds, claimsMostSeconds, gameEconomics } from "./gameEconomics";
import { mostSeconds } from "./tournament";

type AltdaConfig = Extract<DeploymentConfig["data"], { mode: "altda" }>;
/** What of L1 holds the batches, in each mode. */
const L1_DATA = { calldata: "calldata", altda: "events", blobs: "blobs, for some 18 days" } as const;

const DAY = 86_400;
/** L2BEAT's figures: the least time to contest a root, and the longest delay of a self-sequenced transaction that is still near. */
const LEAST_CONTEST_SECONDS = 7 * DAY;
const NEAR_DELAY_SECONDS = DAY;
const FAR_DELAY_SECONDS = 7 * DAY;

/** How a row of the risk view comes out. */
export type Verdict = "good" | "warning" | "bad";

/** A row after L2BEAT's risk view, with the sentence that this configuration gives. */
export interface RiskRow {
  row: "state validation" | "data availability" | "exit window" | "sequencer failure" | "proposer failure";
  verdict: Verdict;
  says: string;
}

/** What one party of a system is trusted for. */
export interface Trust {
  actor: string;
  trustedFor: string;
  notFor: string;
}

/** What a configuration means for whoever uses it; times in seconds, ether in wei. */
export interface Explanation {
  trust: Trust[];
  risks: RiskRow[];
  /** From a withdrawal on L2 to its payment: undisputed, and at worst with a sequencer that refuses it. */
  withdrawalSeconds: number;
  withdrawalMostSeconds: number;
  /** Of these, what the brake may take; 0 without one. */
  brakeSeconds: number;
  warnings: string[];
}

/** Explains a configuration in the words of docs/threat-model.md. */
export function explain(config: DeploymentConfig): Explanation {
  const { game, data, forceDelay, maxAhead, maxDelay } = config;
  const { confirmedSeconds, confirmedMostSeconds } = delaysOf(game);
  const censorship = span(game.censorshipTime);
  const brakeSeconds = Number(longestHold(config));
  return {
    trust: [
      {
        actor: config.sequencing.type === "single" ? "sequencer" : "sequencers, each in its slots",
        trustedFor: `the order of transactions, and what it confirms until its batch is on L1 (at most ${span(maxDelay)} later)`,
        notFor: `state, ${data.mode === "altda" ? "" : "data, "}anybody's money, inclusion beyond ${span(forceDelay)}; it cannot bring L2's clock more than ${span(maxAhead)} before L1's${twoBlocks(config)}`,
      },
      {
        actor: "asserter, challenger",
        trustedFor: `one honest one that answers within ${span(game.responseTime)}, is kept out of L1 for at most ${censorship} in sum, and can lock the stakes`,
        notFor: "everything else: anyone may be it, and all others may lie together",
      },
      { actor: "verifier", trustedFor: "what its own user reads from it", notFor: "everything else" },
      {
        actor: "L1",
        trustedFor: `liveness, its rules, final blocks, its ${L1_DATA[data.mode]}`,
        notFor: "nothing else is asked of it",
      },
      ...(data.mode === "altda" ? [trustInData(data)] : []),
      ...(data.mode === "blobs" ? [TRUST_IN_ARCHIVES] : []),
      {
        actor: "deployer",
        trustedFor: "these parameters, for ever",
        notFor: "anything after deployment: there is no key",
      },
    ],
    risks: risksOf(config),
    withdrawalSeconds: confirmedSeconds,
    withdrawalMostSeconds: Number(forceDelay) + pendingMostSeconds(data) + confirmedMostSeconds + brakeSeconds,
    brakeSeconds,
    warnings: [...deploymentWarnings(config), ...(game.type === "edges" ? cheapStakes(defaultInput(game)) : [])],
  };
}

/** What a member of a rotation cannot do for nothing. */
function twoBlocks({ sequencing }: DeploymentConfig): string {
  if (sequencing.type === "single") return "";
  return `; two blocks that it signs for one height cost it ${ether(sequencing.stake)} ether`;
}

/** Who goes on where a sequencer is silent. */
function successors({ sequencing }: DeploymentConfig): string {
  if (sequencing.type === "single") return "";
  const { others, slotSeconds, graceSlots, openSlots, order } = sequencing;
  const [grace, open] = [graceSlots, openSlots].map((slots) => span(slots * slotSeconds));
  return `; ${others.length + 1} members lead in turns of ${span(slotSeconds)}${order === "seats" ? "" : ", in an order that L1's beacon root draws for each term"}, after ${grace} of silence any of them goes on, after ${open} anyone`;
}

/** Who has to be there for batches that are off L1. */
function trustInData({ challengeWindow, challengeBond }: AltdaConfig): Trust {
  return {
    actor: "data servers, and who challenges",
    trustedFor:
      `one honest one that asks for each batch as it comes, keeps it, and challenges what it cannot get within ${span(challengeWindow)} ` +
      `with a bond of ${ether(challengeBond)} ether; and the bytes of old batches for whoever comes later`,
    notFor: "what the bytes are: they are hashed on both ends; absence once it is challenged: L1 judges it",
  };
}

/** Who has to be there for blobs that L1 has forgotten. */
const TRUST_IN_ARCHIVES: Trust = {
  actor: "archives of blobs",
  trustedFor: "the blobs of old batches, for whoever reads the chain from its beginning later",
  notFor: "what the blobs are: they are committed to again by who reads them",
};

/** Until a batch counts, however it is challenged. */
function pendingMostSeconds(data: DeploymentConfig["data"]): number {
  return data.mode !== "altda" ? 0 : Number(data.challengeWindow + data.resolveWindow);
}

/** Until an assertion is confirmed: undisputed, and at worst. */
function delaysOf(game: DeploymentConfig["game"]): { confirmedSeconds: number; confirmedMostSeconds: number } {
  if (game.type === "edges") return economics(defaultInput(game));
  if (game.type === "tournament")
    return { confirmedSeconds: Number(game.challengePeriod), confirmedMostSeconds: Number(mostSeconds(game)) };
  return { confirmedSeconds: Number(game.challengePeriod), confirmedMostSeconds: claimsMostSeconds(game) };
}

/** Stakes that do not pay for the answers below them at the dearest gas price meant. */
function cheapStakes(input: EconomicsInput): string[] {
  const { breakEvenGwei, ruleWei } = economics(input);
  return breakEvenGwei.osaka.flatMap((gwei, level) => {
    if (gwei >= input.gasPriceGwei) return [];
    const least = `at ${input.gasPriceGwei} gwei the rule asks for ${ether(ruleWei[level])} ether`;
    return [`game.stakes[${level}]: above ${gwei} gwei a lie makes the honest side spend more than it burns; ${least}`];
  });
}

/** Wei that an assertion takes. */
function firstStake(game: DeploymentConfig["game"]): bigint {
  if (game.type === "edges") return game.stakes[0];
  return game.type === "claims" ? game.bond : game.bonds[0];
}

function dataRisk(data: DeploymentConfig["data"]): RiskRow {
  const row = "data availability";
  if (data.mode !== "altda") {
    const place = data.mode === "blobs" ? "blobs or calldata" : "calldata";
    return { row, verdict: "good", says: `all data is in L1's ${place}, and the proof reads it from there` };
  }
  return {
    row,
    verdict: Number(data.challengeWindow) >= DAY ? "warning" : "bad",
    says:
      `batches are off L1 behind a commitment: whoever cannot get one challenges within ${span(data.challengeWindow)}, and one that nobody ` +
      `publishes on L1 within ${span(data.resolveWindow)} counts as empty; where nobody challenges, those who have the bytes can take all funds`,
  };
}

function risksOf(config: DeploymentConfig): RiskRow[] {
  const { game, data, forceDelay, isDevnet } = config;
  const period = Number(game.challengePeriod);
  const delay = Number(forceDelay);
  const stake = firstStake(game);
  return [
    {
      row: "state validation",
      verdict:
        period >= LEAST_CONTEST_SECONDS ? "good" : period >= LEAST_CONTEST_SECONDS / 7 && !isDevnet ? "warning" : "bad",
      says: `interactive fraud proofs by anyone, ${span(period)} to contest, first stake ${ether(stake)} ether; a lie wins only if nobody honest gets onto L1 for ${span(game.censorshipTime)}`,
    },
    dataRisk(data),
    { row: "exit window", verdict: "good", says: "no upgrade, ever: nobody has a key" },
    {
      row: "sequencer failure",
      verdict: delay <= NEAR_DELAY_SECONDS ? "good" : delay <= FAR_DELAY_SECONDS ? "warning" : "bad",
      says: `anyone forces a message in after ${span(delay)}, and L2 goes on by forced messages alone${successors(config)}`,
    },
    {
      row: "proposer failure",
      verdict: "good",
      says: `anyone asserts, with ${ether(stake)} ether of its own or lent; ${
        game.type === "edges"
          ? "a stake moves along a chain of assertions"
          : "each assertion has a bond of its own until it is settled"
      }`,
    },
  ];
}

/** What `solvent explain` prints. */
export function explainLines(title: string, config: DeploymentConfig): string[] {
  const { trust, risks, withdrawalSeconds, withdrawalMostSeconds, warnings } = explain(config);
  return [
    `# ${title}`,
    "",
    "## Who is trusted, and for what",
    "",
    "| actor | trusted for | not trusted for |",
    "|---|---|---|",
    ...trust.map(({ actor, trustedFor, notFor }) => `| ${actor} | ${trustedFor} | ${notFor} |`),
    "",
    "## Risks, row by row after L2BEAT's view",
    "",
    "| row | verdict | why |",
    "|---|---|---|",
    ...risks.map(({ row, verdict, says }) => `| ${row} | ${verdict} | ${says} |`),
    "",
    "## Bounds",
    "",
    `A withdrawal is paid ${span(withdrawalSeconds)} after its block is asserted, undisputed; with a sequencer that refuses it and liars who fight, at most ${span(withdrawalMostSeconds)} and the assertions to its block after it was sent${config.game.type === "tournament" ? ", with one rival at each level; each doubling of them adds its clocks again, and over several levels that is claimed, not proven" : ""}.`,
    ...brakeLines(config),
    "",
    "## Prices",
    "",
    ...priceLines(config.game),
    "",
    "## Warnings",
    "",
    ...(warnings.length === 0 ? ["none"] : warnings.map((warning) => `- ${warning}`)),
  ];
}

/** What the brake does to whom, an asset each. */
function brakeLines({ brake }: DeploymentConfig): string[] {
  const says = (asset: string, { capacity, drainTime }: { capacity: bigint; drainTime: bigint }): string =>
    `- brake on ${asset}: ${asset === "ether" ? `${ether(capacity)} ether` : `${capacity} units`} leave at once and again every ${span(drainTime)}; ` +
    `what does not fit waits alone, at most ${span(drainTime)} of the time above, and nobody can stop it`;
  const tokens = Object.entries(brake?.tokens ?? {}).map(([token, limit]) => says(token.toLowerCase(), limit));
  const all = brake?.ether === undefined ? tokens : [says("ether", brake.ether), ...tokens];
  return all.length === 0 ? [] : ["", ...all];
}

function priceLines(game: DeploymentConfig["game"]): string[] {
  if (game.type === "edges") return economicsLines(defaultInput(game));
  return game.type === "claims" ? bondLines(game) : levelLines(game);
}

/** Bonds of a tournament by level, and of one dispute down to its step. */
function levelLines({ bonds }: Extract<DeploymentConfig["game"], { type: "tournament" }>): string[] {
  return [
    "| bonds | |",
    "|---|---|",
    `| of a commitment, by level | ${bonds.map(ether).join(" / ")} ether |`,
    `| of one side, from an assertion down to its step | ${ether(bonds.reduce((sum, bond) => sum + bond, 0n))} ether |`,
  ];
}

/** Bonds of a game of claims, and what an answer to the bottom takes. */
function bondLines(game: Extract<DeploymentConfig["game"], { type: "claims" }>): string[] {
  const bonds = claimBonds(game);
  const text = (wei: bigint): string => `${(Number(wei) / 1e18).toPrecision(3)} ether`;
  return [
    "| bonds | |",
    "|---|---|",
    `| of an assertion / of the deepest claim | ${text(bonds[0])} / ${text(bonds[bonds.length - 1])} |`,
    `| of one side, from a lie down to its step | ${text(gameEconomics(game).answerWei)} |`,
  ];
}

const ether = (wei: bigint): number => Number(wei / 10n ** 12n) / 1e6;

/** Seconds in the largest unit that leaves at most two digits. */
function span(seconds: bigint | number): string {
  const value = Number(seconds);
  const units: [number, string][] = [
    [DAY, "days"],
    [3_600, "hours"],
    [60, "minutes"],
  ];
  const [size, name] = units.find(([unit]) => value >= 2 * unit) ?? [1, "seconds"];
  return `${Number((value / size).toFixed(1))} ${name}`;
}
