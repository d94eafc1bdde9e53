import type { ChainBlock, ChainReader } from "../../chain/types";
import { decodeTransaction } from "../../transactions";
import type { RpcMethods } from "../dispatch";
import { invalidArgument, serverError } from "../errors";
import { nextBaseFee } from "../../../protocol";
import { quantity } from "../../../protocol/quantity";
import { effectiveTip, suggestTip } from "../fees";
import type { Work } from "../work";
import type { Params } from "../params";

const MAX_BLOCKS = 1024;

/** Prices. @param minimumBaseFee - of the chain's configuration, in wei. */
export function feeMethods(chain: ChainReader, minimumBaseFee: () => bigint): RpcMethods {
  const next = (): bigint => nextBaseFee(chain.head("latest").header, minimumBaseFee());
  return {
    eth_gasPrice: () => quantity(next() + suggestTip(chain)),
    eth_maxPriorityFeePerGas: () => quantity(suggestTip(chain)),
    /** Of the next block, as `eth_gasPrice` counts with it. */
    eth_baseFee: () => quantity(next()),
    eth_blobBaseFee: () => "0x1",
    eth_feeHistory: (params, _connection, work) => feeHistory(chain, params, minimumBaseFee(), work),
  };
}

async function feeHistory(chain: ChainReader, params: Params, minimumBaseFee: bigint, work: Work): Promise<unknown> {
  const asked = blockCount(params);
  const last = params.blockOrNull(1, chain);
  const head = chain.head("latest").header.number;
  if (last === null)
    throw serverError(`request beyond head block: requested ${String(params.raw(1)).slice(0, 80)}, head ${head}`);
  const percentiles = parsePercentiles(params.raw(2));
  const count = Math.min(asked, MAX_BLOCKS, last.header.number + 1);
  if (count === 0) return { oldestBlock: "0x0", gasUsedRatio: [] };
  const blocks: ChainBlock[] = [];
  for (let number = last.header.number - count + 1; number <= last.header.number; number++)
    blocks.push(chain.blockByNumber(number)!);
  const after = chain.blockByNumber(last.header.number + 1);
  const baseFees = blocks.map((block) => block.header.baseFeePerGas ?? 0n);
  baseFees.push(
    after?.header.baseFeePerGas ??
      (last.header.baseFeePerGas === undefined ? 0n : nextBaseFee(last.header, minimumBaseFee)),
  );
  const reward: string[][] = [];
  for (const block of percentiles === null ? [] : blocks) {
    reward.push(rewards(chain, block, percentiles!));
    await work.breathe();
  }
  return {
    oldestBlock: quantity(blocks[0].header.number),
    baseFeePerGas: baseFees.map(quantity),
    gasUsedRatio: blocks.map(({ header }) => Number(header.gasUsed) / Number(header.gasLimit)),
    baseFeePerBlobGas: baseFees.map((_, i) =>
      blocks[Math.min(i, blocks.length - 1)].header.excessBlobGas === undefined ? "0x0" : "0x1",
    ),
    blobGasUsedRatio: blocks.map(() => 0),
    ...(percentiles === null ? {} : { reward }),
  };
}

/** Tips at percentiles of the block's gas, cheapest first. */
function rewards(chain: ChainReader, block: ChainBlock, percentiles: number[]): string[] {
  const paid = chain
    .blockReceipts(block)
    .map((receipt) => ({
      tip: effectiveTip(
        decodeTransaction(receipt.transaction.raw, { sender: receipt.transaction.from }),
        block.header.baseFeePerGas,
      ),
      gas: receipt.gasUsed,
    }))
    .sort((a, b) => (a.tip < b.tip ? -1 : a.tip > b.tip ? 1 : 0));
  if (paid.length === 0) return percentiles.map(() => "0x0");
  return percentiles.map((percentile) => {
    const threshold = (block.header.gasUsed * BigInt(Math.round(percentile * 1000))) / 100_000n;
    let sum = 0n;
    for (const { tip, gas } of paid) {
      sum += gas;
      if (sum >= threshold) return quantity(tip);
    }
    return quantity(paid[paid.length - 1].tip);
  });
}

/** geth takes it in decimal, too. */
function blockCount(params: Params): number {
  const value = params.required(0);
  return typeof value === "string" && /^(0|[1-9][0-9]{0,8})$/.test(value) ? Number(value) : params.number(0);
}

function parsePercentiles(value: unknown): number[] | null {
  if (value === undefined) return null;
  if (!Array.isArray(value) || value.length > 100)
    throw invalidArgument(2, "expected a list of at most 100 percentiles");
  value.forEach((entry, i) => {
    if (typeof entry !== "number" || !(entry >= 0 && entry <= 100))
      throw invalidArgument(2, `invalid reward percentile: ${String(entry).slice(0, 40)}`);
    if (i > 0 && entry < value[i - 1])
      throw invalidArgument(2, `invalid reward percentile: #${i - 1}:${value[i - 1]} >= #${i}:${entry}`);
  });
  return value as number[];
}
