import { z } from "zod";
import { actorShape, httpUrl } from "../node/config/schema";

/** The verifier's configuration file. */
export const verifierConfig = z.strictObject({
  ...actorShape,
  /** Where transactions sent to this node are forwarded; without it they are refused. */
  sequencerUrl: httpUrl.optional(),
});

export type VerifierConfig = z.output<typeof verifierConfig>;
