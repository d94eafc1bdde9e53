import { z } from "zod";
import { SolventError } from "../protocol/errors";
import { dataSchema, dataWarnings, isLongEnough, tooShort } from "./dataMode";
import { address, between, nonzeroAddress } from "./quantities";
import { sumsSchema, sumsWarnings } from "./sums";
import { misfit, sequencing, sequencingWarnings } from "./sequencing";
import { buildAndAnswerTime, leastBond } from "./tournament";

/** Twin of `MAX_PRECOMPILE_INPUT_BYTES` of contracts/vm/OneStepProver.sol, equal by test/contracts/deploy.bounds.test.ts. */
export const MAX_PRECOMPILE_INPUT_BYTES = 38_400n;
/** In wei: nodes and clients read fees of up to 64 bits. */
const MAX_BASE_FEE = 2n ** 64n - 1n;

const DAY = 86_400n;
/** Least age of a message that can be forced in, in seconds, where value is at stake: else anyone could break soft confirmations at will. */
const MIN_FORCE_DELAY = 3_600n;
/** A block's steps, and the leaves that one level can be asked to hash within a response time, as powers of two. */
const STEPS_LOG2 = 34n;
const LEAVES_LOG2 = 24n;
/** Heights of a game of claims together: nodes count its positions in whole numbers below 2^53, contracts below 2^63. */
const MOST_DEPTH = 51n;
/** Wei, and 1e18 times; ethereum-optimism/optimism, FaultDisputeGame V2: 0.08 ether, so that the deepest of 73 costs some 55 ether. */
const [OP_BOND, OP_BOND_GROWTH] = [8n * 10n ** 16n, 1_094_930_000_000_000_000n];
/** Seconds; cartesi/dave, its dimensioning of 2026-10. */
const DEFAULT_BUILD_TIME = 7_200n;
/** Wei by level. */
const DEFAULT_STAKES: [bigint, bigint, bigint] = [62n * 10n ** 18n, 62n * 10n ** 17n, 62n * 10n ** 16n];

/** What a game's challenge period is made of but for censorship, in seconds: the honest side's way down, or what a tournament's clock grants. */
const answersTime = (value: {
  type: GameType;
  heights: bigint[];
  responseTime: bigint;
  buildTime?: bigint;
}): bigint => {
  const { type, heights, responseTime, buildTime = DEFAULT_BUILD_TIME } = value;
  if (type === "tournament") return buildAndAnswerTime({ responseTime, buildTime });
  return heights.reduce((sum, height) => sum + height, 3n) * responseTime;
};

/** The games by which disputes can be settled. */
export const GAMES = ["edges", "claims", "tournament"] as const;
export type GameType = (typeof GAMES)[number];

/** What each key of a game belongs to, where not to all: another game's contract does not read it. */
const OWN_KEYS = {
  ...{ stakes: "edges", bond: "claims", bondGrowth: "claims" },
  ...{ bonds: "tournament", buildTime: "tournament" },
} as const satisfies Record<string, GameType>;
const ONE = 10n ** 18n;

