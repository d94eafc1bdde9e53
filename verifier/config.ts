import { z } from "zod";
import { actorShape, httpUrl } from "../actor/config/schema";

/** The verifier's configuration file. */
export const verifierConfig = z.strictObject({
  ...actorShape,
  /** Whose unsafe blocks are followed and where transactions are forwarded; without it the unsafe head is the safe one. */
  sequencerUrl: httpUrl.optional(),
  /** Where each new alert of the audit is posted, as JSON. */
  alertUrl: httpUrl.optional(),
  /** How often the sequencer is asked for new blocks. */
  sequencerPollMs: z.number().int().min(20).default(500),
});

export type VerifierConfig = z.output<typeof verifierConfig>;
