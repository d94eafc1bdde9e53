import { getBytes, hexlify, Wallet } from "ethers";
import type { NodeCore } from "../../../../actor/core";
import { devAccount } from "../../../../devnet/accounts";
import { L2_CHAIN_ID } from "../../../../devnet/contracts";
import { createStateReader } from "../../../../node/state";
import { ZERO_HASH } from "../../../../protocol";
import { encodeBody, encodeSegment } from "../../../../protocol/batch";
import type { Sequencer } from "../../../../sequencer/sequencer";
import { Random } from "../../../../simulator/random";
import type { PromiseWatch } from "../../../../verifier/promiseWatch";
import { MEMBERS } from "../members";
import { openWatch, twoFaces } from "./actors";
import { FORCE_DELAY, INBOX, PORTAL, type TurnsL1 } from "./l1";
import { OFFSETS, SLOT_SECONDS, turn, type Member, type TurnsWorld } from "./world";

/** How a member plays a seed. The first five are the real sequencer; what the others do is posted under the member's key. */
const WAYS = ["honest", "censoring", "withholding", "equivocating", "silent", "late", "greedy", "rubbish"] as const;
export type Way = (typeof WAYS)[number];

/** Slots in which the faulty do what they do; then they are silent, until what is to come has come, two turns of each at most. */
const [SLOTS, FEWEST_LAST, MOST_LAST] = [6, 2, 7];
const [REORG, MISSED, MESSAGE, TRANSACTION] = [0.2, 0.15, 0.35, 0.3];
const DEEPEST_REORG = 3;
/** Who sends messages on L1, and forces them in. */
const SENDER = devAccount(6).address;

/** Of a member's own user, by what L1 has. */
export function nonceOf({ chain, store }: NodeCore, user: number): number {
  const { stateRoot } = chain.requireBlockAt(chain.safe.number).header;
  return Number(createStateReader(store.nodes, stateRoot).account(devAccount(user).address)?.nonce ?? 0n);
}

/** What is wrong with a play, for the checks to find. */
export interface Fault {
  /** The honest do nothing. */
  isAsleep?: boolean;
  /** Nobody shows on L1 what was signed. */
  isUnwatched?: boolean;
  /** Called when a seed begins. */
  prepare?(l1: TurnsL1): Promise<void>;
  /** Called before each turn of an honest member. */
  beforeTurn?(member: Member): Promise<void>;
}

/** One seed: three members of all kinds, users, and an L1 that goes back now and then. */
export class Play {
  readonly ways: Way[];
  /** Whether somebody forces in what is overdue. */
  readonly isForced: boolean;
  /** Blocks that L1 took back, at most at once and in all. */
  readonly reorgs = { deepest: 0, count: 0 };
  /** Blocks that L1 missed at the end of a slot. */
  missed = 0;
  /** Transactions that each member took in. */
  readonly taken = MEMBERS.map(() => 0);
  watch!: PromiseWatch;
  private readonly random: Random;
  private readonly l1: TurnsL1;
  /** Batches that were made in a slot of their own, and are posted in the next. */
  private readonly kept = new Map<Member, string>();

  /** @param onBlock - called when L1 has a block and the prompt verifier has read it. */
  constructor(
    readonly world: TurnsWorld,
    readonly seed: number,
    private readonly fault: Fault,
    private readonly onBlock: (play: Play) => void,
  ) {
    this.l1 = world.l1;
    this.random = new Random(seed);
    this.ways = world.members.map(() => this.random.pick(WAYS));
    // With nobody honest nothing is promised but forced inclusion.
    this.ways[this.random.below(this.ways.length)] = "honest";
    this.isForced = this.random.chance(0.5);
  }

  async run(): Promise<void> {
    const { world, l1 } = this;
    await world.begin(this.seed);
    await this.fault.prepare?.(l1);
    for (const member of world.members) this.prepare(member);
    const sequencers = world.members.map((member) => this.playedBy(member));
    this.watch = await openWatch(world.prompt, l1, sequencers);
    const start = l1.now + 1;
    // Before it nobody was there: the first slot would be open to anyone.
    await this.post((await this.leaderAt(start)) ?? world.members[0], "0x", 0);
    for (let slot = 0; slot < SLOTS; slot++) await this.slot(start + slot * SLOT_SECONDS, true);
    for (let last = 0; last < MOST_LAST && (last < FEWEST_LAST || !this.isAllThere); last++)
      await this.slot(start + (SLOTS + last) * SLOT_SECONDS, false);
    await world.late.tick();
  }

