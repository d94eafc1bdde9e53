import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Contract, getBytes, JsonRpcProvider, NonceManager, Transaction, Wallet, type EventLog } from "ethers";
import { devAccount, ROLES } from "../../../devnet/accounts";
import { Devnet, type DevnetOptions } from "../../../devnet/devnet";
import { dataModeOf, SLOW_RESPONSE_SECONDS } from "../../../devnet/options";
import type { EdgesGame } from "../../../games/edges";
import type { DisputeGame } from "../../../games/game";
import type { Challenger } from "../../../challenger/challenger";
import { Challenger as ChallengerClass, type ChallengerDeps } from "../../../challenger/challenger";
import { challengerConfig } from "../../../challenger/config";
import type { Hex } from "../../../protocol/types";
import { parseConfig } from "../../../actor/config/load";
import { readArtifact, type Deployment } from "../../../deployment";
import { inboxSource } from "../../../deployment/inboxContract";
import { systemOf } from "../../../actor/deployedSystem";
import { openProgram } from "../../../node/engine";
import { createLogger } from "../../../actor/log";
import { DataServers } from "../../../node/data/altda/client";
import { sidecarOf } from "../../../node/kzg/kzg";
import { ZERO_HASH, chunksHash } from "../../../protocol";
import { encodeBlob } from "../../../protocol/blob";
import { encodeBody, encodeSegment } from "../../../protocol/batch";

const HEIGHTS: DevnetOptions["heights"] = [3, 20, 14];

/** A real L1 with the real contracts, whose batches the test posts itself, and challengers in this process. */
export class TestSystem {
  private readonly folder = mkdtempSync(join(tmpdir(), "solvent-e2e-"));
  private readonly challengers: Challenger[] = [];
  /** Next nonces on L2. */
  private readonly nonces = new Map<number, number>();
  readonly devnet: Devnet;
  provider!: JsonRpcProvider;
  deployment!: Deployment;
  /** Servers that challengers ask for batches; the devnet's where null. */
  dataUrl: string[] | null = null;

  constructor(options: Partial<DevnetOptions> = {}) {
    const without = ["sequencer", "verifier", "challenger"];
    const ports = { l1Port: 0, sequencerPort: 0, verifierPort: 0 };
    // A machine that has more to do must not decide a dispute by time; what remains of the clocks is jumped over.
    const game = { heights: HEIGHTS, responseTimeSeconds: SLOW_RESPONSE_SECONDS };
    this.devnet = new Devnet({ ...ports, ...game, l1IntervalMs: 100, without, ...options });
  }

