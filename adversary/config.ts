import { z } from "zod";
import { challengerConfig } from "../challenger/config";

/** The configuration of a liar: an honest challenger's, and the fault. */
export const adversaryConfig = challengerConfig.extend({
  /** `KIND[:args]`. */
  fault: z.string().min(1),
  seed: z.number().int().min(0).default(1),
  /** Whose balance on L2 it forges. */
  beneficiary: z
    .string()
    .regex(/^0x[0-9a-f]{40}$/, "must be a lower-case address")
    .optional(),
  amountEther: z.number().int().min(1).default(1000),
});
