import { type JsonRpcProvider, Wallet } from "ethers";
import { QuietProvider } from "../actor/provider";
import type { Logger } from "pino";
import { Gauge } from "prom-client";
import type { Actor } from "../actor/cli";
import { controlMethods } from "../actor/control";
import { NodeCore } from "../actor/core";
import type { OpenExecution } from "../actor/execution";
import { HealthServer } from "../actor/health";
import { Marks, type DevnetAnswers } from "../actor/marks";
import { SystemInfo } from "../actor/rollupInfo";
import { createRpcServer } from "../actor/rpcBackend";
import type { RollupSystem } from "../actor/system";
import { Timers } from "../actor/timers";
import { finalizeWithdrawal, proveWithdrawal, withdrawalsIn, withdrawalStatus, type Withdrawal } from "../client";
import { buyExit, collectExit, holderOfExit, vaultOf } from "../client/fastExit";
import type { LayerProvider, LayerSigner } from "../client/types";
import { SolventReader } from "../node/chain/reader";
import type { RpcServer } from "../node/rpc";
import { isErrorCode, SolventError } from "../protocol/errors";
import { Serial } from "../protocol/serial";
import { Book, type Offer } from "./book";
import type { MakerConfig } from "./config";
import { decide, type Position } from "./decide";
import { exitMethods } from "./methods";
import { readOutlook } from "./outlook";
import { marginOf } from "./quote";
import { Sayings } from "./sayings";

export interface MakerDeps {
  system: RollupSystem;
  /** Must open an engine, too. */
  open: OpenExecution;
  log: Logger;
}

/** Of both layers as ethers sees them: nothing is kept between two questions. */
const PROVIDER = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 100 };

/**
 * Buys withdrawals that its own node has re-executed from L1, and has the portal pay them later. It says of each offer why it does not
 * buy. Owns its ether alone: nobody else's is ever with it.
 */
export class Maker implements Actor {
  readonly failed: Promise<Error>;
  private fail!: (error: Error) => void;
  private readonly serial = new Serial();
  /** Everything that looks at offers or sends to L1; apart from `serial`, so that the node goes on meanwhile. */
  private readonly acting = new Serial();
  private readonly timers = new Timers((error) => this.fail(error));
  private readonly health: HealthServer;
  private readonly marks: Marks;
  private readonly book: Book;
  private readonly sayings = new Sayings();
  private readonly l1: LayerSigner;
  private readonly l1Provider: JsonRpcProvider;
  private l2: JsonRpcProvider | null = null;
  private rpc: RpcServer | null = null;
  private isStopped = false;

  private constructor(
    private readonly config: MakerConfig,
    private readonly deps: MakerDeps,
    readonly core: NodeCore,
  ) {
    this.failed = new Promise((resolve) => (this.fail = resolve));
    this.health = new HealthServer(core.health, core.registry);
    this.book = new Book(core.store);
    this.marks = new Marks(core, this.serial, async () => this.book.reload());
    this.l1Provider = new QuietProvider(config.l1Url[0], undefined, PROVIDER);
    this.l1 = new Wallet(config.privateKey, this.l1Provider) as unknown as LayerSigner;
    this.addMetrics();
  }

  static async create(config: MakerConfig, deps: MakerDeps): Promise<Maker> {
    const core = await NodeCore.open(config, deps.system, { keepsUnsafe: false, open: deps.open }, deps.log);
    return new Maker(config, deps, core);
  }

