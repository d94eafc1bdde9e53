import { z } from "zod";

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

export const address = z.string().regex(ADDRESS, "must be an address (0x and 40 hex digits)");
export const nonzeroAddress = address.refine((value) => BigInt(value) !== 0n, "must not be the zero address");
/** A whole number: JSON number, decimal or 0x string. */
const quantity = z
  .union([
    z.bigint().nonnegative(),
    z.number().int().nonnegative(),
    z.string().regex(/^(0x[0-9a-fA-F]+|[0-9]+)$/, "must be a whole number, decimal or 0x"),
  ])
  .transform((value) => BigInt(value));
/** A whole number from `least` to `most`, both included. */
export const between = (least: bigint, most: bigint) =>
  quantity.refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);
