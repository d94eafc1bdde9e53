import type { ChainReader } from "../chain/types";
import { decodeTransaction, type DecodedTransaction } from "../transactions";

/** Blocks looked at for a tip. */
const TIP_BLOCKS = 20;
/** What is suggested as a tip while no transaction says otherwise, in wei. */
export const DEFAULT_TIP_WEI = 1_000_000n;

/** What a transaction pays per gas in a block of that base fee (absent before London), in wei. */
export function effectiveGasPrice(tx: DecodedTransaction, baseFeePerGas: bigint | undefined): bigint {
  if (tx.type === 0x7e) return 0n;
  if (tx.maxFeePerGas === undefined) return tx.gasPrice ?? 0n;
  const capped = (baseFeePerGas ?? 0n) + tx.maxPriorityFeePerGas!;
  return capped < tx.maxFeePerGas ? capped : tx.maxFeePerGas;
}

/** The tip per gas that a transaction pays in a block of that base fee, in wei. */
export function effectiveTip(tx: DecodedTransaction, baseFeePerGas: bigint | undefined): bigint {
  const price = effectiveGasPrice(tx, baseFeePerGas);
  const base = baseFeePerGas ?? 0n;
  return price > base ? price - base : 0n;
}

/** The 60th percentile of what the last blocks' transactions tipped, at least `DEFAULT_TIP_WEI` when they tipped nothing. */
export function suggestTip(chain: ChainReader): bigint {
  const tips: bigint[] = [];
  const head = chain.head("latest").header.number;
  for (let number = head; number > 0 && number > head - TIP_BLOCKS; number--) {
    const block = chain.blockByNumber(number);
    if (block === undefined) break;
    for (const tx of chain.blockTransactions(block).slice(0, 50)) {
      const decoded = decodeTransaction(tx.raw, { sender: tx.from });
      if (decoded.type !== 0x7e) tips.push(effectiveTip(decoded, block.header.baseFeePerGas));
    }
    if (tips.length >= 100) break;
  }
  if (tips.length === 0) return DEFAULT_TIP_WEI;
  tips.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const tip = tips[Math.floor((tips.length - 1) * 0.6)];
  return tip > 0n ? tip : DEFAULT_TIP_WEI;
}
