import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Contract } from "ethers";
import { parseConfig } from "../../../actor/config/load";
import type { NodeCore } from "../../../actor/core";
import { systemOf } from "../../../actor/deployedSystem";
import { openExecution } from "../../../actor/execution";
import { createLogger } from "../../../actor/log";
import { devAccount, OTHER_SEQUENCERS, ROLES } from "../../../devnet/accounts";
import type { DevnetOptions } from "../../../devnet/options";
import { createStateReader } from "../../../node/state";
import type { Hex } from "../../../protocol/types";
import { sequencerConfig } from "../../../sequencer/config";
import { Sequencer, type SequencerDeps } from "../../../sequencer/sequencer";
import { verifierConfig } from "../../../verifier/config";
import { Verifier } from "../../../verifier/verifier";
import { TestSystem, until } from "./system";

/** Accounts of a rotation's members. */
export const MEMBERS = [ROLES.sequencer, ...OTHER_SEQUENCERS] as const;
export const [FIRST, SECOND, THIRD] = [0, 1, 2];
export const FORCE_DELAY = 12;
/** Three slots, and as much again and more where L1 and this machine are slow. */
export const ROUND_SECONDS = 60;
/** The same where L1's blocks, and so the slots, are three times as long. */
const SLOW_ROUND_SECONDS = 180;

/** A rotation's members and verifiers in this process, on a real L1. */
export class Members {
  readonly system: TestSystem;
  readonly sequencers: Sequencer[] = [];
  readonly verifiers: Verifier[] = [];
  readonly ended: string[] = [];
  readonly roundSeconds: number;
  private readonly folder = mkdtempSync(join(tmpdir(), "solvent-rotation-"));

  constructor(options: Partial<DevnetOptions> = {}) {
    this.system = new TestSystem({ sequencing: "rotation", forceDelaySeconds: FORCE_DELAY, ...options });
    this.roundSeconds = options.l1 === "anvil" ? SLOW_ROUND_SECONDS : ROUND_SECONDS;
  }

  /** Three sequencers, and two verifiers that read L1. */
  async start(): Promise<void> {
    await this.system.start();
    for (const number of MEMBERS.keys()) await this.startSequencer(number);
    for (const number of [1, 2]) await this.startVerifier(number);
  }

  async stop(): Promise<void> {
    for (const one of [...this.verifiers, ...this.sequencers]) await one?.stop();
    await this.system.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async startSequencer(
    number: number,
    config: object = {},
    lies: Pick<SequencerDeps, "showPromises" | "mayAnswer"> = {},
  ): Promise<Sequencer> {
    const name = `sequencer-${number}`;
    const whole = parseConfig(sequencerConfig, {
      ...this.shared(name),
      privateKey: devAccount(MEMBERS[number]).privateKey,
      ...{ blockTimeMs: 300, l1Confirmations: 1, batch: { maxAgeMs: 800 }, ...config },
    });
    const started = await Sequencer.create(whole, { ...this.deps(name), ...lies });
    void started.failed.then((error) => this.ended.push(`${name}: ${error.stack}`));
    await started.start();
    return (this.sequencers[number] = started);
  }

  async startVerifier(number: number, config: object = {}): Promise<Verifier> {
    const name = `verifier-${number}`;
    const whole = parseConfig(verifierConfig, { ...this.shared(name), ...config });
    const started = await Verifier.create(whole, this.deps(name));
    void started.failed.then((error) => this.ended.push(`${name}: ${error.stack}`));
    await started.start();
    this.verifiers.push(started);
    return started;
  }

  /** Read by a stranger. */
  get inbox(): Contract {
    return this.system.inbox(ROLES.stranger);
  }

  leaderOf(slot: number): Promise<string> {
    return this.inbox.leaderOf(slot) as Promise<string>;
  }

  /** Who posted the batches from one on, by the transactions on L1. */
  async posters(from: number): Promise<Set<string>> {
    const { inbox } = this;
    const isOffL1 = this.system.devnet.options.data === "altda";
    const filter = isOffL1 ? inbox.filters.BatchCommitted() : inbox.filters.BatchAppended();
    const events = await inbox.queryFilter(filter, 0, "latest");
    const sent = events.slice(from).map(async (event) => (await event.getTransaction()).from.toLowerCase());
    return new Set(await Promise.all(sent));
  }

  /** Sends a transaction to one of them and waits until both verifiers have it from L1. */
  async lands(through: number, from: number, nonce: bigint): Promise<void> {
    await this.submit(through, from);
    for (const { core } of this.verifiers)
      await until(
        `transaction ${nonce} of ${from}`,
        () => isSafe(core, devAccount(from).address, nonce),
        this.roundSeconds,
      );
  }

  async submit(through: number, from: number): Promise<Hex> {
    return this.sequencers[through].submit(await this.system.sign(from, { to: `0x${"77".repeat(20)}`, value: 1n }));
  }

  /** Whoever reads L1 has the same chain, block by block. */
  expectOneChain(): void {
    const cores = [...this.verifiers, ...this.sequencers.filter((one) => one !== undefined)].map(({ core }) => core);
    const common = Math.min(...cores.map(({ chain }) => chain.safe.number));
    for (let number = 1; number <= common; number++) {
      const hashes = new Set(cores.map(({ chain }) => chain.blockAt(number)?.hash));
      expect(hashes.size, `block ${number}`).to.equal(1);
    }
    expect(this.ended).to.deep.equal([]);
    for (const core of cores)
      for (const topic of ["program", "check", "derivation"]) expect(core.health.has(topic), topic).to.equal(false);
  }

  private deps(name: string): Pick<SequencerDeps, "system" | "open" | "log"> {
    const log = createLogger(name, process.env.SOLVENT_LOG ?? "silent");
    return { system: systemOf(this.system.deployment), open: openExecution, log };
  }

  private shared(name: string): object {
    const { info, dataUrl } = this.system.devnet;
    return {
      dataDir: join(this.folder, name),
      deployment: info.deploymentFile,
      l1Url: info.l1.url,
      dataUrl,
      l1: { pollIntervalMs: 100, finality: 64, timeoutMs: 5_000 },
    };
  }
}

/** Waits until it is so, for two rounds at most. */
export async function eventuallySo(what: string, probe: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 2_000 * ROUND_SECONDS; !(await probe());) {
    expect(Date.now(), what).to.be.below(end);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function isSafe({ chain, store }: NodeCore, address: Hex, nonce: bigint): boolean {
  const { stateRoot } = chain.requireBlockAt(chain.safe.number).header;
  return (createStateReader(store.nodes, stateRoot).account(address)?.nonce ?? 0n) >= nonce;
}
