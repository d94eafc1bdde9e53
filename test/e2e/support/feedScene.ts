import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocketServer, type WebSocket } from "ws";
import { parseConfig } from "../../../actor/config/load";
import { systemOf } from "../../../actor/deployedSystem";
import { openExecution } from "../../../actor/execution";
import { createLogger } from "../../../actor/log";
import { devAccount, ROLES } from "../../../devnet/accounts";
import { inboxViewOf } from "../../../node/chain/inboxView";
import type { BuiltBlock } from "../../../node/engine/types";
import { encodeFeedMessage, feedDomain, type FeedBlock } from "../../../node/feed/message";
import { decodeCursor, fromHex } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { sequencerConfig } from "../../../sequencer/config";
import { Sequencer } from "../../../sequencer/sequencer";
import { verifierConfig } from "../../../verifier/config";
import { Verifier } from "../../../verifier/verifier";
import { TestSystem, until } from "./system";

/** A URL at which nobody answers. */
export const NOBODY = "http://127.0.0.1:9";
const USER = 3;

/** A sequencer that builds when the test says, verifiers, and a feed that says what the test wants; all in this process, over a real L1. */
export class FeedScene {
  readonly system = new TestSystem();
  readonly liar = new LyingFeed();
  readonly ended: string[] = [];
  sequencer!: Sequencer;
  private readonly folder = mkdtempSync(join(tmpdir(), "solvent-feed-"));
  private readonly verifiers: Verifier[] = [];

  /** @param feed - of the sequencer's configuration. */
  async start(feed: object = {}): Promise<void> {
    await Promise.all([this.system.start(), this.liar.start()]);
    const config = parseConfig(sequencerConfig, {
      ...this.common("sequencer"),
      privateKey: devAccount(ROLES.sequencer).privateKey,
      // The test says when; nothing happens by the clock.
      ...{ blockTimeMs: 1_000_000, batch: { maxAgeMs: 1_000_000 }, feed },
    });
    this.sequencer = await Sequencer.create(config, this.deps("sequencer"));
    void this.sequencer.failed.then((error) => this.ended.push(`sequencer: ${error.stack}`));
    await this.sequencer.start();
  }

  async stop(): Promise<void> {
    for (const verifier of this.verifiers.splice(0)) await verifier.stop();
    await this.sequencer?.stop();
    await this.liar.stop();
    await this.system.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** @param more - of its configuration. */
  async startVerifier(name: string, more: object): Promise<Verifier> {
    const config = parseConfig(verifierConfig, { ...this.common(name), sequencerPollMs: 50, ...more });
    const verifier = await Verifier.create(config, this.deps(name));
    void verifier.failed.then((error) => this.ended.push(`${name}: ${error.stack}`));
    this.verifiers.push(verifier);
    await verifier.start();
    return verifier;
  }

  async stopVerifier(verifier: Verifier): Promise<void> {
    this.verifiers.splice(this.verifiers.indexOf(verifier), 1);
    await verifier.stop();
  }

  sign(): Promise<Uint8Array> {
    return this.system.sign(USER, { to: `0x${"77".repeat(20)}`, value: 1n });
  }

  /** The sequencer builds a block with a transfer. */
  async block(): Promise<void> {
    await this.sequencer.submit(await this.sign());
    await this.sequencer.buildNow();
  }

  async untilEqual(verifier: Verifier): Promise<void> {
    await until("it has the sequencer's head", () => headOf(verifier) === headOf(this.sequencer));
  }

  /** All unsafe blocks land on L1, and a verifier has them from there. */
  async untilSafe(verifier: Verifier): Promise<void> {
    await this.sequencer.flush();
    await until("L1 has it", () => verifier.core.chain.safe.hash === headOf(this.sequencer));
  }

  /** Another block than the sequencer's own on the head, which follows from the rules as well: it is later. */
  otherBlock(laterSeconds: number): { built: BuiltBlock; told: FeedBlock } {
    const { core } = this.sequencer;
    const parent = core.chain.requireBlockAt(core.chain.unsafe.number);
    const { batch, segment, offset } = decodeCursor(parent.header.extraData);
    const place =
      parent.header.number === core.chain.safe.number ? { batch, segment: 0, offset: 0 } : { batch, segment, offset };
    const built = core.engine.buildBlock({
      parentOutputRoot: parent.outputRoot,
      timestamp: BigInt(parent.header.timestamp + laterSeconds),
      ...{ messageCount: 0, inbox: inboxViewOf(core.view), candidates: [], place },
    });
    const { header, blockHash, body } = built;
    return { built, told: { number: header.number, parentHash: parent.hash, blockHash, place, body, promise: null } };
  }

  /** A message, by default in the sequencer's name and about this rollup. */
  message(block: FeedBlock, key: string = devAccount(ROLES.sequencer).privateKey, l1ChainId?: bigint): Uint8Array {
    const { inbox, l1ChainId: own } = systemOf(this.system.deployment);
    return encodeFeedMessage(feedDomain({ inbox, l1ChainId: l1ChainId ?? own }), block, fromHex(key as Hex));
  }

  private common(name: string): object {
    const { info } = this.system.devnet;
    return {
      ...{ dataDir: join(this.folder, name), deployment: info.deploymentFile, l1Url: info.l1.url },
      l1: { pollIntervalMs: 50, finality: 8 },
    };
  }

  private deps(name: string) {
    const log = createLogger(name, process.env.SOLVENT_LOG ?? "silent");
    return { system: systemOf(this.system.deployment), open: openExecution, log };
  }
}

/** A feed that gives whatever it is told to. */
class LyingFeed {
  private server!: WebSocketServer;
  private readonly readers = new Set<WebSocket>();

  async start(): Promise<void> {
    this.server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    this.server.on("connection", (reader) => {
      this.readers.add(reader);
      reader.on("close", () => this.readers.delete(reader));
      reader.on("error", () => {});
    });
    await new Promise((resolve) => this.server.once("listening", resolve));
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as { port: number }).port}/feed`;
  }

  /** Gives it to all who read at the moment. */
  tellWhoReads(message: Uint8Array): void {
    for (const reader of this.readers) reader.send(message);
  }

  /** Gives it to all who read; waits for one. */
  async tell(message: Uint8Array): Promise<void> {
    await until("somebody reads", () => this.readers.size > 0);
    this.tellWhoReads(message);
  }

  async stop(): Promise<void> {
    for (const reader of this.readers) reader.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export function headOf({ core }: { core: Sequencer["core"] }): Hex {
  return core.chain.unsafe.hash;
}

/** How often a node refused a message with a code. */
export async function refusals({ core }: Verifier, code: string): Promise<number> {
  const metric = await core.registry.getSingleMetric("solvent_feed_refused_total")!.get();
  return metric.values.find(({ labels }) => labels.code === code)?.value ?? 0;
}
