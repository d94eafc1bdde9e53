import { SolventError } from "../../protocol/errors";
import type { L1Rpc } from "./rpc";

/** EIP-1559 bids in wei per gas. */
export interface Fees {
  maxFee: bigint;
  tip: bigint;
  /** Wei per blob gas, where a blob is to ride along. */
  blobFee?: bigint;
}

/**
 * What gets a transaction into one of the next blocks after one of that base fee: room for six full blocks in a row, but never above the limit.
 * @throws SolventError `l1-fee-limit` (worth a retry) where the base fee itself is above it.
 */
function feesAt(baseFee: bigint, tip: bigint, limit: bigint): Fees {
  if (baseFee > limit) throw new SolventError("l1-fee-limit", waitsForFee(baseFee, limit), { retry: true });
  const maxFee = least(2n * baseFee + tip, limit);
  return { maxFee, tip: least(tip, maxFee) };
}

/**
 * The same at L1's own tip; with a blob also a bid for that, twice its base fee: room for some six blocks full of blobs in a row.
 * @throws as `feesAt`, also where a blob's base fee is above the limit; SolventError `l1-*` where L1 does not tell.
 */
export async function marketFees(rpc: L1Rpc, baseFee: bigint, limit: bigint, hasBlob: boolean): Promise<Fees> {
  const asked = hasBlob ? rpc.send<string>("eth_blobBaseFee", []) : "0x0";
  const [tip, blobBaseFee] = await Promise.all([marketTip(rpc), asked]);
  const fees = feesAt(baseFee, tip, limit);
  if (!hasBlob) return fees;
  const blobFee = BigInt(blobBaseFee);
  if (blobFee > limit) throw new SolventError("l1-fee-limit", waitsForFee(blobFee, limit), { retry: true });
  return { ...fees, blobFee: least(2n * blobFee, limit) };
}

/** What L1 asks for at its head. */
export interface L1Prices {
  /** Base fee and tip, wei per gas. */
  gas: bigint;
  /** Base fee, wei per blob gas; null where L1's node tells all but that. */
  blobGas: bigint | null;
}

/** @throws SolventError `l1-*` where L1 does not tell the price of gas. */
export async function marketPrices(rpc: L1Rpc): Promise<L1Prices> {
  const [head, blobGas, tip] = await Promise.all([
    rpc.send<{ baseFeePerGas: string }>("eth_getBlockByNumber", ["latest", false]),
    rpc.send<string>("eth_blobBaseFee", []).then(BigInt, noneIfL1),
    marketTip(rpc),
  ]);
  return { gas: BigInt(head.baseFeePerGas) + tip, blobGas };
}

function noneIfL1(error: unknown): null {
  if (error instanceof SolventError && error.code.startsWith("l1-")) return null;
  throw error;
}

/** The tip that L1's node suggests. */
async function marketTip(rpc: L1Rpc): Promise<bigint> {
  return BigInt(await rpc.send<string>("eth_maxPriorityFeePerGas", []));
}

/**
 * A bid that pools accept in place of `last` (an eighth more on both fields; twice as much on all three where a blob rides along) and that is
 * not under the market as far as the limit allows.
 * @returns null where even the least such bid is above the limit.
 */
export function bumped(last: Fees, market: Fees, limit: bigint): Fees | null {
  const raise = (fee: bigint): bigint => (last.blobFee === undefined ? fee + fee / 8n + 1n : 2n * fee + 1n);
  const tip = most(raise(last.tip), market.tip);
  const needed = most(raise(last.maxFee), raise(last.tip));
  if (needed > limit) return null;
  const maxFee = least(most(needed, market.maxFee), limit);
  const fees = { maxFee, tip: least(tip, maxFee) };
  if (last.blobFee === undefined) return { ...fees, ...(market.blobFee !== undefined && { blobFee: market.blobFee }) };
  const blobFee = raise(last.blobFee);
  if (blobFee > limit) return null;
  return { ...fees, blobFee: least(most(blobFee, market.blobFee ?? 0n), limit) };
}

/** Why nothing is sent, in words. */
export function waitsForFee(baseFee: bigint, limit: bigint): string {
  return `waits until L1's base fee of ${gwei(baseFee)} gwei is back under the limit of ${gwei(limit)} gwei (maxFeeGwei)`;
}

function gwei(wei: bigint): string {
  return String(Number(wei) / 1e9);
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