  async start(): Promise<void> {
    const info = await this.devnet.start();
    this.deployment = info.deployment;
    const options = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 };
    this.provider = new JsonRpcProvider(info.l1.url, undefined, options);
  }

  async stop(): Promise<void> {
    for (const challenger of this.challengers.slice().reverse()) await this.stopChallenger(challenger);
    this.provider?.destroy();
    await this.devnet.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  signer(index: number): NonceManager {
    return new NonceManager(new Wallet(devAccount(index).privateKey, this.provider));
  }

  contract(source: string, address: string, index: number): Contract {
    return new Contract(address, readArtifact(source).abi, this.signer(index));
  }

  /** A signed transaction on L2 with the account's next nonce. */
  async sign(from: number, call: { to?: Hex; value?: bigint; data?: Hex; gasLimit?: bigint }): Promise<Uint8Array> {
    const wallet = new Wallet(devAccount(from).privateKey);
    const { chainId } = systemOf(this.deployment);
    const nonce = this.nonces.get(from) ?? 0;
    this.nonces.set(from, nonce + 1);
    const fees = { maxFeePerGas: 2_000_000_000n, maxPriorityFeePerGas: 1_000_000n };
    return getBytes(await wallet.signTransaction({ type: 2, chainId, nonce, gasLimit: 21_000n, ...fees, ...call }));
  }

  /** The nonce that an account's next transaction on L2 gets, and another in its place: L1 has taken back what used it. */
  nonceOf(account: number): number {
    return this.nonces.get(account) ?? 0;
  }

  setNonce(account: number, nonce: number): void {
    this.nonces.set(account, nonce);
  }

  /** Pays ether in on L1, for the sender's own account on L2. */
  async deposit(from: number, valueWei: bigint): Promise<void> {
    const portal = this.contract("bridge/Portal", this.deployment.addresses.portal, from);
    const { address } = devAccount(from);
    await (await portal.depositTransaction(address, valueWei, 100_000n, false, "0x", { value: valueWei })).wait();
  }

  /**
   * Posts a batch with a block for each list of transactions; the first block takes all delayed messages that wait.
   * @param isWithheld - off L1: no server is given the bytes. @returns them.
   */
  async postBatch(blocks: Uint8Array[][], isWithheld = false): Promise<Uint8Array> {
    const isOffL1 = this.devnet.options.data === "altda";
    const inbox = this.inbox(ROLES.sequencer);
    const names = [isOffL1 ? "committedCount" : "batchCount", "consumedCount", "delayedCount"];
    const [count, consumed, delayed] = await Promise.all(names.map((name) => inbox[name]() as Promise<bigint>));
    const recordOf = isOffL1 ? "committedRecord" : "batchRecord";
    const previous = count === 0n ? ZERO_HASH : await inbox[recordOf](count - 1n);
    const message = delayed === 0n ? ZERO_HASH : await inbox.messageHash(delayed - 1n);
    const { timestamp } = (await this.provider.getBlock("latest"))!;
    const bodies = blocks.map((transactions, i) =>
      encodeBody({
        timestamp: BigInt(timestamp + 1 + i),
        messageCount: i === 0 ? delayed - consumed : 0n,
        transactions,
      }),
    );
    const data = encodeSegment(bodies);
    if (isOffL1 && !isWithheld) await new DataServers(this.devnet.dataUrl).put(data);
    const isInBlob = this.devnet.options.data === "blobs";
    const bytes = isOffL1 ? chunksHash(data) : isInBlob ? "0x" : data;
    const call = [count, previous, delayed, message, bytes] as const;
    // One batch for each L1 timestamp: this one waits for the second after the last one's.
    await eventually("a second of L1 without a batch", async () => {
      await inbox.postBatch.staticCall(...call);
      return true;
    });
    if (isInBlob) await this.sendBlob(inbox.interface.encodeFunctionData("postBatch", call), data);
    else await (await inbox.postBatch(...call)).wait();
    return data;
  }

  /** Sends the sequencer's call of the inbox with a batch in a blob. */
  private async sendBlob(call: string, data: Uint8Array): Promise<void> {
    const { address, privateKey } = devAccount(ROLES.sequencer);
    const nonce = await this.provider.getTransactionCount(address);
    const { chainId } = await this.provider.getNetwork();
    const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n, maxFeePerBlobGas: 10n ** 10n };
    const fields = { to: this.deployment.addresses.inbox, data: call, gasLimit: 500_000n, chainId, nonce, ...fees };
    const transaction = Transaction.from({ type: 3, ...fields });
    const blob = encodeBlob(data);
    transaction.blobWrapperVersion = 1;
    transaction.blobs = [{ data: blob, ...(await sidecarOf(blob)) }];
    const sent = await this.provider.broadcastTransaction(await new Wallet(privateKey).signTransaction(transaction));
    await sent.wait();
  }

  /** The inbox of the devnet's data mode and turns. */
  inbox(index: number): Contract {
    const { data, sequencing } = this.devnet.options;
    const source = inboxSource({ data: { mode: dataModeOf(data) }, sequencing: { type: sequencing } });
    return this.contract(source, this.deployment.addresses.inbox, index);
  }

  /** Lets what is pending off L1 count, as far as its windows are over: anybody may. */
  async settle(by: number): Promise<void> {
    const inbox = this.inbox(by);
    const settled = Number(await inbox.batchCount());
    const logs = (await inbox.queryFilter(inbox.filters.BatchCommitted(), 0)) as EventLog[];
    const pending = logs.filter(({ args }) => Number(args.index) >= settled).map(({ args }) => [...args].slice(2, 7));
    while (pending.length > 0 && !(await isTaken(inbox.settle.staticCall(settled, pending)))) pending.pop();
    if (pending.length > 0) await (await inbox.settle(settled, pending)).wait();
  }

  /** Puts L1's clock forward: the next block is so much later. */
  async jump(seconds: number): Promise<void> {
    const { timestamp } = (await this.provider.getBlock("latest"))!;
    await this.provider.send("evm_mine", [timestamp + seconds]);
  }

  async startChallenger<G extends DisputeGame = EdgesGame>(
    name: string,
    account: number,
    deps: Partial<ChallengerDeps<G>> = {},
    config: object = {},
  ): Promise<Challenger<G>> {
    const whole = parseConfig(challengerConfig, {
      dataDir: join(this.folder, name),
      deployment: this.devnet.info.deploymentFile,
      l1Url: this.devnet.info.l1.url,
      l1: { pollIntervalMs: 30, finality: 8 },
      dataUrl: this.dataUrl ?? this.devnet.dataUrl,
      privateKey: devAccount(account).privateKey,
      assertionIntervalSeconds: 0,
      ...config,
    });
    const challenger = await ChallengerClass.create<G>(whole, {
      system: systemOf(this.deployment),
      open: (nodes) => ({ program: openProgram({ nodes }) }),
      log: createLogger(name, process.env.SOLVENT_LOG ?? "error"),
      ...deps,
    });
    this.challengers.push(challenger);
    void challenger.failed.then((error) => console.error(`${name} failed:`, error));
    await challenger.start();
    return challenger;
  }

  async stopChallenger(challenger: Challenger): Promise<void> {
    const at = this.challengers.indexOf(challenger);
    if (at < 0) return;
    this.challengers.splice(at, 1);
    await challenger.stop();
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

/** The same for a probe that asks a node; its failures count as not yet. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | false>,
  seconds = 60,
): Promise<Exclude<T, false>> {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    const value = await probe().catch(() => false as const);
    if (value) return value as Exclude<T, false>;
    if (Date.now() > end) throw new Error(`timed out: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Whether L1 would take a call. */
function isTaken(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => true,
    () => false,
  );
}
