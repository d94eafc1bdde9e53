import type { L1Rpc } from "./rpc";

/** EIP-1559 bids in wei per gas. */
export interface Fees {
  maxFee: bigint;
  tip: bigint;
}

/** What gets a transaction into one of the next blocks after one of that base fee: room for six full blocks in a row. */
export function feesAt(baseFee: bigint, tip: bigint): Fees {
  return { maxFee: 2n * baseFee + tip, tip };
}

/** The tip that L1's node suggests. */
export async function marketTip(rpc: L1Rpc): Promise<bigint> {
  return BigInt(await rpc.send<string>("eth_maxPriorityFeePerGas", []));
}

/** A bid that pools accept in place of `last` (an eighth more on both fields) and that is not under the market. */
export function bumped(last: Fees, market: Fees): Fees {
  const raise = (fee: bigint): bigint => fee + fee / 8n + 1n;
  const tip = raise(last.tip) > market.tip ? raise(last.tip) : market.tip;
  const maxFee = raise(last.maxFee) > market.maxFee ? raise(last.maxFee) : market.maxFee;
  return { maxFee: maxFee > tip ? maxFee : tip, tip };
}
