import { z } from "zod";
import { actorShape, privateKey } from "../actor/config/schema";

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "must be an address (0x and 40 hex digits)")
  .transform((text) => text.toLowerCase() as `0x${string}`);
/** Decimal wei: more than a JSON number holds. */
const wei = z
  .union([z.string().regex(/^[0-9]+$/, "must be a whole number of wei"), z.number().int().nonnegative()])
  .transform((value) => BigInt(value));

/** The maker's configuration file. */
export const makerConfig = z.strictObject({
  ...actorShape,
  /** The account that pays and is paid. */
  privateKey,
  /** The exit market on L1 that it buys at. */
  market: address,
  /** What a year of locked ether must bring, in parts of 10,000. */
  yearlyRate: z.number().int().min(0).max(1_000_000).default(1_000),
  /** How likely L2 drops a block that a batch on L1 holds and L1 has not finalized, in parts of a million. */
  dropRisk: z.number().int().min(0).max(1_000_000).default(100),
  /** Buys what derives from final blocks of L1 alone. */
  finalizedOnly: z.boolean().default(false),
  /** Buys on while a false root stands or is disputed, at the price of the longest wait: a bet that somebody honest answers. */
  buysInDisputes: z.boolean().default(false),
  /** Seconds until the next assertion, where none covers a withdrawal yet. */
  assertionSeconds: z.number().int().min(0).default(3_600),
  /** Wei that all claims held may have cost at most. */
  maxExposure: wei.default(100n * 10n ** 18n),
  /** How often it looks at offers and claims. */
  actMs: z.number().int().min(20).default(1_000),
});

export type MakerConfig = z.output<typeof makerConfig>;
