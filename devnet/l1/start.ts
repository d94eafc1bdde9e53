import { join } from "node:path";
import { moduleFile } from "../../node/modules";
import { L1Rpc } from "../../node/l1/rpc";
import { SolventError } from "../../protocol/errors";
import { isUrl, type DevnetOptions } from "../options";
import type { Processes } from "../processes";

/**
 * Starts the devnet's L1 on a free port as the child `l1`, or takes the one that runs already.
 * @returns its URL. @throws SolventError `process-failed`, `anvil-missing` or `l1-unavailable`.
 */
export async function startL1(processes: Processes, options: DevnetOptions, port: number): Promise<string> {
  const { l1, l1IntervalMs, dataDir } = options;
  if (isUrl(l1)) {
    const rpc = new L1Rpc(l1, { retries: 1, timeoutMs: 5_000 });
    await rpc.send("eth_chainId", []).finally(() => rpc.close());
    return l1;
  }
  const url = `http://127.0.0.1:${port}`;
  if (l1 === "hardhat") {
    const journal = dataDir === null ? [] : [join(dataDir, "l1.journal")];
    await processes.startNode("l1", moduleFile(join(__dirname, "main")), [
      String(port),
      String(l1IntervalMs),
      ...journal,
    ]);
    return url;
  }
  const state = dataDir === null ? [] : ["--state", join(dataDir, "anvil.json")];
  const args = ["--port", String(port), "--silent", "--no-mining", "--hardfork", "osaka", "--accounts", "20", ...state];
  processes.startProgram("l1", anvilBinary(), args);
  const rpc = new L1Rpc(url, { retries: 0, timeoutMs: 500 });
  await untilAnswers(rpc);
  await putClockForward(rpc);
  await rpc.send("evm_setIntervalMining", [Math.max(1, Math.round(l1IntervalMs / 1_000))]);
  await rpc.close();
  return url;
}

/** The platform's own binary, never npm's shim, which would leave it behind when killed. */
export function anvilBinary(): string {
  const name = `@foundry-rs/anvil-${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  try {
    return require.resolve(`${name}/bin/anvil${process.platform === "win32" ? ".exe" : ""}`);
  } catch (cause) {
    throw new SolventError("anvil-missing", `${name} is not installed: npm install @foundry-rs/anvil`, { cause });
  }
}

async function untilAnswers(rpc: L1Rpc): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rpc.send("eth_chainId", []);
      return;
    } catch (error) {
      if (attempt >= 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** A chain that was ahead of the wall clock goes on from where it was: anvil would mine the next block before the last one. */
async function putClockForward(rpc: L1Rpc): Promise<void> {
  const { timestamp } = await rpc.send<{ timestamp: string }>("eth_getBlockByNumber", ["latest", false]);
  const aheadSeconds = Number(timestamp) - Math.floor(Date.now() / 1_000);
  if (aheadSeconds > 0) await rpc.send("evm_increaseTime", [aheadSeconds]);
}
