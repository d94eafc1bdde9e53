import { Interface } from "ethers";
import { measureSlower, tooSlow } from "../deployment/answerTime";
import type { L1Rpc } from "../node/l1/rpc";
import type { Hex } from "../protocol/types";

const TIMES = new Interface(["function responseTime() view returns (uint40)"]);

/** What a party computes with, and for which game. */
export interface Answering {
  queue: Hex;
  heights: readonly [number, number, number];
  workers: number;
}

/**
 * Measures this machine against the response time that the queue shows; takes a moment.
 * @returns what to say of one that is too slow for the worst blocks; null of one that is not, and where L1 does not say.
 */
export async function speedWarning(rpc: L1Rpc, { queue, heights, workers }: Answering): Promise<string | null> {
  const call = { to: queue, data: TIMES.encodeFunctionData("responseTime") };
  const found = await rpc.send<Hex>("eth_call", [call, "latest"]).catch(() => "0x");
  if (found === "0x") return null;
  const [h0, h1, h2] = heights.map(BigInt);
  const game = { heights: [h0, h1, h2] as [bigint, bigint, bigint], responseTime: BigInt(found) };
  return tooSlow(game, { slower: measureSlower(), workers });
}
