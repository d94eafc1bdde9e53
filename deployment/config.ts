import { z } from "zod";
import { SolventError } from "../protocol/errors";

const MAX_UINT64 = 2n ** 64n - 1n;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

const address = z.string().regex(ADDRESS, "must be an address (0x and 40 hex digits)");
/** A whole number: JSON number, decimal or 0x string. */
const quantity = z
  .union([
    z.bigint().nonnegative(),
    z.number().int().nonnegative(),
    z.string().regex(/^(0x[0-9a-fA-F]+|[0-9]+)$/, "must be a whole number, decimal or 0x"),
  ])
  .transform((value) => BigInt(value));
const between = (least: bigint, most: bigint) =>
  quantity.refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);
const seconds = (fallback: number) => between(0n, MAX_UINT64).default(BigInt(fallback));
const nonzeroAddress = address.refine((value) => BigInt(value) !== 0n, "must not be the zero address");

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

const game = z
  .strictObject({
    /** Heights of the three levels: blocks an assertion covers, strides in a block, steps in a stride, all as powers of two. */
    heights: z.tuple([between(1n, 40n), between(1n, 40n), between(1n, 40n)]).default([16n, 17n, 17n]),
    /** Stake of a root edge at each level, in wei. The rule behind the defaults: economics.ts. */
    stakes: z
      .tuple([between(1n, 2n ** 96n), between(1n, 2n ** 96n), between(1n, 2n ** 96n)])
      .default([62n * 10n ** 18n, 62n * 10n ** 17n, 62n * 10n ** 16n]),
    /** Seconds an edge must earn. */
    challengePeriod: between(1n, 2n ** 32n - 1n).default(604_800n),
    /** Seconds that one answer of an honest party may take. */
    responseTime: between(1n, 2n ** 32n).default(3_600n),
    /** Seconds of censorship, all in all, that the truth survives; default: what the challenge period leaves. */
    censorshipTime: between(0n, 2n ** 32n - 1n).optional(),
  })
  .refine((value) => value.heights[1] + value.heights[2] >= 34n, {
    path: ["heights"],
    message: "levels 1 and 2 together must be at least 34 (a block has less than 2^34 steps)",
  })
  .transform((value) => {
    const answers = (value.heights[0] + value.heights[1] + value.heights[2] + 3n) * value.responseTime;
    return { ...value, censorshipTime: value.censorshipTime ?? max(value.challengePeriod - answers - 1n, 0n), answers };
  })
  .refine(({ challengePeriod, answers, censorshipTime }) => challengePeriod > answers + censorshipTime, {
    path: ["challengePeriod"],
    message: "must be more than (sum of heights + 3) * responseTime + censorshipTime",
  })
  .transform(({ answers: _answers, ...value }) => value);

/** A deployment's configuration as it is checked. */
export const deploymentConfigSchema = z.strictObject({
  /** Chain id of L2. */
  chainId: between(1n, 2n ** 53n - 1n).default(31_338n),
  blockGasLimit: between(1_000_000n, 30_000_000n).default(30_000_000n),
  /** Wei; 0 for none. */
  minimumBaseFee: between(0n, 2n ** 64n).default(1_000_000n),
  /** Base fee of block 0, in wei. */
  genesisBaseFee: between(0n, 2n ** 64n).default(1_000_000_000n),
  /** Time of block 0, in seconds; not after L1's time at deployment. */
  timestamp: seconds(0),
  /** Bytes; 0 for no bound. */
  maxPrecompileInput: between(0n, 2n ** 32n).default(38_400n),
  /** How long before its batch a sequenced block may be, in seconds; 0 for no bound. */
  maxDelay: seconds(86_400),
  /** How long after its batch a sequenced block may be, in seconds; 0 for no bound. */
  maxAhead: seconds(300),
  /** The one account that may post batches. */
  sequencer: nonzeroAddress,
  /** Who gets L2's fees, on L1. */
  feeRecipient: nonzeroAddress,
  /** Age from which a message can be forced in, in seconds. */
  forceDelay: between(0n, 31_536_000n).default(86_400n),
  /** Balances of block 0, in wei; the deployer pays their sum into the portal. */
  accounts: z.record(address, quantity).default({}),
  game: game.prefault({}),
  /** Another salt makes another system of the same configuration. */
  salt: z.string().default(""),
});

/** As written in a file: numbers may be strings, everything with a default may be left out. */
export type DeploymentConfigInput = z.input<typeof deploymentConfigSchema>;
/** Checked, defaults filled in. */
export type DeploymentConfig = z.output<typeof deploymentConfigSchema>;

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

/** Below it, whoever can keep transactions off L1 for some days can win with a lie: the least that is usual. */
const LEAST_CHALLENGE_PERIOD_SECONDS = 7n * 86_400n;

/** What may be meant so, but puts funds at risk: for whoever deploys, in words. */
export function deploymentWarnings({ game }: DeploymentConfig): string[] {
  if (game.challengePeriod >= LEAST_CHALLENGE_PERIOD_SECONDS) return [];
  return [
    `challengePeriod is ${game.challengePeriod} s, less than seven days: whoever keeps honest transactions off L1 for more than ` +
      `censorshipTime, ${game.censorshipTime} s, can have a false root confirmed and take all funds`,
  ];
}

/** The same as plain JSON: whole numbers as decimal strings. Its own input again. */
export function configToJson(config: DeploymentConfig): DeploymentConfigInput {
  return JSON.parse(stringify(config)) as DeploymentConfigInput;
}

/** JSON with bigints as decimal strings. */
export function stringify(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? item.toString() : item), indent);
}
