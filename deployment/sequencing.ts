import { z } from "zod";
import { between, nonzeroAddress } from "./quantities";

/** The orders of turns in which batches can be appended. */
const TURNS = ["single", "rotation"] as const;

const DAY = 86_400n;
/** Seats of a rotation. Twin of `MAX_SEATS` of contracts/inbox/sequencing/rotation/Rotation.sol. */
const MAX_SEATS = 64;
/** Twin of `MAX_SLOTS` there. */
const MAX_SLOTS = 2n ** 32n;
/** Of what may lie between a block and its batch, the part that a slot may last: what is promised in it has to land in time. */
const SLOTS_OF_DELAY = 4n;
/** Orders in which the members of a term lead: that of their seats, or one that L1's beacon root draws for the term. */
const ORDERS = ["seats", "beaconRoot"] as const;
/**
 * Seconds of a term whose order is drawn, the least and the most. Twins of `SEARCH_SECONDS` of
 * contracts/inbox/sequencing/rotation/Draws.sol and of half of `HISTORY_SECONDS` there.
 */
const [LEAST_DRAWN, MOST_DRAWN] = [64n, 4_095n];
/** Slots so short, in seconds, that a few late blocks of L1 take a leader's turn; less stake than this, in wei, is hardly one. */
const [SHORT_SLOT, LITTLE_STAKE] = [60n, 10n ** 18n];

/** What `rotation` reads, with the defaults. */
const numbers = {
  /** Founding members beside `sequencer`, each with a stake that the deployer pays. */
  others: z
    .array(nonzeroAddress)
    .max(MAX_SEATS - 1)
    .default([]),
  /** Wei behind each member: half of it is burnt and half goes to who shows that it signed two blocks for one height. */
  stake: between(1n, 2n ** 96n).default(32n * 10n ** 18n),
  /** Who of a term's members leads when. */
  order: z.enum(ORDERS).default("seats"),
  /** Length of a slot, in seconds. */
  slotSeconds: between(1n, DAY).default(120n),
  /** Slots of a term; who joins or resigns does so two terms on. */
  termSlots: between(1n, MAX_SLOTS).default(64n),
  /** Slots without a batch after which every member may append one; after more of them anyone. */
  graceSlots: between(1n, MAX_SLOTS).default(2n),
  openSlots: between(2n, MAX_SLOTS).default(30n),
  /** Seconds from the end of a member's last term until its stake is paid back. */
  leaveDelay: between(1n, 365n * DAY).default(30n * DAY),
};

/** The keys of a rotation, beside `type`. */
export const rotation = z.strictObject(numbers);
type Numbers = z.input<typeof rotation>;

/** Whose turn it is to append a batch. */
export const sequencing = z
  .looseObject({ type: z.enum(TURNS).default("single") })
  .transform((value, context) => {
    const { type, ...rest } = value as { type: (typeof TURNS)[number] } & Numbers;
    if (type === "single") {
      for (const key of Object.keys(rest)) context.addIssue(foreign(key));
      return { type } as const;
    }
    const parsed = rotation.safeParse(rest);
    if (parsed.success) return { type, ...parsed.data } as const;
    for (const { message, path, ...issue } of parsed.error.issues)
      context.addIssue({
        code: "custom",
        message,
        path: issue.code === "unrecognized_keys" ? [issue.keys[0]] : path,
      });
    return z.NEVER;
  })
  .refine((value) => value.type === "single" || value.openSlots > value.graceSlots, {
    path: ["openSlots"],
    message: "must be more than graceSlots",
  });

export type Sequencing = z.output<typeof sequencing>;
type Rotation = Extract<Sequencing, { type: "rotation" }>;

function foreign(key: string): { code: "custom"; path: string[]; message: string } {
  const isKnown = Object.hasOwn(numbers, key);
  const message = isKnown ? "is read by the sequencing `rotation` alone: leave it out" : "is no key of `sequencing`";
  return { code: "custom", path: [key], message };
}

/** What a rotation has to fit, of the other keys. @returns the key and what is wrong with it, or null. */
export function misfit(
  value: Sequencing,
  rest: { sequencer: string; maxDelay: bigint; challengePeriod: bigint },
): { key: string; message: string } | null {
  if (value.type === "single") return null;
  const { others, slotSeconds, termSlots, order, leaveDelay } = value;
  const termSeconds = slotSeconds * termSlots;
  if (order === "beaconRoot" && (termSeconds < LEAST_DRAWN || termSeconds > MOST_DRAWN))
    return {
      key: "termSlots",
      message:
        `must make a term of ${LEAST_DRAWN} to ${MOST_DRAWN} seconds (slotSeconds * termSlots) where order is beaconRoot: ` +
        "L1 keeps a draw no longer, and may take the least to make the block that draws",
    };
  const members = [rest.sequencer, ...others].map((account) => account.toLowerCase());
  if (new Set(members).size < members.length)
    return { key: "others", message: "must name each member once, and `sequencer` not at all" };
  if (slotSeconds * SLOTS_OF_DELAY > rest.maxDelay)
    return {
      key: "slotSeconds",
      message: `must be at most maxDelay / ${SLOTS_OF_DELAY}: else a slot's first block is too old at its end`,
    };
  if (leaveDelay < rest.challengePeriod)
    return {
      key: "leaveDelay",
      message: "must be at least game.challengePeriod: else a stake is gone before a lie is confirmed to be one",
    };
  return null;
}

/** What is allowed and dangerous in a rotation, a sentence each that names the key. */
export function sequencingWarnings(value: Sequencing): string[] {
  if (value.type === "single") return [];
  const { others, stake, slotSeconds } = value;
  const warnings = [
    others.length === 0 &&
      "sequencing.others: none; a rotation of one stops with that one until the grace is over, as a single sequencer does",
    stake < LITTLE_STAKE && `sequencing.stake: ${stake} wei; who promises two blocks for one height loses no more`,
    slotSeconds < SHORT_SLOT &&
      `sequencing.slotSeconds: ${slotSeconds} s; a few blocks that L1 misses take a leader's whole turn`,
  ];
  return warnings.filter((warning) => warning !== false);
}

/** The accounts of a rotation's first roster, by seat. */
export function foundersOf(sequencer: string, { others }: Rotation): string[] {
  return [sequencer, ...others];
}