  /** Whether the honest have landed all that they took in, nothing is due on L1, and no liar's stake is left. */
  private get isAllThere(): boolean {
    const { core } = this.world.prompt;
    const isConsumed = (core.view.batch(core.view.batchCount - 1)?.delayedCount ?? 0) === core.view.delayedCount;
    const isLanded = this.ways.every((way, index) => way !== "honest" || nonceOf(core, index) === this.taken[index]);
    return isConsumed && isLanded && !core.health.has("equivocation");
  }

  /** The real sequencer of a member, in the setting of this seed. */
  playedBy(member: Member): Sequencer {
    return this.ways[member.index] === "censoring" ? member.censoring : member.honest;
  }

  private prepare(member: Member): void {
    const way = this.ways[member.index];
    if (way === "withholding") member.mayPost = () => false;
    if (way === "equivocating") member.showPromises = twoFaces(this.l1, MEMBERS[member.index]);
  }

  private async slot(start: number, isPlayed: boolean): Promise<void> {
    for (const offset of OFFSETS) await this.block(start + offset, isPlayed);
    if (this.fault.isUnwatched !== true) await this.watch.look();
  }

  /** What all do before L1's next block, and that block. */
  private async block(time: number, isPlayed: boolean): Promise<void> {
    const { random, world } = this;
    // Without the last one of a slot, what was built for it comes too late.
    if (isPlayed && (time + 1) % SLOT_SECONDS === 0 && random.chance(MISSED)) return void this.missed++;
    if (isPlayed) await this.users();
    if (isPlayed && time > this.l1.now + 1 && random.chance(REORG)) await this.goBack();
    const order = [...world.members].sort(() => random.below(3) - 1);
    for (const member of order) await this.act(member, time, isPlayed);
    if (this.isForced) await this.force();
    await this.mine(time);
    if (isPlayed && random.chance(0.1)) await world.late.tick();
  }

  private async mine(time: number): Promise<void> {
    await this.l1.mine(time);
    await this.world.prompt.tick();
    this.onBlock(this);
  }

  /** Other blocks come in the place of the last ones, in the same slot where they were of this one: a second later, with what was in them. */
  private async goBack(): Promise<void> {
    const { now } = this.l1;
    const depth = 1 + this.random.below(DEEPEST_REORG);
    this.reorgs.count++;
    this.reorgs.deepest = Math.max(this.reorgs.deepest, depth);
    await this.l1.goBack(depth);
    await this.mine(now + 1);
  }

  private async users(): Promise<void> {
    const { random, l1 } = this;
    if (random.chance(MESSAGE)) {
      const to = devAccount(random.below(10)).address;
      const { portal } = l1.deployment.addresses;
      if (random.chance(0.5))
        await l1.call(SENDER, l1.inbox, INBOX.encodeFunctionData("sendMessage", [to, 1, 30_000, false, "0x"]));
      else
        await l1.call(
          SENDER,
          portal,
          PORTAL.encodeFunctionData("depositTransaction", [to, 5, 100_000, false, "0x"]),
          5n,
        );
    }
    for (const member of this.world.members) if (random.chance(TRANSACTION)) await this.submit(member);
  }

  /** A transfer by the member's own user, whose only sequencer it is. */
  private async submit(member: Member): Promise<void> {
    const { index } = member;
    if (!["honest", "censoring", "withholding", "equivocating"].includes(this.ways[index])) return;
    const raw = await this.transfer(index, this.taken[index]);
    await this.playedBy(member).submit(getBytes(raw));
    this.taken[index]++;
  }

  private transfer(user: number, nonce: number): Promise<string> {
    const fees = { maxFeePerGas: 2_000_000_000n, maxPriorityFeePerGas: 1_000_000n, gasLimit: 21_000n };
    const call = { to: devAccount(7).address, value: 1n, nonce };
    return new Wallet(devAccount(user).privateKey).signTransaction({ type: 2, chainId: L2_CHAIN_ID, ...fees, ...call });
  }