const game = z
  .strictObject({
    /** The rules by which a dispute is settled. */
    type: z.enum(GAMES).default("edges"),
    /** Heights of the three levels: blocks an assertion covers, strides in a block, steps in a stride, all as powers of two. */
    heights: z.tuple([between(1n, 40n), between(1n, 40n), between(1n, 40n)]).default([16n, 17n, 17n]),
    /** Stake of a root edge at each level, in wei. The rule behind the defaults: economics.ts. */
    stakes: z.tuple([between(1n, 2n ** 96n), between(1n, 2n ** 96n), between(1n, 2n ** 96n)]).optional(),
    /** Bond of an assertion, in wei; a claim of depth d takes `bond * bondGrowth^d`. By default the OP Stack's. */
    bond: between(1n, 2n ** 96n - 1n).optional(),
    /** In 1e18. */
    bondGrowth: between(ONE, 2n * ONE).optional(),
    /** Bond of a commitment at each level, in wei; by default the least, which the refunds of one match can take. */
    bonds: z.tuple([between(1n, 2n ** 96n - 1n), between(1n, 2n ** 96n - 1n), between(1n, 2n ** 96n - 1n)]).optional(),
    /** Seconds in which a history of a level below can be built. */
    buildTime: between(0n, 2n ** 32n - 1n).optional(),
    /** Seconds an edge must earn; the clock of each side of a game of claims, and of each commitment of a tournament. */
    challengePeriod: between(1n, 2n ** 32n - 1n).default(604_800n),
    /** Seconds that one answer of an honest party may take. */
    responseTime: between(1n, 2n ** 32n - 1n).default(3_600n),
    /** Seconds for which an honest party may be kept out of L1, in sum, and still wins; by default all that the period leaves. */
    censorshipTime: between(0n, 2n ** 32n - 1n).optional(),
  })
  .superRefine((value, context) => {
    for (const [key, type] of Object.entries(OWN_KEYS))
      if (value[key as keyof typeof OWN_KEYS] !== undefined && value.type !== type)
        context.addIssue({
          code: "custom",
          path: [key],
          message: `is read by the game \`${type}\` alone: leave it out`,
        });
  })
  .refine(({ heights }) => heights[1] + heights[2] >= STEPS_LOG2, {
    path: ["heights"],
    message: `levels 1 and 2 together must be at least ${STEPS_LOG2} (a block has less than 2^${STEPS_LOG2} steps)`,
  })
  .refine(({ heights }) => heights[2] <= LEAVES_LOG2 && STEPS_LOG2 - heights[2] <= LEAVES_LOG2, {
    path: ["heights"],
    message: `level 2 must be from ${STEPS_LOG2 - LEAVES_LOG2} to ${LEAVES_LOG2}: nobody hashes more than 2^${LEAVES_LOG2} machines for an answer`,
  })
  .refine(
    (value) => value.type === "tournament" || value.challengePeriod > answersTime(value) + (value.censorshipTime ?? 0n),
    { path: ["challengePeriod"], message: "must be more than (sum of heights + 3) * responseTime + censorshipTime" },
  )
  .superRefine((value, context) => {
    if (value.type !== "tournament") return;
    const refuse = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: "custom", path, message });
    // Of a tournament the clock is the sum of its parts, and nothing is left over.
    const least = answersTime(value);
    const left = value.challengePeriod - least;
    if (left < 0n) refuse(["challengePeriod"], `must be at least 5 * responseTime + 2 * buildTime, ${least}`);
    else if ((value.censorshipTime ?? left) !== left)
      refuse(["censorshipTime"], `must be what the rest of challengePeriod leaves, ${left}, or be left out`);
    for (const [level, bond] of (value.bonds ?? []).entries()) {
      const lowest = leastBond(value.heights[level]);
      if (bond < lowest) refuse(["bonds", level], `must be at least ${lowest}: refunds of one match can take as much`);
    }
  })
  .refine(({ type, heights }) => type !== "claims" || heights.reduce((sum, height) => sum + height, 0n) <= MOST_DEPTH, {
    path: ["heights"],
    message: `must be at most ${MOST_DEPTH} together: a claim's position has no more bits`,
  })
  .transform(({ stakes, bond, bondGrowth, bonds, buildTime, type, ...value }) => {
    const left = value.challengePeriod - answersTime({ type, buildTime, ...value });
    const common = { ...value, censorshipTime: value.censorshipTime ?? (type === "tournament" ? left : left - 1n) };
    if (type === "claims")
      return { type, ...common, bond: bond ?? OP_BOND, bondGrowth: bondGrowth ?? OP_BOND_GROWTH } as const;
    if (type === "edges") return { type, ...common, stakes: stakes ?? DEFAULT_STAKES } as const;
    const [h0, h1, h2] = value.heights;
    const least: [bigint, bigint, bigint] = [leastBond(h0), leastBond(h1), leastBond(h2)];
    return { type, ...common, bonds: bonds ?? least, buildTime: buildTime ?? DEFAULT_BUILD_TIME } as const;
  });

