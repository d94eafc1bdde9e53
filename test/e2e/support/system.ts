import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Contract, getBytes, JsonRpcProvider, NonceManager, Wallet } from "ethers";
import { devAccount, ROLES } from "../../../devnet/accounts";
import { Devnet, type DevnetOptions } from "../../../devnet/devnet";
import type { Challenger } from "../../../challenger/challenger";
import { Challenger as ChallengerClass, type ChallengerDeps } from "../../../challenger/challenger";
import { challengerConfig } from "../../../challenger/config";
import type { Hex } from "../../../node/chain/types";
import { parseConfig } from "../../../node/config/load";
import { readArtifact, type Deployment } from "../../../node/deployment";
import { systemOf } from "../../../node/deployedSystem";
import { openProgram } from "../../../node/engine";
import { createLogger } from "../../../node/log";
import { encodeBody, encodeSegment } from "../../../node/protocol";

/** A real L1 with the real contracts, whose batches the test posts itself, and challengers in this process. */
export class TestSystem {
  readonly #folder = mkdtempSync(join(tmpdir(), "solvent-e2e-"));
  readonly #challengers: Challenger[] = [];
  readonly devnet: Devnet;
  provider!: JsonRpcProvider;
  deployment!: Deployment;

  constructor(options: Partial<DevnetOptions> = {}) {
    const without = ["sequencer", "verifier", "challenger"];
    this.devnet = new Devnet({ l1Port: 0, l1IntervalMs: 100, heights: [3, 20, 14], without, ...options });
  }

  async start(): Promise<void> {
    const info = await this.devnet.start();
    this.deployment = info.deployment;
    const options = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 };
    this.provider = new JsonRpcProvider(info.l1.url, undefined, options);
  }

  async stop(): Promise<void> {
    for (const challenger of this.#challengers.reverse()) await challenger.stop();
    this.provider?.destroy();
    await this.devnet.stop();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  signer(index: number): NonceManager {
    return new NonceManager(new Wallet(devAccount(index).privateKey, this.provider));
  }

  contract(source: string, address: string, index: number): Contract {
    return new Contract(address, readArtifact(source).abi, this.signer(index));
  }

  /** A signed transfer on L2. */
  async transfer(from: number, to: Hex, valueWei: bigint, nonce: number): Promise<Uint8Array> {
    const wallet = new Wallet(devAccount(from).privateKey);
    const { chainId } = systemOf(this.deployment);
    const fees = { maxFeePerGas: 2_000_000_000n, maxPriorityFeePerGas: 1_000_000n };
    return getBytes(
      await wallet.signTransaction({ type: 2, chainId, to, value: valueWei, nonce, gasLimit: 21_000n, ...fees }),
    );
  }

  /** Posts a batch with a block for each list of transactions. */
  async postBatch(blocks: Uint8Array[][]): Promise<void> {
    const inbox = this.contract("inbox/Inbox", this.deployment.addresses.inbox, ROLES.sequencer);
    const [count, consumed] = [await inbox.batchCount(), await inbox.consumedCount()];
    const previous = count === 0n ? `0x${"00".repeat(32)}` : await inbox.batchRecord(count - 1n);
    const message = consumed === 0n ? `0x${"00".repeat(32)}` : await inbox.messageHash(consumed - 1n);
    const { timestamp } = (await this.provider.getBlock("latest"))!;
    const bodies = blocks.map((transactions, i) =>
      encodeBody({ timestamp: BigInt(timestamp + 1 + i), messageCount: 0n, transactions }),
    );
    const data = encodeSegment(bodies);
    await (await inbox.postBatch(count, previous, consumed, message, data)).wait();
  }

  async startChallenger(
    name: string,
    account: number,
    deps: Partial<ChallengerDeps> = {},
    config: object = {},
  ): Promise<Challenger> {
    const whole = parseConfig(challengerConfig, {
      dataDir: join(this.#folder, name),
      deployment: this.devnet.info.deploymentFile,
      l1Url: this.devnet.info.l1.url,
      l1: { pollIntervalMs: 30, finality: 8 },
      privateKey: devAccount(account).privateKey,
      assertionIntervalSeconds: 0,
      ...config,
    });
    const challenger = await ChallengerClass.create(whole, {
      system: systemOf(this.deployment),
      open: (nodes) => ({ program: openProgram({ nodes }) }),
      log: createLogger(name, process.env.SOLVENT_LOG ?? "error"),
      ...deps,
    });
    this.#challengers.push(challenger);
    await challenger.start();
    return challenger;
  }
}

/** Waits until `probe` gives something. @throws Error naming `what` after the time. */
export async function until<T>(what: string, probe: () => T | undefined | null | false, seconds = 60): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = probe();
    if (value) return value;
    if (Date.now() > end) throw new Error(`timed out: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
