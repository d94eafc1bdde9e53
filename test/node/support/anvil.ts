import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { L1Rpc } from "../../../node/l1/rpc";

/** A running anvil whose blocks are mined only when asked. */
export interface Anvil {
  url: string;
  rpc: L1Rpc;
  mine(blocks?: number): Promise<void>;
  /** Replaces the newest blocks by as many others, with none of their transactions. */
  reorg(depth: number): Promise<void>;
  stop(): Promise<void>;
  /** Runs with the process frozen, so that connections hang, and thaws it whatever comes. */
  frozen<T>(body: () => Promise<T>): Promise<T>;
}

/** The usual test mnemonic's first accounts. */
export const KEYS = [
  "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
  "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
  "0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
] as const;

/** @returns null where the platform's binary is not installed. */
export async function startAnvil(args: string[] = [], port?: number): Promise<Anvil | null> {
  const platform = process.platform === "win32" ? "win32" : process.platform;
  const arch = process.arch === "arm64" ? "arm64" : "amd64";
  let binary: string;
  try {
    binary = require.resolve(`@foundry-rs/anvil-${platform}-${arch}/bin/anvil`);
  } catch {
    return null;
  }
  const chosen = port ?? (await freePort());
  const options = ["--port", String(chosen), "--no-mining", "--hardfork", "osaka", "--order", "fifo", "--silent"];
  const child = spawn(binary, [...options, ...args], { stdio: "ignore" });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const url = `http://127.0.0.1:${chosen}`;
  const rpc = new L1Rpc(url, { timeoutMs: 3_000, retries: 0 });
  // Its first blob takes anvil seconds, longer than the tests of a silent L1 wait.
  const patient = new L1Rpc(url, { timeoutMs: 30_000, retries: 0 });
  await untilReady(rpc, child);
  return {
    url,
    rpc,
    mine: async (blocks = 1) => void (await patient.send("anvil_mine", ["0x" + blocks.toString(16), "0x1"])),
    reorg: async (depth) => void (await patient.send("anvil_reorg", [depth, []])),
    frozen: async (body) => {
      child.kill("SIGSTOP");
      try {
        await untilStopped(child.pid!);
        return await body();
      } finally {
        child.kill("SIGCONT");
      }
    },
    stop: async () => {
      process.off("exit", kill);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
      await rpc.close();
    },
  };
}

/** A signal stops the threads of a process one after another; until then it goes on answering. */
async function untilStopped(pid: number): Promise<void> {
  if (process.platform !== "linux") return void (await new Promise((resolve) => setTimeout(resolve, 500)));
  // The state follows the name, which is in parentheses: "T" is stopped.
  const isStopped = (task: string): boolean => /\) T /.test(readFileSync(`/proc/${pid}/task/${task}/stat`, "utf8"));
  while (!readdirSync(`/proc/${pid}/task`).every(isStopped)) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function untilReady(rpc: L1Rpc, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (child.exitCode !== null) throw new Error(`anvil ended with status ${child.exitCode}`);
    try {
      await rpc.send("eth_chainId", []);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error("anvil does not answer");
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