/** A leaky bucket over what leaves the bridge. */
const limit = z.strictObject({
  /** Units of the asset that may leave at once. */
  capacity: between(1n, 2n ** 128n - 1n),
  /** Seconds in which a full bucket empties: most that a payment waits for it. */
  drainTime: between(1n, 30n * DAY).default(DAY),
});

/** What leaves the bridge at a bounded rate; no key where nothing does. @see docs/spec/08-bridge.md#brake */
const brake = z.strictObject({
  ether: limit.optional(),
  /** By L1 token. */
  tokens: z
    .record(address, limit)
    .refine((value) => Object.keys(value).every((key) => BigInt(key) !== 0n), "must not name the zero address")
    .refine((value) => new Set(Object.keys(value).map((key) => key.toLowerCase())).size === Object.keys(value).length, {
      message: "must name each token once",
    })
    .optional(),
});

/** A deployment's configuration as it is checked. */
export const deploymentConfigSchema = z
  .strictObject({
    /** Chain id of L2. */
    chainId: between(1n, 2n ** 53n - 1n).default(31_338n),
    blockGasLimit: between(1_000_000n, 30_000_000n).default(30_000_000n),
    /** Wei; 0 for none. */
    minimumBaseFee: between(0n, MAX_BASE_FEE).default(1_000_000n),
    /** Base fee of block 0, in wei. */
    genesisBaseFee: between(0n, MAX_BASE_FEE).default(1_000_000_000n),
    /** Time of block 0, in seconds; not after L1's time at deployment (`requireFitsL1`). */
    timestamp: between(0n, 2n ** 40n).default(0n),
    /** Bytes of a host precompile's input; the prover shows on L1 no longer ones. */
    maxPrecompileInput: between(1n, MAX_PRECOMPILE_INPUT_BYTES).default(MAX_PRECOMPILE_INPUT_BYTES),
    /** How long before its batch a sequenced block may be, in seconds. */
    maxDelay: between(1n, 30n * DAY).default(DAY),
    /** How long after its batch a sequenced block may be, in seconds. */
    maxAhead: between(1n, DAY).default(300n),
    /** The one account that may post batches; the first member of a rotation. */
    sequencer: nonzeroAddress,
    /** Whose turn it is to post one. */
    sequencing: sequencing.prefault({}),
    /** Who gets L2's fees, on L1. */
    feeRecipient: nonzeroAddress,
    /** Age from which a message can be forced in, in seconds. */
    forceDelay: between(1n, 7n * DAY).default(DAY),
    /** Balances of block 0, in wei; the deployer pays their sum into the portal. */
    accounts: z
      .record(address, between(0n, 2n ** 128n))
      .refine(
        (value) => new Set(Object.keys(value).map((key) => key.toLowerCase())).size === Object.keys(value).length,
        {
          message: "must name each account once",
        },
      )
      .default({}),
    game: game.prefault({}),
    /** Off where it is left out. */
    brake: brake.optional(),
    /** Claims about what all accounts own together; no contract for them where it is left out. */
    sums: sumsSchema.optional(),
    /** Where the bytes of batches are. */
    data: dataSchema.prefault({}),
    /** Another salt makes another system of the same configuration. */
    salt: z.string().default(""),
    /** A chain to play with: a force delay under an hour is allowed, which lets anyone break soft confirmations. Warned about. */
    isDevnet: z.boolean().default(false),
  })
  .refine(({ isDevnet, forceDelay }) => isDevnet || forceDelay >= MIN_FORCE_DELAY, {
    path: ["forceDelay"],
    message: `must be at least ${MIN_FORCE_DELAY} (or set isDevnet)`,
  })
  .superRefine(({ sequencing, sequencer, maxDelay, game }, context) => {
    const found = misfit(sequencing, { sequencer, maxDelay, challengePeriod: game.challengePeriod });
    if (found !== null) context.addIssue({ code: "custom", path: ["sequencing", found.key], message: found.message });
  })
  .refine(({ isDevnet, data }) => isDevnet || isLongEnough(data, "challengeWindow"), tooShort("challengeWindow"))
  .refine(({ isDevnet, data }) => isDevnet || isLongEnough(data, "resolveWindow"), tooShort("resolveWindow"));

