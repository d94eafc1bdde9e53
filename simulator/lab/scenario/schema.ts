import { z } from "zod";
import { BASE_FEES } from "../baseFee";
import { CENSORSHIP } from "../censor";
import { ORDERS } from "../play";

const seconds = z.number().int().min(0).max(1e10);
const positive = z.number().int().min(1).max(1e10);
const ether = z.number().min(0).max(1e12);
const height = z.number().int().min(1).max(60);
const latency = z
  .union([seconds, z.tuple([seconds, seconds])])
  .describe("Seconds from seeing a block to being in one: a number, or least and most; 0 is in the same block.");

const edges = z.strictObject({
  kind: z.literal("edges"),
  heights: z.array(height).min(1).max(4),
  challengePeriodSeconds: positive,
  stakesEther: z.array(ether).describe("Behind a root edge of each level."),
});

const claims = z.strictObject({
  kind: z.literal("claims"),
  heights: z.tuple([height, height]).describe("Split depth, and height of one execution trace."),
  maxClockSeconds: positive,
  extensionSeconds: seconds,
  preimageSeconds: seconds.default(0),
  airGapSeconds: seconds.default(0),
  bondEther: ether,
  bondGrowth: z.number().min(1).max(10),
  proposer: z.enum(["honest", "adversary"]).default("honest"),
  rules: z.string().optional().describe("Name of a mutant."),
});

const tournament = z.strictObject({
  kind: z.literal("tournament"),
  heights: z.array(height).min(1).max(4),
  allowanceSeconds: positive,
  responseSeconds: seconds,
  buildSeconds: seconds,
  bondsEther: z.array(ether).describe("Of each level."),
  refundGweiPerGas: z.number().min(0).max(1e6).default(50),
  rules: z.string().optional().describe("Name of a mutant."),
});

const party = z.strictObject({
  strategy: z.string(),
  count: z.number().int().min(1).max(4_096).default(1),
  latencySeconds: latency.default([12, 60]),
  buildSeconds: seconds.default(0),
  budgetEther: ether.default(10_000),
  options: z.record(z.string(), z.number()).default({}),
});

const thresholds = z.strictObject({
  lossesAtMost: z.number().int().min(0).optional(),
  lossesAtLeast: z.number().int().min(0).optional().describe("Of a scenario that shows an attack: runs lost."),
  confirmableSecondsAtMost: seconds.optional(),
  honestOsakaGasAtMost: z.number().min(0).optional(),
  honestPeakEtherAtMost: ether.optional(),
});

const value = z.union([z.number(), z.string(), z.boolean()]);

const random = z
  .strictObject({
    points: z.number().int().min(1).max(1_000_000),
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 31)
      .default(1),
    ranges: z.record(
      z.string(),
      z.strictObject({
        least: z.number(),
        most: z.number(),
        scale: z.enum(["linear", "log"]).default("linear"),
        whole: z.boolean().default(true),
      }),
    ),
  })
  .describe("Points drawn from ranges by path; `whole` rounds, `log` draws each order of magnitude as often.");

/** A scenario as it stands in a file. Published as simulator/scenario.schema.json. */
export const scenarioSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().min(1).max(100),
  about: z.string().optional(),
  game: z.discriminatedUnion("kind", [edges, claims, tournament]),
  program: z.literal("toy").default("toy").describe("What the histories are of; the paper board plays over labels."),
  l1: z
    .strictObject({
      blockSeconds: z.number().int().min(1).max(3_600).default(12),
      baseFee: z
        .strictObject({ kind: z.enum(BASE_FEES).default("constant"), gwei: z.number().positive().max(1e6).default(10) })
        .prefault({}),
      order: z.enum(ORDERS).default("random"),
    })
    .prefault({}),
  censorship: z
    .strictObject({
      mode: z.enum(CENSORSHIP).default("none"),
      seconds: seconds.default(0).describe("C: cumulative, over the whole dispute; never refilled."),
      pieces: z.number().int().min(1).max(10_000).default(10),
    })
    .prefault({}),
  honest: z.array(party).min(1),
  adversaries: z.array(party).default([]),
  search: z
    .strictObject({
      beam: z.number().int().min(1).max(1_000).default(6).describe("Schedules kept at each decision."),
      depth: z.number().int().min(1).max(1_000).default(16).describe("Decisions searched; later answers come at once."),
    })
    .optional()
    .describe('Each run is the worst game that was found for the first adversary with the strategy "search".'),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31)
    .default(1),
  runs: z.number().int().min(1).max(10_000_000).default(1),
  stop: z.strictObject({ afterSeconds: seconds.default(1e9), onRuin: z.boolean().default(false) }).prefault({}),
  thresholds: thresholds.prefault({}),
  sweep: z
    .strictObject({
      grid: z.record(z.string(), z.array(value).min(1)).default({}),
      list: z.array(z.record(z.string(), value)).default([]),
      random: random.optional(),
    })
    .optional()
    .describe("Values by path, as in adversaries.0.count."),
});

export type Scenario = z.output<typeof scenarioSchema>;
