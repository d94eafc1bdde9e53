import type { L1Rpc } from "./rpc";

/** EIP-1559 bids in wei per gas. */
export interface Fees {
  maxFee: bigint;
  tip: bigint;
}

/** What gets a transaction into one of the next blocks: room for six full blocks in a row. */
export async function marketFees(rpc: L1Rpc): Promise<Fees> {
  const [block, tipHex] = await Promise.all([
    rpc.send<{ baseFeePerGas?: string }>("eth_getBlockByNumber", ["latest", false]),
    rpc.send<string>("eth_maxPriorityFeePerGas", []),
  ]);
  const tip = BigInt(tipHex);
  return { maxFee: 2n * BigInt(block.baseFeePerGas ?? "0x0") + tip, tip };
}

/** A bid that pools accept in place of `last` (an eighth more on both fields) and that is not under the market. */
export function bumped(last: Fees, market: Fees): Fees {
  const raise = (fee: bigint): bigint => fee + fee / 8n + 1n;
  const tip = raise(last.tip) > market.tip ? raise(last.tip) : market.tip;
  const maxFee = raise(last.maxFee) > market.maxFee ? raise(last.maxFee) : market.maxFee;
  return { maxFee: maxFee > tip ? maxFee : tip, tip };
}