  async start(): Promise<Record<string, unknown>> {
    const { config, core, deps } = this;
    const reader = new SolventReader(core.chain, core.view, core.derivation, {
      chainId: core.system.chainId,
      inbox: core.system.inbox,
      submit: () => {
        throw new SolventError("tx-refused", "a maker forwards no transactions: send to the sequencer");
      },
      syncing: () => null,
      unhealthy: () => core.health.summary(),
    });
    const methods = { ...exitMethods(this), ...controlMethods(config.controlUrl) };
    this.rpc = createRpcServer(core, reader, config.rpc, new SystemInfo(core), deps.log, methods);
    const url = await this.rpc.start();
    this.l2 = new QuietProvider(url, undefined, PROVIDER);
    const metrics = await this.health.start(config.metrics.host, config.metrics.port);
    this.timers.every(config.l1.pollIntervalMs, () => this.tick());
    this.timers.every(config.actMs, () => this.act());
    const market = config.market;
    return { rpc: url, metrics, market };
  }

  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    this.timers.stop();
    this.core.requestStop();
    this.l1Provider.destroy();
    this.l2?.destroy();
    await this.rpc?.stop();
    await this.health.stop();
    await this.marks.close();
    await this.serial.idle();
    await this.core.close();
  }

  get devnet(): DevnetAnswers {
    const look = (): Promise<void> => this.tick();
    // Nothing is on its way to L1 once it is held.
    const { answers } = this.marks;
    const hold = (...params: never[]): Promise<unknown> => this.acting.run(() => answers.hold(...params));
    return { ...answers, hold, look };
  }

  /** Remembers a sale. @returns what is known of it: it is looked at when L1 and this node have what it takes. */
  async offer(terms: Offer["terms"], claim: Offer["claim"], l2Hash: Offer["l2Hash"]): Promise<Offer> {
    const known = this.book.get(claim);
    if (known !== undefined) return known;
    const offer: Offer = { claim, terms, l2Hash, state: "waiting", reason: "not looked at yet", value: 0n, margin: 0n };
    // One that has to take another's place is looked at first.
    const margin = this.book.isFull ? await this.marginOf(offer) : 0n;
    await this.book.add({ ...offer, margin });
    return offer;
  }

  /** What it decides by, as of now. */
  async position(): Promise<Position> {
    const { config, core, book } = this;
    const { safe, finalized } = core.chain;
    const left = config.maxExposure - book.exposure;
    return {
      l1: this.l1,
      market: config.market,
      outlook: await readOutlook(this.l1Provider, core.system, core.chain, config),
      boughtUpTo: config.finalizedOnly ? finalized.number : safe.number,
      finalized: finalized.number,
      yearlyRate: BigInt(config.yearlyRate),
      dropRisk: BigInt(config.dropRisk),
      allowance: left > 0n ? left : 0n,
    };
  }

  /** Reads L1 and derives. */
  private tick(): Promise<void> {
    return this.serial.run(async () => void (await this.core.tick()));
  }

  /** Looks at each offer and each claim once. What fails is said, and tried again. */
  private act(): Promise<void> {
    return this.acting.run(async () => {
      if (!this.core.isSynced || this.core.isHeld || this.core.isHalted) return;
      for (const offer of this.book.open) {
        if (this.isStopped) return;
        try {
          if (offer.state === "waiting") await this.consider(offer);
          else await this.pursue(offer);
          this.core.health.report("market", null);
        } catch (error) {
          if (this.isStopped) return;
          const message = error instanceof Error ? error.message : String(error);
          this.core.health.report("market", message);
          await this.note(offer, "fails", { reason: `fails on L1: ${message.slice(0, 200)}` });
        }
      }
    });
  }

  private async consider(offer: Offer): Promise<void> {
    const { config } = this;
    if (await this.owns(offer)) return this.note(offer, "bought", { state: "bought", reason: "found bought" });
    const margin = await this.marginOf(offer);
    const decision = await decide(await this.position(), offer.terms, await this.withdrawalsOf(offer));
    if (!decision.buys) {
      const { cause, reason } = decision;
      return this.note(offer, cause, { state: cause === "refused" ? "refused" : "waiting", reason, margin });
    }
    await buyExit(this.l1, config.market, offer.terms);
    await this.note(offer, "bought", { state: "bought", reason: "waits for the portal", value: decision.value });
  }

  /** One step on the way to the portal's payment. */
  private async pursue(offer: Offer): Promise<void> {
    const { config, core } = this;
    const withdrawal = await this.withdrawalOf(offer);
    if (withdrawal === undefined)
      return this.note(offer, "dropped", {
        reason: "L2 has dropped the withdrawal: nothing is owed for the claim while it stays so",
      });
    const me = await this.l1.getAddress();
    const status = await withdrawalStatus(this.l1Provider, core.system, withdrawal, me);
    if (status.state === "ready-to-prove") await this.prove(offer, withdrawal);
    else if (status.state === "ready-to-finalize") await finalizeWithdrawal(this.l1, core.system, withdrawal);
    else if (status.state === "finalized") {
      await collectExit(this.l1, config.market, offer.terms);
      return this.note(offer, "paid", { state: "paid", reason: "the portal has paid" });
    } else await this.note(offer, status.state, { reason: `the withdrawal is ${status.state}` });
  }

  private async prove(offer: Offer, withdrawal: Withdrawal): Promise<void> {
    try {
      const { assertion } = await proveWithdrawal(this.l1, this.node, this.core.system, withdrawal);
      await this.note(offer, "proven", { reason: `proven against assertion ${assertion.index}` });
    } catch (error) {
      // A false assertion stands: another will.
      if (!isErrorCode(error, "other-chain")) throw error;
      await this.note(offer, "other-chain", { reason: (error as SolventError).message });
    }
  }

  /**
   * Keeps what changed: a state on disk, words and figures in memory. Says each cause of an offer once, so that neither log nor disk grows
   * with a price that moves.
   */
  private async note(offer: Offer, cause: string, change: Partial<Offer>): Promise<void> {
    const next = { ...offer, ...change };
    const isNewState = next.state !== offer.state;
    if (isNewState) await this.book.set(next);
    // Another may have taken its place meanwhile.
    else if (this.book.get(offer.claim) !== undefined) this.book.note(next);
    if (!this.sayings.isNew(offer.claim, cause) && !isNewState) return;
    const { claim, state, reason, value, terms } = next;
    this.deps.log.info({ claim, state, reason, price: String(terms.price), value: String(value) }, "exit");
  }

  /** What an offer would leave, as far as this node knows. */
  private async marginOf(offer: Offer): Promise<bigint> {
    const withdrawal = await this.withdrawalOf(offer);
    if (withdrawal === undefined) return 0n;
    const { gasPrice } = await this.l1Provider.getFeeData();
    return marginOf(withdrawal.transaction.value, offer.terms.price, gasPrice ?? 0n);
  }

  private async owns({ terms }: Offer): Promise<boolean> {
    const holder = await holderOfExit(this.l1Provider, this.config.market, terms);
    const me = (await this.l1.getAddress()).toLowerCase();
    return holder === me && terms.owner.toLowerCase() !== me;
  }

  private async withdrawalOf(offer: Offer): Promise<Withdrawal | undefined> {
    const vault = await vaultOf(this.l1Provider, this.config.market, offer.terms);
    return (await this.withdrawalsOf(offer))?.find(({ transaction }) => transaction.target === vault);
  }

  /** As this node's own chain has them. */
  private async withdrawalsOf({ l2Hash }: Offer): Promise<Withdrawal[] | null> {
    const receipt = await this.l2!.getTransactionReceipt(l2Hash);
    return receipt === null ? null : withdrawalsIn(receipt);
  }

  private get node(): LayerProvider {
    return this.l2 as LayerProvider;
  }

  private addMetrics(): void {
    const { book, core } = this;
    const gauge = (name: string, help: string, read: () => number): void => {
      const registers = [core.registry];
      new Gauge({
        ...{ name: `solvent_maker_${name}`, help, registers },
        collect() {
          this.set(read());
        },
      });
    };
    gauge("waiting", "Offers that are not bought yet", () => book.count("waiting"));
    gauge("held", "Claims that the portal has not paid yet", () => book.count("bought"));
    gauge("paid", "Claims that the portal has paid", () => book.count("paid"));
    gauge("exposure_ether", "Ether paid for claims that are held", () => Number(book.exposure) / 1e18);
  }
}