/** Seconds that the brake may hold a payment back at most, whatever its asset. */
export function longestHold({ brake }: Pick<DeploymentConfig, "brake">): bigint {
  const limits = [brake?.ether, ...Object.values(brake?.tokens ?? {})];
  return limits.reduce((most, one) => (one !== undefined && one.drainTime > most ? one.drainTime : most), 0n);
}

/** As written in a file: numbers may be strings, everything with a default may be left out. */
export type DeploymentConfigInput = z.input<typeof deploymentConfigSchema>;
/** Checked, defaults filled in. */
export type DeploymentConfig = z.output<typeof deploymentConfigSchema>;
/** Of a game of edges. */
export type EdgesConfig = Extract<DeploymentConfig["game"], { type: "edges" }>;

/** @throws SolventError `config-invalid` where disputes are settled by another game. */
export function requireEdges(game: DeploymentConfig["game"], what: string): EdgesConfig {
  if (game.type === "edges") return game;
  throw new SolventError(
    "config-invalid",
    `game.type: ${what} is known for the game \`edges\` alone, not for \`${game.type}\``,
  );
}

/**
 * Checks a configuration and fills in the defaults.
 * @throws SolventError `config-invalid` naming the key and what it must be.
 */
export function parseDeploymentConfig(json: unknown): DeploymentConfig {
  const parsed = deploymentConfigSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const key = issue.code === "unrecognized_keys" ? issue.keys.join(", ") : issue.path.join(".");
  throw new SolventError("config-invalid", `deployment config: ${key || "file"}: ${issue.message}`, {
    cause: parsed.error,
  });
}

/**
 * What is allowed and dangerous in a configuration, a sentence each that names the key and the risk; none for the defaults.
 * @see docs/spec/09-deployment.md#bounds
 */
export function deploymentWarnings(config: DeploymentConfig): string[] {
  const { isDevnet, forceDelay, game, sequencing, data, sums } = config;
  const { challengePeriod, censorshipTime } = game;
  const warnings = [
    game.type === "claims" &&
      "game.type: claims; an honest party pays a bond and an answer for each wrong claim, and nobody exits from a program that traps",
    game.type === "tournament" &&
      "game.type: tournament; the delay grows with the liars' number, by a bound that is proven for one level alone, and where nobody is left in a tournament nothing is ever confirmed again",
    isDevnet && "isDevnet: a chain to play with, for nothing that has a value",
    forceDelay < MIN_FORCE_DELAY &&
      `forceDelay: ${forceDelay} s; whoever forces a message in so soon breaks what the sequencer has confirmed`,
    challengePeriod < 7n * DAY &&
      `game.challengePeriod: ${challengePeriod} s, less than seven days: whoever keeps honest transactions off L1 for more than ` +
        `censorshipTime, ${censorshipTime} s, can have a false root confirmed and take all funds`,
    censorshipTime < 2n * DAY &&
      `game.censorshipTime: ${censorshipTime} s; a lie wins against whoever is kept out of L1 for longer, in sum`,
  ];
  const own = warnings.filter((warning) => warning !== false);
  return [...own, ...sequencingWarnings(sequencing), ...dataWarnings(data, sequencing.type), ...sumsWarnings(sums)];
}

/** The same as plain JSON: whole numbers as decimal strings. Its own input again. */
export function configToJson(config: DeploymentConfig): DeploymentConfigInput {
  return JSON.parse(stringify(config)) as DeploymentConfigInput;
}

/** JSON with bigints as decimal strings. */
export function stringify(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? item.toString() : item), indent);
}
