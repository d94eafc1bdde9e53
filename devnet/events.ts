import { L1Rpc } from "../node/l1/rpc";
import { quantity } from "../protocol/quantity";
import type { Hex } from "../protocol/types";
import type { DevnetInfo } from "./devnet";

interface Block {
  timestamp: Hex;
  hash: Hex;
  transactions: Hex[];
}

interface Log {
  address: Hex;
  topics: Hex[];
  data: Hex;
}

/**
 * All that has happened on a devnet: each block of L1 with its logs, then each block of L2. Two runs with the same seed, in which the same was
 * done, give the same bytes.
 * @returns lines of JSON, in order.
 */
export async function readEvents({ l1, l2 }: Pick<DevnetInfo, "l1" | "l2">): Promise<string[]> {
  const url = l2.sequencer ?? l2.verifier;
  return [...(await eventsOf("l1", l1.url)), ...(url === null ? [] : await eventsOf("l2", url))];
}

async function eventsOf(layer: "l1" | "l2", url: string): Promise<string[]> {
  const rpc = new L1Rpc(url, { retries: 0 });
  const lines: string[] = [];
  try {
    const head = Number(await rpc.send<Hex>("eth_blockNumber", []));
    for (let number = 0; number <= head; number++) {
      const asked = [quantity(number), false];
      const { timestamp, hash, transactions } = await rpc.send<Block>("eth_getBlockByNumber", asked);
      lines.push(JSON.stringify({ [layer]: number, time: Number(timestamp), hash, transactions }));
      // L1's say what became of batches, assertions and disputes; L2's follow from its blocks' hashes.
      if (layer === "l2" || transactions.length === 0) continue;
      for (const { address, topics, data } of await rpc.send<Log[]>("eth_getLogs", [{ blockHash: hash }]))
        lines.push(JSON.stringify({ [layer]: number, address, topics, data }));
    }
    return lines;
  } finally {
    await rpc.close();
  }
}
