import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { freshBundles } from "../../../devnet/bundles";
import { freePort } from "../../../devnet/processes";
import { L1Rpc } from "../../../node/l1/rpc";
import { loaderArguments, moduleFile, useBundles } from "../../../node/modules";

const MAIN = join(__dirname, "..", "..", "..", "devnet", "l1", "main");

export interface L1 {
  url: string;
  send<T>(method: string, ...params: unknown[]): Promise<T>;
  newest(): Promise<{ number: number; time: number; hash: string }>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * The devnet's L1 as a process.
 * @param intervalMs - 0 mines only when asked. @param state - prepared one that a new journal begins with. @param seed - of a clock of its own.
 */
export async function startL1(intervalMs: number, journal?: string, state?: string, seed?: number): Promise<L1> {
  const port = await freePort();
  // It never slows down.
  const places = [String(port), String(intervalMs), String(intervalMs), journal, state];
  const args = [...places, ...(seed === undefined ? [] : ["--seed", String(seed)])].filter((arg) => arg !== undefined);
  useBundles(await freshBundles());
  const file = moduleFile(MAIN);
  const child = fork(file, args, { execArgv: loaderArguments(file), stdio: "inherit" });
  await new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (code) => reject(new Error(`L1 ended with status ${code}`)));
  });
  const url = `http://127.0.0.1:${port}`;
  // A busy machine does not decide.
  const rpc = new L1Rpc(url, { retries: 0, timeoutMs: 60_000 });
  const send = <T>(method: string, ...params: unknown[]): Promise<T> => rpc.send<T>(method, params);
  return {
    url,
    send,
    async newest() {
      const block = await send<{ number: string; timestamp: string; hash: string }>(
        "eth_getBlockByNumber",
        "latest",
        false,
      );
      return { number: Number(block.number), time: Number(block.timestamp), hash: block.hash };
    },
    async stop(signal = "SIGTERM") {
      await rpc.close();
      await end(child, signal);
    },
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await gone;
}
