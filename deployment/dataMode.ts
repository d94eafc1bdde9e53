import { z } from "zod";
import { between } from "./quantities";

const HOUR = 3_600n;
const DAY = 24n * HOUR;
/** What an answer to a challenge costs at most: 120,000 bytes at the floor and what stands around them. Twin: contracts/inbox/data/Altda.sol. */
const ANSWER_GAS = 60_000n + 40n * 120_000n;
/** Gas price up to which the bond should pay for an answer, in gwei: the one that stakes are meant for, too. */
const MEANT_GWEI = 100n;
const GWEI = 10n ** 9n;
const OWN_KEYS = ["challengeWindow", "resolveWindow", "challengeBond"] as const;
const BLOBS_ROT =
  "data.mode: blobs; L1 forgets a blob after some 18 days: whoever reads the chain from its beginning later needs an archive that kept them all";
/** Where the bytes of batches can be. */
export const DATA_MODES = ["calldata", "altda", "blobs"] as const;
export type DataMode = (typeof DATA_MODES)[number];
type Window = "challengeWindow" | "resolveWindow";

/** Where the bytes of batches are: in L1's calldata, off L1 behind a commitment that anyone may challenge, or in L1's blobs. */
export const dataSchema = z
  .strictObject({
    mode: z.enum(DATA_MODES).default("calldata"),
    /** Seconds after a batch in which its absence may be challenged. */
    challengeWindow: between(1n, 7n * DAY).optional(),
    /** Seconds after a challenge in which it may be answered with the bytes. */
    resolveWindow: between(1n, 7n * DAY).optional(),
    /** Wei that a challenge takes; an answer is paid out of it. */
    challengeBond: between(1n, 2n ** 96n - 1n).optional(),
  })
  .superRefine((value, context) => {
    for (const key of OWN_KEYS)
      if (value[key] !== undefined && value.mode !== "altda")
        context.addIssue({ code: "custom", path: [key], message: "is read by the mode `altda` alone: leave it out" });
  })
  .transform(({ mode, challengeWindow, resolveWindow, challengeBond }) =>
    mode !== "altda"
      ? ({ mode } as const)
      : ({
          mode,
          challengeWindow: challengeWindow ?? DAY,
          resolveWindow: resolveWindow ?? DAY,
          challengeBond: challengeBond ?? 5n * 10n ** 17n,
        } as const),
  );

export type DataConfig = z.output<typeof dataSchema>;

/** Whether a window is long enough where value is at stake. */
export function isLongEnough(data: DataConfig, key: Window): boolean {
  return data.mode !== "altda" || data[key] >= HOUR;
}

/** What a configuration with a shorter one is told. */
export function tooShort(key: Window): { path: string[]; message: string } {
  return { path: ["data", key], message: `must be at least ${HOUR} (or set isDevnet)` };
}

/** As `deploymentWarnings`: what is dangerous in it, a sentence each. @param turns - as `sequencing.type`. */
export function dataWarnings(data: DataConfig, turns: "single" | "rotation"): string[] {
  if (data.mode !== "altda") return data.mode === "blobs" ? [BLOBS_ROT] : [];
  const { challengeWindow, resolveWindow, challengeBond } = data;
  const paidGwei = challengeBond / ANSWER_GAS / GWEI;
  const warnings = [
    `data.mode: altda; batches are off L1: where nobody honest challenges a missing one within ${challengeWindow} s, ` +
      "nobody but who has its bytes can check, assert or exit from then on, and a false root can take all funds",
    turns === "rotation" &&
      `data.mode: altda; each member of a rotation that withholds a batch stops the others for up to ${challengeWindow + resolveWindow} s, each time it leads`,
    challengeWindow < DAY &&
      `data.challengeWindow: ${challengeWindow} s; a missing batch counts against whoever is kept out of L1 for longer`,
    resolveWindow < DAY &&
      `data.resolveWindow: ${resolveWindow} s; a batch is lost that everybody has, if answers are kept out of L1 for longer`,
    paidGwei < MEANT_GWEI &&
      `data.challengeBond: above ${paidGwei} gwei it does not pay for an answer, and challenges for spite become cheap`,
  ];
  return warnings.filter((warning) => warning !== false);
}
