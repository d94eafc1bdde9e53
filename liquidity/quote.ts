/** Seconds of a year, as rates count them. */
const YEAR = 365n * 86_400n;
const RATE_UNIT = 10_000n;
const RISK_UNIT = 1_000_000n;

/**
 * Gas of a claim's whole life for its maker: to buy, prove, finalise and collect. At least the pins of test/snapshots/gas.bridge.json, by
 * test/node/liquidity/quote.test.ts.
 */
export const CLAIM_GAS = { buy: 90_000n, prove: 255_000n, finalize: 125_000n, collect: 112_000n } as const;

const LIFE_GAS = Object.values(CLAIM_GAS).reduce((sum, one) => sum + one, 0n);

/** What a price depends on. */
export interface Risk {
  /** Seconds until the portal pays. */
  waitSeconds: bigint;
  /** What a year must bring, in parts of 10,000. */
  yearlyRate: bigint;
  /** How likely the withdrawal is dropped, in parts of a million. */
  dropRisk: bigint;
  /** Wei for a unit of gas. */
  gasPrice: bigint;
}

/**
 * The most that a maker can pay for a withdrawal: `(1 - q) V (1 - r t) - g`, rounded down, never below 0.
 * @param value - Wei that the withdrawal pays.
 * @see docs/spec/14-fast-exit.md#price
 */
export function priceOf(value: bigint, { waitSeconds, yearlyRate, dropRisk, gasPrice }: Risk): bigint {
  const kept = YEAR * RATE_UNIT - yearlyRate * waitSeconds;
  if (kept <= 0n) return 0n;
  const worth = (value * (RISK_UNIT - dropRisk) * kept) / (RISK_UNIT * YEAR * RATE_UNIT);
  const gas = LIFE_GAS * gasPrice;
  return worth > gas ? worth - gas : 0n;
}

/**
 * What is left for a maker of an offer if the portal paid at once, in wei; below 0 where it would lose. By this offers are ranked: a place
 * in the book costs what it leaves to whoever buys.
 */
export function marginOf(value: bigint, price: bigint, gasPrice: bigint): bigint {
  return value - price - LIFE_GAS * gasPrice;
}
