import { expect } from "chai";
import { JsonRpcProvider, parseEther, toQuantity } from "ethers";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { devAccount, ROLES } from "../../../devnet/accounts";
import { Devnet } from "../../../devnet/devnet";
import { freePort } from "../../../devnet/processes";
import { EdgesGame, QUEUE_ABI } from "../../../games/edges";
import { L1Rpc } from "../../../node/l1/rpc";
import { checkBooks } from "./books";
import { L1_MODES, L1Proxy } from "./l1Proxy";
import { Load } from "./load";
import { randomOf } from "./random";
import { GameRecord } from "./record";
import { eventually } from "./system";

const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 100 };
/** Lies that end with a step on L1. */
const PROVABLE = ["wrong-state:first", "wrong-state:middle", "wrong-state:last"] as const;
/** A million rounds of blake2f: of all calls nearly the dearest for the proof machine. */
const DEAR_CALL = {
  to: `0x${"00".repeat(19)}09`,
  data: `0x000f4240${"11".repeat(208)}01`,
  gasLimit: 1_100_000n,
};
const ACTORS = ["challenger", "verifier", "sequencer"] as const;
/** Blocks after which this devnet's nodes take L1 for final; how many of them it takes back at most, and how many may come between two looks. */
const FINALITY = 16;
const DEEPEST = 10;
const MARGIN = 2;
/** Longer than anyone's answer takes, and than the response time: nobody has moved in a dispute. */
const STANDSTILL_MS = 180_000;
const LONGEST_MS = 1_200_000;

export interface Shaking {
  seed: number;
  /** How often an actor is killed. */
  kills: number;
  /** L1 stands still for so long, once. */
  outageSeconds: number;
  /** Goes on for so long instead of ending after some kills. */
  seconds?: number;
  /** A second challenger process plays under the same key. */
  hasTwin?: boolean;
  /** The challenger's wallet is emptied in each dispute, and filled again. */
  isDrained?: boolean;
  /** L1 is slow, lies and is reorganised all the while, and L2's blocks are dear to prove. */
  isWild?: boolean;
}

/**
 * A whole devnet of processes under load and under a dispute, whose actors are killed at random moments and whose L1 stands still.
 * The answers may take long here, so the challenge period is long; when the lie is refuted on L1, its clock is put forward.
 */
export class ShakenDevnet {
  devnet!: Devnet;
  l1!: JsonRpcProvider;
  /** Between the actors and L1. */
  private proxy!: L1Proxy;
  private l1Url!: string;
  /** What chance decides, from the seed once the shaking begins. */
  private random: () => number = Math.random;
  private readonly folder = mkdtempSync(join(tmpdir(), "solvent-shaken-"));

  async start(): Promise<void> {
    const ports = { l1Port: 0, sequencerPort: await freePort(), verifierPort: await freePort() };
    const speed = { l1IntervalMs: 100, blockTimeMs: 400, batchAgeMs: 1_500, assertionIntervalSeconds: 4 };
    const without = [...ACTORS];
    this.devnet = new Devnet({
      ...ports,
      ...speed,
      responseTimeSeconds: 60,
      finality: FINALITY,
      logLevel: "info",
      dataDir: join(this.folder, "devnet"),
      without,
    });
    const { l1 } = await this.devnet.start();
    this.l1Url = l1.url;
    this.l1 = new JsonRpcProvider(l1.url, undefined, OPTIONS);
    this.proxy = new L1Proxy(l1.url, () => this.random());
    l1.url = await this.proxy.start();
    await this.devnet.startSequencer();
    await Promise.all([this.devnet.startVerifier(), this.devnet.startChallenger()]);
  }

