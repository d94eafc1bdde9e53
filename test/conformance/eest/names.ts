import { REASON } from "../../../node/engine/refusal";

/**
 * Why an official case is refused: the suites' exception names, and the reasons (node/engine/refusal.ts) that they stand for here.
 * A name that is not listed may be any reason.
 */
const REASONS: Readonly<Record<string, readonly (keyof typeof REASON)[]>> = {
  INSUFFICIENT_ACCOUNT_FUNDS: ["funds"],
  INTRINSIC_GAS_TOO_LOW: ["intrinsicGas", "floorGas"],
  INTRINSIC_GAS_BELOW_FLOOR_GAS_COST: ["floorGas", "intrinsicGas"],
  SENDER_NOT_EOA: ["sender"],
  GAS_LIMIT_EXCEEDS_MAXIMUM: ["gasCap"],
  GAS_ALLOWANCE_EXCEEDED: ["blockGas", "gasCap"],
  INSUFFICIENT_MAX_FEE_PER_GAS: ["feeBelowBase"],
  PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS: ["tipAboveFee"],
  INITCODE_SIZE_EXCEEDED: ["initcodeSize"],
  NONCE_IS_MAX: ["nonceMax"],
  NONCE_MISMATCH_TOO_LOW: ["nonceLow"],
  NONCE_MISMATCH_TOO_HIGH: ["nonceHigh"],
  INVALID_CHAINID: ["chainId"],
  INVALID_SIGNATURE_VRS: ["signature", "encoding"],
  TYPE_4_TX_CONTRACT_CREATION: ["authorizationCreation", "encoding"],
  TYPE_4_EMPTY_AUTHORIZATION_LIST: ["emptyAuthorizations"],
  TYPE_4_INVALID_AUTHORITY_SIGNATURE: ["encoding"],
  TYPE_4_INVALID_AUTHORIZATION_FORMAT: ["encoding"],
};

/** The name of a code in `REASON`. */
export function reasonName(code: number): string {
  return Object.entries(REASON).find(([, value]) => value === code)?.[0] ?? `code ${code}`;
}

/** Whether a reason is one of those that `expected` (`Kind.NAME|Kind.NAME`) allows. */
export function isExpectedReason(expected: string, reason: string): boolean {
  return expected.split("|").some((name) => {
    const known = REASONS[name.trim().replace(/^.*\./, "")];
    return known === undefined || known.some((one) => one === reason);
  });
}

/** The exception speaks of blob transactions or their gas, which no block of this chain has. */
export function isBlobException(expected: string): boolean {
  return /BLOB|TYPE_3/.test(expected);
}
