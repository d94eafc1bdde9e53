import { join } from "node:path";
import { L1Rpc } from "../../node/l1/rpc";
import { anvilBinary, loadTrustedSetup, untilAnswers } from "./anvil";
import { AnvilChain } from "./anvilChain";
import { Gateway } from "./gateway";
import { loadPrepared, readPrepared } from "./prepared";
import { L1Server } from "./server";
import { dataModeOf, isUrl, type DevnetOptions } from "../options";
import { freePort, type Processes } from "../processes";

/** Between two blocks of an idle L1. */
const IDLE_MS = 2_000;

/** A devnet's L1 that runs. */
export interface StartedL1 {
  url: string;
  /** Where it gives blobs by the beacon API; null where it has none. */
  beaconUrl: string | null;
  /** Whether its gateway is ours: then it takes `devnet_raw` and `devnet_setControl`. */
  hasDoor: boolean;
  /** Ends what of it runs in this process. */
  stop(): Promise<void>;
}

/**
 * Starts the devnet's L1 on a port as the child `l1`, or takes the one that runs already.
 * @param folder - of the devnet, where L1's journal is; anvil's state is kept only where the options name a folder.
 * @param state - file of a prepared state that it begins with, where it is new.
 * @throws SolventError `process-failed`, `anvil-missing` or `l1-unavailable`.
 */
export async function startL1(
  processes: Processes,
  options: DevnetOptions,
  folder: string,
  port: number,
  state: string | null = null,
): Promise<StartedL1> {
  const { l1, l1IntervalMs, slowsDown, dataDir, seed } = options;
  if (isUrl(l1)) {
    const rpc = new L1Rpc(l1, { retries: 1, timeoutMs: 5_000 });
    await rpc.send("eth_chainId", []).finally(() => rpc.close());
    return { url: l1, beaconUrl: l1, hasDoor: false, stop: async () => {} };
  }
  const url = `http://127.0.0.1:${port}`;
  if (l1 === "hardhat") {
    // With a seed no block comes that nobody asked for.
    const intervalMs = seed === null ? l1IntervalMs : 0;
    await processes.startNode("l1", join(__dirname, "main"), [
      String(port),
      String(intervalMs),
      String(slowsDown && seed === null ? IDLE_MS : intervalMs),
      join(folder, "l1.journal"),
      ...(state === null ? [] : [state]),
      ...(seed === null ? [] : ["--seed", String(seed)]),
    ]);
    return { url, beaconUrl: null, hasDoor: true, stop: async () => {} };
  }
  const kept = dataDir === null ? [] : ["--state", join(dataDir, "anvil.json")];
  const own = await freePort();
  const args = ["--port", String(own), "--silent", "--no-mining", "--hardfork", "osaka", "--accounts", "20", ...kept];
  processes.startProgram("l1", anvilBinary(), args);
  const ownUrl = `http://127.0.0.1:${own}`;
  await untilAnswers(ownUrl);
  const rpc = new L1Rpc(ownUrl, { retries: 0, timeoutMs: 5_000 });
  if (state !== null) await loadPrepared((method, params) => rpc.send(method, params), readPrepared(state));
  if (dataModeOf(options.data) === "blobs") await loadTrustedSetup(ownUrl);
  await putClockForward(rpc);
  await rpc.send("evm_setIntervalMining", [Math.max(1, Math.round(l1IntervalMs / 1_000))]);
  await rpc.close();
  const chain = new AnvilChain(ownUrl);
  const server = new L1Server(new Gateway(chain));
  await server.start(port);
  const stop = async (): Promise<void> => {
    await server.stop();
    await chain.close();
  };
  return { url, beaconUrl: ownUrl, hasDoor: true, stop };
}

/** A chain that was ahead of the wall clock goes on from where it was: anvil would mine the next block before the last one. */
async function putClockForward(rpc: L1Rpc): Promise<void> {
  const { timestamp } = await rpc.send<{ timestamp: string }>("eth_getBlockByNumber", ["latest", false]);
  const aheadSeconds = Number(timestamp) - Math.floor(Date.now() / 1_000);
  if (aheadSeconds > 0) await rpc.send("evm_increaseTime", [aheadSeconds]);
}
