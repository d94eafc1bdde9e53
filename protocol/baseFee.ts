import type { BlockHeader } from "./types";

const ELASTICITY = 2n;
const BASE_FEE_CHANGE_DENOMINATOR = 8n;

/**
 * The base fee of the block after this one, by EIP-1559's rule.
 * @param minimum - the chain's configured minimum, in wei. Also the answer where the header has no base fee.
 */
export function nextBaseFee(
  { baseFeePerGas, gasUsed, gasLimit }: Pick<BlockHeader, "baseFeePerGas" | "gasUsed" | "gasLimit">,
  minimum: bigint,
): bigint {
  if (baseFeePerGas === undefined) return minimum;
  const target = gasLimit / ELASTICITY;
  let next = baseFeePerGas;
  if (target > 0n && gasUsed > target) {
    const delta = (baseFeePerGas * (gasUsed - target)) / target / BASE_FEE_CHANGE_DENOMINATOR;
    next = baseFeePerGas + (delta > 0n ? delta : 1n);
  } else if (target > 0n && gasUsed < target) {
    next = baseFeePerGas - (baseFeePerGas * (target - gasUsed)) / target / BASE_FEE_CHANGE_DENOMINATOR;
  }
  return next > minimum ? next : minimum;
}
