import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Devnet, L2_CHAIN_ID } from "../../../devnet/devnet";
import { anvilBinary } from "../../../devnet/l1/anvil";
import { freePort, Processes } from "../../../devnet/processes";
import { LoadClient, sleep } from "./client";

/** Gas of a block, the same for all. */
const GAS_LIMIT = 30_000_000;

/** A node under load. */
export interface Target {
  name: string;
  url: string;
  chainId: bigint;
  pid: number;
  stop(): Promise<void>;
}

export async function startHardhat(): Promise<Target> {
  const port = await freePort();
  const cli = require.resolve("hardhat/internal/cli/cli.js");
  const config = join(__dirname, "hardhat.bench.config.cjs");
  return startProgram(
    "Hardhat's node",
    process.execPath,
    [cli, "--config", config, "node", "--port", String(port)],
    port,
  );
}

export async function startAnvil(): Promise<Target> {
  const port = await freePort();
  const args = ["--port", String(port), "--block-time", "1", "--gas-limit", String(GAS_LIMIT), "--silent"];
  return startProgram("anvil", anvilBinary(), [...args, "--hardfork", "osaka"], port);
}

/** A devnet with nothing but L1 and the sequencer. */
export async function startSolvent(): Promise<Target & { devnet: Devnet }> {
  const without = ["verifier", "challenger"];
  const ports = { l1Port: 0, sequencerPort: 0, verifierPort: 0 };
  const times = { blockTimeMs: 1000, l1IntervalMs: 1000, batchAgeMs: 12_000 };
  const devnet = new Devnet({ ...ports, ...times, without, logLevel: "warn" });
  const { l2 } = await devnet.start();
  const pid = devnet.processes.pid("sequencer")!;
  const stop = () => devnet.stop();
  return { name: "Solvent's sequencer", url: l2.sequencer!, chainId: BigInt(L2_CHAIN_ID), pid, stop, devnet };
}

/** Processor seconds that a process has used; null where the system does not say so exactly. */
export function processorSeconds(pid: number): number | null {
  if (process.platform !== "linux") return null;
  // Behind the name in brackets: state is field 3, user and system time are 14 and 15, in hundredths of a second.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident memory of a process in MiB. */
export function residentMiB(pid: number): number {
  if (process.platform === "linux") {
    const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kib) / 1024;
  }
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) / 1024;
}

/** The program that a guard (devnet/guard.cjs) runs. */
function guarded(guardPid: number): number {
  const lines = execFileSync("ps", ["-A", "-o", "ppid=,pid="], { encoding: "utf8" }).split("\n");
  const child = lines.map((line) => line.trim().split(/\s+/).map(Number)).find(([parent]) => parent === guardPid);
  return child?.[1] ?? guardPid;
}

async function startProgram(name: string, command: string, args: string[], port: number): Promise<Target> {
  const folder = mkdtempSync(join(tmpdir(), "solvent-bench-"));
  const processes = new Processes(folder);
  processes.startProgram(name, command, args);
  const url = `http://127.0.0.1:${port}`;
  const client = new LoadClient(url, 1);
  for (let attempt = 0; ; attempt++)
    try {
      const chainId = BigInt(await client.call<string>("eth_chainId"));
      client.close();
      const stop = async (): Promise<void> => {
        await processes.stop();
        rmSync(folder, { recursive: true, force: true });
      };
      return { name, url, chainId, pid: guarded(processes.pid(name)!), stop };
    } catch (error) {
      if (attempt > 300) throw error;
      await sleep(100);
    }
}