  private async act(member: Member, time: number, isPlayed: boolean): Promise<void> {
    const way = this.ways[member.index];
    if (way === "honest") return this.playHonest(member);
    if (!isPlayed) return;
    if (way === "censoring" || way === "equivocating") return turn(this.playedBy(member));
    if (way === "withholding") {
      await member.honest.tick();
      return void (await member.honest.buildDue());
    }
    if (way !== "silent") await this.actByHand(member, way, time);
  }

  private async playHonest(member: Member): Promise<void> {
    const { fault } = this;
    if (fault.isAsleep === true) return;
    await fault.beforeTurn?.(member);
    await turn(member.honest);
  }

  private async actByHand(member: Member, way: Way, time: number): Promise<void> {
    const leads = (await this.leaderAt(time)) === member;
    if (way === "rubbish" && leads)
      await this.post(member, this.rubbish(await this.batch(time)), await this.anyCount());
    // Whoever leads.
    if (way === "greedy") await this.post(member, await this.batch(time), await this.anyCount());
    if (way !== "late") return;
    const made = this.kept.get(member);
    if (leads) this.kept.set(member, await this.call(await this.batch(time), await this.anyCount()));
    else if (made !== undefined) {
      this.kept.delete(member);
      await this.l1.call(member.address, this.l1.inbox, made);
    }
  }

  private async leaderAt(time: number): Promise<Member | undefined> {
    const leader = await this.l1.view<string>("leaderOf", [Math.floor(time / SLOT_SECONDS)]);
    return this.world.members.find(({ address }) => address.toLowerCase() === leader.toLowerCase());
  }

  /** A batch that the program takes: one block, of now. */
  private async batch(time: number): Promise<string> {
    const { random } = this;
    const transactions = random.chance(0.5) ? [getBytes(await this.transfer(5, 0))] : [];
    const messageCount = BigInt(random.below(3));
    return hexlify(encodeSegment([encodeBody({ timestamp: BigInt(time), messageCount, transactions })]));
  }

  /** What a liar makes of a batch. */
  private rubbish(batch: string): string {
    const { random } = this;
    const bytes = getBytes(batch);
    const kind = random.below(4);
    if (kind === 0) return hexlify(random.bytes(1 + random.below(200)));
    if (kind === 1) return hexlify(bytes.slice(0, random.below(bytes.length)));
    if (kind === 2) {
      bytes[random.below(bytes.length)] ^= 1 << random.below(8);
      return hexlify(bytes);
    }
    const times = [0n, 1n, BigInt(this.l1.now) - 90_000n, BigInt(this.l1.now) + 90_000n, 2n ** 63n];
    const body = { timestamp: random.pick(times), messageCount: 2n ** 40n, transactions: [random.bytes(20)] };
    return hexlify(encodeSegment([encodeBody(body)]));
  }

  /** Of messages: those that are due, all, or no more than before. */
  private async anyCount(): Promise<number> {
    const name = this.random.pick(["overdueCount", "delayedCount", "consumedCount"]);
    return Number(await this.l1.view<bigint>(name));
  }

  private async post(member: Member, data: string, delayed: number): Promise<void> {
    await this.l1.call(member.address, this.l1.inbox, await this.call(data, delayed));
  }

  /** The call that appends a batch behind what is there. */
  private async call(data: string, delayed: number): Promise<string> {
    const { l1 } = this;
    const count = await l1.view<bigint>("batchCount");
    const previous = count === 0n ? ZERO_HASH : await l1.view<string>("batchRecord", [count - 1n]);
    const message = delayed === 0 ? ZERO_HASH : await l1.view<string>("messageHash", [delayed - 1]);
    return INBOX.encodeFunctionData("postBatch", [count, previous, delayed, message, data]);
  }

  private async force(): Promise<void> {
    const { l1 } = this;
    const consumed = await l1.view<bigint>("consumedCount");
    if (consumed === (await l1.view<bigint>("delayedCount"))) return;
    const sent = Number(await l1.view<bigint>("messageTime", [consumed]));
    if (sent + FORCE_DELAY > l1.now) return;
    const count = await l1.view<bigint>("batchCount");
    await l1.call(SENDER, l1.inbox, INBOX.encodeFunctionData("forceInclude", [count, consumed + 1n]));
  }
}
