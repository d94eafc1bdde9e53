import { parentPort, workerData } from "node:worker_threads";
import { LoadClient, sleep } from "../rpc/client";

/** Milliseconds between an answer and the next question. */
export const ASK_MS = 20;

export interface AskerData {
  url: string;
}

/** Asks for the block number until it is told to end, and says how long each answer took, in milliseconds. */
async function main(port: NonNullable<typeof parentPort>, { url }: AskerData): Promise<void> {
  let isOver = false;
  port.once("message", () => (isOver = true));
  const client = new LoadClient(url, 1);
  const answersMs: number[] = [];
  while (!isOver) {
    const asked = performance.now();
    await client.call("eth_blockNumber");
    answersMs.push(performance.now() - asked);
    await sleep(ASK_MS);
  }
  client.close();
  port.postMessage(answersMs);
}

if (parentPort !== null) void main(parentPort, workerData as AskerData);