  /** @param hasFailed - the folder with all logs stays, and is named. */
  async stop(hasFailed: boolean): Promise<void> {
    this.l1?.destroy();
    await this.devnet?.stop();
    await this.proxy?.stop();
    if (hasFailed) console.log(`      logs: ${this.folder}`);
    else rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Shakes while liars lie, one after another, until all kills are done and all lies slashed; then checks that nothing is lost. */
  async shake({ seed, kills, outageSeconds, ...more }: Shaking): Promise<void> {
    const { seconds = Infinity, hasTwin = false, isDrained = false, isWild = false } = more;
    const random = (this.random = randomOf(seed));
    const load = new Load(this.devnet, 3);
    const dear = new Load(this.devnet, 4, 2_000, DEAR_CALL);
    load.start();
    if (isWild) dear.start();
    if (hasTwin) await this.devnet.startChallenger("twin");
    const end = Date.now() + seconds * 1_000;
    let [killed, liars] = [0, 0];
    const goesOn = (): boolean => killed < kills && Date.now() < end;
    while (goesOn()) {
      const liar = LIARS[liars++ % LIARS.length];
      const name = `liar${liars}`;
      const fault = isWild ? PROVABLE[Math.floor(random() * PROVABLE.length)] : "wrong-state";
      await this.devnet.startLiar(fault, Math.floor(random() * 2 ** 31), name, devAccount(liar));
      const proven = await this.countProven();
      let isFrozen = liars > 1 || outageSeconds === 0;
      let isFull = isDrained;
      do {
        await sleep(500 + random() * 2_500);
        if (isWild) await this.storm();
        if (goesOn()) await this.kill(ACTORS[killed++ % ACTORS.length]);
        if (isFull) await this.drain();
        isFull = false;
        if (!isFrozen) await this.freezeL1(outageSeconds);
        isFrozen = true;
      } while (goesOn() && (await this.countProven()) === proven);
      await this.refuted(`lie ${liars} (${fault}, ${killed} kills so far)`, proven);
      await this.settle(devAccount(liar).address);
      await this.devnet.processes.stopOne(name);
    }
    await load.stop();
    if (isWild) await dear.stop();
    expect(this.devnet.processes.hasFailed, "a process ended by itself").to.equal(false);
    await this.expectNothingLost(load);
  }

  /** Waits for one step more than `proven`. A liar has many disputes and this machine two cores: slow is no fault, but that nobody moves is. */
  private async refuted(lie: string, proven: number): Promise<void> {
    let moves = await this.countMoves();
    const began = Date.now();
    let movedAt = began;
    for (; (await this.countProven()) <= proven; await sleep(1_000)) {
      const now = await this.countMoves();
      if (now > moves) [moves, movedAt] = [now, Date.now()];
      expect(Date.now() - movedAt, `milliseconds without a move of anyone on ${lie}`).to.be.below(STANDSTILL_MS);
      expect(Date.now() - began, `milliseconds until ${lie} is refuted`).to.be.below(LONGEST_MS);
    }
  }

  /** L1 does one thing that an L1 may do, or that a node before it may. */
  private async storm(): Promise<void> {
    const kinds = Object.keys(L1_MODES).filter((name) => name !== "honest");
    if (this.random() < 0.4) return this.reorganise(1 + Math.floor(this.random() * DEEPEST));
    this.proxy.mode = kinds[Math.floor(this.random() * kinds.length)];
    await sleep(500 + this.random() * 1_500);
    this.proxy.mode = "honest";
  }

  /**
   * The next so many blocks of L1 come and are gone; what comes in their place is longer. Where more have come than nodes may take back, they
   * stay: what is final for a node is not built anew.
   */
  private async reorganise(depth: number): Promise<void> {
    // L1 alone: by its usual names these mean the whole devnet, L2's pool included.
    const raw = (method: string, params: unknown[]): Promise<unknown> => this.l1.send("devnet_raw", [method, params]);
    const before = await this.l1.getBlockNumber();
    const snapshot = await raw("evm_snapshot", []);
    while ((await this.l1.getBlockNumber()) < before + depth) await sleep(50);
    const gone = await this.l1.getBlockNumber();
    if (gone - before > FINALITY - MARGIN) return;
    await raw("evm_revert", [snapshot]);
    for (let i = before; i <= gone; i++) await raw("evm_mine", []);
  }

  private async drain(): Promise<void> {
    const { address } = devAccount(ROLES.challenger);
    const set = (wei: bigint): Promise<unknown> => this.l1.send("hardhat_setBalance", [address, toQuantity(wei)]);
    await set(0n);
    await sleep(3_000);
    await set(parseEther("10000"));
  }

  private async kill(actor: (typeof ACTORS)[number]): Promise<void> {
    await this.devnet.processes.stopOne(actor, "SIGKILL");
    if (actor === "sequencer") await this.devnet.startSequencer();
    else if (actor === "verifier") await this.devnet.startVerifier();
    else await this.devnet.startChallenger();
  }

  private async freezeL1(seconds: number): Promise<void> {
    const pid = this.devnet.processes.pid("l1")!;
    process.kill(pid, "SIGSTOP");
    await sleep(seconds * 1_000);
    process.kill(pid, "SIGCONT");
  }

  private async countProven(): Promise<number> {
    return (await this.logs("StepProven")).length;
  }

  private async countMoves(): Promise<number> {
    return (await this.logs("Bisected")).length;
  }

  private logs(event: string): Promise<unknown[]> {
    const { deployment } = this.devnet.info;
    const { topicHash } = QUEUE_ABI.getEvent(event)!;
    const filter = { address: deployment.addresses.queue, fromBlock: deployment.l1Block, topics: [topicHash] };
    return this.l1.getLogs(filter);
  }

  /** What is proven earns for ever: from here on time works for the honest party alone. */
  private async settle(liar: string): Promise<void> {
    const { challengePeriodSeconds } = await this.parameters();
    for (let round = 0; ; round++) {
      const { timestamp } = (await this.l1.getBlock("latest"))!;
      await this.l1.send("evm_mine", [timestamp + challengePeriodSeconds + 1]);
      const isSettled = await eventually("slashed and settled", () => this.isSettled(liar), 15).catch(() => false);
      if (isSettled) return;
      expect(round, "challenge periods until all is settled").to.be.lessThan(6);
    }
  }

  private async isSettled(liar: string): Promise<boolean> {
    const { replica } = await this.record();
    const staked = [...replica.edges.values()].filter(({ staker }) => BigInt(staker) !== 0n);
    const isSlashed = staked.some(({ staker, status, at }) => {
      return staker === liar && status === "slashed" && at.level === 0;
    });
    const honest = devAccount(ROLES.challenger).address;
    const isOpen = staked.some(({ staker, status, at }) => staker === honest && status === "open" && at.level > 0);
    return isSlashed && !isOpen;
  }

  private async expectNothingLost({ accepted, shown }: Load): Promise<void> {
    const sequencer = new JsonRpcProvider(this.devnet.info.l2.sequencer!, undefined, OPTIONS);
    this.devnet.info.l2.sequencer = null; // the fresh verifier has L1 alone
    const fresh = new JsonRpcProvider(await this.devnet.startVerifier("fresh", 0), undefined, OPTIONS);
    try {
      const user = devAccount(3).address;
      await eventually(
        "all are in blocks",
        async () => (await sequencer.getTransactionCount(user)) === accepted.length,
      );
      for (const hash of accepted) expect((await sequencer.getTransactionReceipt(hash))?.status, hash).to.equal(1);
      for (const [number, hashes] of shown)
        expect([...hashes], `block ${number}`).to.deep.equal([(await sequencer.getBlock(number))!.hash]);
      const head = (await sequencer.getBlock("latest"))!;
      await eventually(
        "all is derived from L1",
        async () => (await fresh.getBlock("safe"))!.number >= head.number,
        120,
      );
      expect((await fresh.getBlock(head.number))!.stateRoot, "state root").to.equal(head.stateRoot);
      const honest = devAccount(ROLES.challenger).address;
      const { deployment } = this.devnet.info;
      await checkBooks({ provider: this.l1, deployment }, await this.record(), [honest]);
    } finally {
      sequencer.destroy();
      fresh.destroy();
    }
  }

  private async record(): Promise<GameRecord> {
    return GameRecord.read(this.l1, this.devnet.info.deployment, await this.parameters());
  }

  private async parameters(): Promise<EdgesGame["parameters"]> {
    const { deployment } = this.devnet.info;
    const rpc = new L1Rpc(this.l1Url);
    return (await EdgesGame.open(rpc, deployment.addresses.queue, deployment.l1Block)).parameters;
  }
}

const LIARS = [ROLES.liar, ROLES.stranger, 16, 17, 18, 19] as const;

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
