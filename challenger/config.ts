import { z } from "zod";
import { actorShape, privateKey } from "../actor/config/schema";

/** The challenger's configuration file. */
export const challengerConfig = z.strictObject({
  ...actorShape,
  /** The account that stakes. Anyone's will do. */
  privateKey,
  /** Assert what is right where nobody has; without it only wrong assertions are answered. */
  propose: z.boolean().default(true),
  /** Moves are made as they are due, or only when a devnet asks for a step. */
  moves: z.enum(["auto", "manual"]).default("auto"),
  /** Guard the claims about what all accounts own together, where the deployment has a contract for them. */
  guardsSums: z.boolean().default(true),
  /** An assertion is made at the earliest so long after the one before it, in L1 seconds; 0: as soon as there is something to say. */
  assertionIntervalSeconds: z.number().int().min(0).default(3_600),
  /** Or when so many blocks wait for one; half of what an assertion covers where absent. */
  assertionBlocks: z.number().int().min(1).optional(),
  /** Disputes of full depth whose stakes and gas are kept back before anything is asserted. */
  reserveAnswers: z.number().int().min(2).default(2),
  /** Threads that run machines. */
  workers: z.number().int().min(1).max(16).default(1),
  /** Measure soon after the start whether this machine answers within the deployment's response time, and warn where it does not. */
  measuresSpeed: z.boolean().default(true),
  /** L1 blocks after which a stuck transaction is replaced by a dearer one. */
  stuckBlocks: z.number().int().min(1).default(10),
  /** Highest bid, in gwei per gas. */
  maxFeeGwei: z.number().positive().default(500),
  /** Gas of one transaction with several moves. */
  pageGas: z.number().int().min(500_000).max(16_000_000).default(12_000_000),
});

export type ChallengerConfig = z.output<typeof challengerConfig>;
