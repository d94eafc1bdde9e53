import { expect } from "chai";
import { JsonRpcProvider } from "ethers";
import { devAccount, ROLES } from "../../../devnet/accounts";
import { Devnet } from "../../../devnet/devnet";
import { freePort } from "../../../devnet/processes";
import { EdgesGame, QUEUE_ABI } from "../../../games/edges";
import { L1Rpc } from "../../../node/l1/rpc";
import { checkBooks } from "./books";
import { Load } from "./load";
import { randomOf } from "./random";
import { GameRecord } from "./record";
import { eventually } from "./system";

const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 100 };
const ACTORS = ["challenger", "verifier", "sequencer"] as const;

export interface Shaking {
  seed: number;
  /** How often an actor is killed. */
  kills: number;
  /** L1 stands still for so long, once. */
  outageSeconds: number;
}

/**
 * A whole devnet of processes under load and under a dispute, whose actors are killed at random moments and whose L1 stands still.
 * The answers may take long here, so the challenge period is long; when the lie is refuted on L1, its clock is put forward.
 */
export class ShakenDevnet {
  devnet!: Devnet;
  l1!: JsonRpcProvider;

  async start(): Promise<void> {
    const ports = { l1Port: 0, sequencerPort: await freePort(), verifierPort: await freePort() };
    const speed = { l1IntervalMs: 100, blockTimeMs: 400, batchAgeMs: 1_500, assertionIntervalSeconds: 4 };
    this.devnet = new Devnet({ ...ports, ...speed, responseTimeSeconds: 60, logLevel: "warn" });
    const { l1 } = await this.devnet.start();
    this.l1 = new JsonRpcProvider(l1.url, undefined, OPTIONS);
  }

  async stop(): Promise<void> {
    this.l1?.destroy();
    await this.devnet?.stop();
  }

  /** Shakes while liars lie, one after another, until all kills are done and all lies slashed; then checks that nothing is lost. */
  async shake({ seed, kills, outageSeconds }: Shaking): Promise<void> {
    const random = randomOf(seed);
    const load = new Load(this.devnet, 3);
    load.start();
    let [left, liars] = [kills, 0];
    while (left > 0) {
      const liar = LIARS[liars++ % LIARS.length];
      const name = `liar${liars}`;
      await this.devnet.startLiar("wrong-state", Math.floor(random() * 2 ** 31), name, devAccount(liar));
      const proven = await this.#countProven();
      let isFrozen = liars > 1 || outageSeconds === 0;
      do {
        await sleep(500 + random() * 2_500);
        if (left > 0) await this.#kill(ACTORS[(kills - left) % ACTORS.length]);
        left--;
        if (!isFrozen) await this.#freezeL1(outageSeconds);
        isFrozen = true;
      } while (left > 0 && (await this.#countProven()) === proven);
      await eventually("the lie is refuted", async () => (await this.#countProven()) > proven, 300);
      await this.#settle(devAccount(liar).address);
      await this.devnet.processes.stopOne(name);
    }
    await load.stop();
    await this.#expectNothingLost(load);
  }

  async #kill(actor: (typeof ACTORS)[number]): Promise<void> {
    await this.devnet.processes.stopOne(actor, "SIGKILL");
    if (actor === "sequencer") await this.devnet.startSequencer();
    else if (actor === "verifier") await this.devnet.startVerifier();
    else await this.devnet.startChallenger();
  }

  async #freezeL1(seconds: number): Promise<void> {
    const pid = this.devnet.processes.pid("l1")!;
    process.kill(pid, "SIGSTOP");
    await sleep(seconds * 1_000);
    process.kill(pid, "SIGCONT");
  }

  async #countProven(): Promise<number> {
    return (await this.#logs("StepProven")).length;
  }

  #logs(event: string): Promise<unknown[]> {
    const { deployment } = this.devnet.info;
    const { topicHash } = QUEUE_ABI.getEvent(event)!;
    const filter = { address: deployment.addresses.queue, fromBlock: deployment.l1Block, topics: [topicHash] };
    return this.l1.getLogs(filter);
  }

  /** What is proven earns for ever: from here on time works for the honest party alone. */
  async #settle(liar: string): Promise<void> {
    const { challengePeriodSeconds } = await this.#parameters();
    for (let round = 0; ; round++) {
      const { timestamp } = (await this.l1.getBlock("latest"))!;
      await this.l1.send("evm_mine", [timestamp + challengePeriodSeconds + 1]);
      const isSettled = await eventually("slashed and settled", () => this.#isSettled(liar), 15).catch(() => false);
      if (isSettled) return;
      expect(round, "challenge periods until all is settled").to.be.lessThan(6);
    }
  }

  async #isSettled(liar: string): Promise<boolean> {
    const { replica } = await this.#record();
    const staked = [...replica.edges.values()].filter(({ staker }) => BigInt(staker) !== 0n);
    const isSlashed = staked.some(({ staker, status, at }) => {
      return staker === liar && status === "slashed" && at.level === 0;
    });
    const honest = devAccount(ROLES.challenger).address;
    const isOpen = staked.some(({ staker, status, at }) => staker === honest && status === "open" && at.level > 0);
    return isSlashed && !isOpen;
  }

  async #expectNothingLost({ accepted, shown }: Load): Promise<void> {
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
      await checkBooks({ provider: this.l1, deployment }, await this.#record(), [honest]);
    } finally {
      sequencer.destroy();
      fresh.destroy();
    }
  }

  async #record(): Promise<GameRecord> {
    return GameRecord.read(this.l1, this.devnet.info.deployment, await this.#parameters());
  }

  async #parameters(): Promise<EdgesGame["parameters"]> {
    const { l1, deployment } = this.devnet.info;
    const rpc = new L1Rpc(l1.url);
    return (await EdgesGame.open(rpc, deployment.addresses.queue, deployment.l1Block)).parameters;
  }
}

const LIARS = [ROLES.liar, ROLES.stranger, 16, 17, 18, 19] as const;

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
