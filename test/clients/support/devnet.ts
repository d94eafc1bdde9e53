import { after } from "mocha";
import { JsonRpcProvider } from "ethers";
import { Devnet, type DevnetInfo } from "../../../devnet/devnet";
import { beginWithdrawal } from "./viem";

let devnet: Devnet | null = null;
let started: Promise<DevnetInfo> | null = null;
const providers: JsonRpcProvider[] = [];

/** One devnet for all tests of this folder: sequencer and challenger over a quick L1. Each test file uses accounts of its own. */
export function startDevnet(): Promise<DevnetInfo> {
  devnet ??= new Devnet({
    ...{ l1Port: 0, sequencerPort: 0, verifierPort: 0, l1IntervalMs: 100, blockTimeMs: 200, batchAgeMs: 800 },
    ...{ heights: [4, 17, 17], assertionIntervalSeconds: 3 },
    logLevel: "warn",
  });
  const start = async (net: Devnet): Promise<DevnetInfo> => {
    const info = await net.start();
    await beginWithdrawal(info);
    return info;
  };
  return (started ??= start(devnet));
}

/** ethers over the sequencer, closed at the end. */
export function connect(url: string): JsonRpcProvider {
  const provider = new JsonRpcProvider(url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 });
  providers.push(provider);
  return provider;
}

after(async () => {
  for (const provider of providers) provider.destroy();
  await devnet?.stop();
});

export interface Answer {
  jsonrpc: "2.0";
  id: unknown;
  result?: unknown;
  error?: { code: number; message: string; data?: unknown };
}

/** One bare call over HTTP. */
export async function ask(url: string, method: string, ...params: unknown[]): Promise<Answer> {
  return JSON.parse(await post(url, JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }))) as Answer;
}

/** @throws Error with the node's words where it refuses. */
export async function result<T>(url: string, method: string, ...params: unknown[]): Promise<T> {
  const answer = await ask(url, method, ...params);
  if (answer.error !== undefined) throw new Error(`${method}: ${JSON.stringify(answer.error)}`);
  return answer.result as T;
}

export async function post(url: string, body: string): Promise<string> {
  const headers = { "content-type": "application/json" };
  return (await fetch(url, { method: "POST", headers, body })).text();
}

/** Waits until a condition holds. @throws Error naming it after `seconds`. */
export async function eventually(what: string, isTrue: () => Promise<boolean>, seconds = 60): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
