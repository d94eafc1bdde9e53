import { formatEther, type Result } from "ethers";
import type { Logger } from "pino";
import type { NodeCore } from "../actor/core";
import { SumThread } from "../actor/sums/thread";
import { SETTLEMENT_ABI } from "../games/settlement";
import { SUM_ROOTS_ABI } from "../games/sums/abi";
import { decideSum, missing, type PostedSum, type SumCall, type SumLayer, type SumTruth } from "../games/sums/guard";
import { LogTrail } from "../node/l1/logTrail";
import type { L1Sender } from "../node/l1/sender";
import { fromHex, keccak256, toHex } from "../protocol";
import { quantity } from "../protocol/quantity";
import { isErrorCode } from "../protocol/errors";
import type { Hex, L1Block } from "../protocol/types";

/** L1 seconds between two looks, at most; a quarter of the contract's answer time where that is less. */
const LONGEST_PAUSE_SECONDS = 600;
/** The same after a look that failed at something. */
const RETRY_SECONDS = 10;
/** L1 blocks after which a call that L1 reverted is made again, if it is still wanted. */
const RETRY_BLOCKS = 16;
const TOPICS = ["Posted", "Demanded", "Opened"].map((name) => SUM_ROOTS_ABI.getEvent(name)!.topicHash);

interface SumGuardOptions {
  /** The contract that has the claims. */
  sumRoots: Hex;
  startBlock: number;
  /** Blocks per eth_getLogs, at most. */
  logRange: number;
  /** Wei that stay in the wallet for disputes. */
  reserve: bigint;
}

/**
 * Guards the claims about what all accounts own together, by this node's own state: a false one falls, of a true one everything is shown,
 * and the first of an assertion is settled. What it pays comes out of the wallet beyond the reserve for disputes, and comes back.
 */
export class SumGuard {
  private readonly trail: LogTrail;
  private readonly thread: SumThread;
  /** Indices of all claims that logs have told of. */
  private readonly posted = new Set<number>();
  private readonly open = new Map<number, PostedSum>();
  private readonly demanded = new Map<number, Hex[]>();
  private readonly records = new Map<Hex, Hex>();
  /** L1's time of the next look. */
  private dueAt = 0;
  private looking: Promise<unknown> | null = null;

  constructor(
    private readonly core: NodeCore,
    private readonly sender: L1Sender,
    private readonly options: SumGuardOptions,
    private readonly log: Logger,
  ) {
    const { sumRoots: address, startBlock, logRange } = options;
    const forget = (): void =>
      [this.posted, this.open, this.demanded, this.records].forEach((memory) => memory.clear());
    this.trail = new LogTrail(
      core.l1,
      { address, topics: TOPICS, startBlock, logRange },
      { forget, take: (log) => this.take(log) },
    );
    this.thread = new SumThread(core.store.database.path);
  }

  /** Begins a look at L1 unless one is under way or none is due: nothing waits for it. */
  poke(): void {
    if ((this.core.view.tip?.time ?? -1) < this.dueAt) return;
    this.looking ??= this.look().finally(() => (this.looking = null));
  }

  /** Ends what is being summed; settles when no look is under way. Call `poke` no more. */
  async stop(): Promise<void> {
    await this.thread.close();
    await this.looking;
  }

  /**
   * One look at L1 and at each open claim. SAFETY: throws nothing, whatever somebody has claimed; the same process answers disputes. A claim
   * that it fails at holds up none of the others, and is the health topic `sums`.
   * @returns what it has sent.
   */
  async look(): Promise<SumCall["kind"][]> {
    const { core } = this;
    const head = core.view.tip;
    if (head === null) return [];
    const [sent, failed]: [SumCall["kind"][], string[]] = [[], []];
    try {
      await this.trail.follow(head, (block) => core.view.has(block));
      // Those that logs do tell of are guarded all the same.
      await this.requireAllPosted(head).catch((error: unknown) => failed.push(this.doubted(error)));
      for (const posted of [...this.open.values()]) {
        const failure = await this.guard(posted, head, sent).catch((error: unknown) => this.doubted(error));
        if (failure !== null) failed.push(`claim ${posted.index} about sums: ${failure}`);
      }
      if (failed.length === 0) this.trail.trust();
      // What was done may call for more.
      this.dueAt = head.time + (sent.length > 0 ? 0 : await this.pauseSeconds(head));
    } catch (error) {
      failed.push(`claims about sums: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (failed.length > 0) this.dueAt = head.time + RETRY_SECONDS;
    core.health.report("sums", failed.length === 0 ? null : failed.slice(0, 3).join("; "));
    return sent;
  }

  /** @throws SolventError `l1-logs-missing` where the contract has claims that no log told of. */
  private async requireAllPosted(head: L1Block): Promise<void> {
    const count = Number((await this.ask("postingCount", [], head))[0]);
    if (count !== this.posted.size)
      throw missing(`there are ${count} claims, and its logs tell of ${this.posted.size}`);
  }

  /** @returns what failed. Where logs are missing, they are read anew. */
  private doubted(error: unknown): string {
    if (isErrorCode(error, "l1-logs-missing")) this.trail.doubt();
    return error instanceof Error ? error.message : String(error);
  }

  /** @returns why it cannot be dealt with now; null where all is well. */
  private async guard(posted: PostedSum, head: L1Block, sent: SumCall["kind"][]): Promise<string | null> {
    const call = await decideSum(posted, this.layer(head), this.truth());
    if (call === "over") {
      this.open.delete(posted.index);
      this.demanded.delete(posted.index);
    }
    if (call === null || call === "over") return null;
    const data = SUM_ROOTS_ABI.encodeFunctionData(call.name, call.args) as Hex;
    const key = `sum ${posted.index} ${call.kind} ${toHex(keccak256(fromHex(data))).slice(2, 18)}`;
    if (this.isUnderWay(key, head)) {
      // L1 refuses a demand of a record that was shown, of which a log tells, too.
      if (call.kind === "demanded" && this.sender.find(key)?.status === "reverted")
        throw missing(`nothing can be demanded of claim ${posted.index} where its logs tell of no record`);
      return null;
    }
    if (call.value > 0n) {
      const left = (await this.sender.spendable()) - call.value;
      const { reserve } = this.options;
      if (left < reserve)
        return `${formatEther(reserve - left)} ether short of ${formatEther(call.value)} for a demand and the reserve`;
    }
    await this.sender.submit({ key, to: this.options.sumRoots, data, value: call.value, lapses: true });
    this.log.info({ claim: posted.index, total: posted.sum.total.toString() }, `a claim about sums: ${call.kind}`);
    sent.push(call.kind);
    return null;
  }

  /** Whether it was sent and what became of it is not seen yet; one that L1 refused waits for a while. */
  private isUnderWay(key: string, head: L1Block): boolean {
    const sent = this.sender.find(key);
    if (sent?.status === "pending") return true;
    const mined = sent?.minedNumber ?? 0;
    if (sent?.status === "mined") return mined > head.number;
    return sent?.status === "reverted" && head.number < mined + RETRY_BLOCKS;
  }

  private take(log: { topics: Hex[]; data: Hex }): void {
    const { name, args } = SUM_ROOTS_ABI.parseLog(log)!;
    const index = Number(args.index);
    const hash = args.hash as Hex;
    if (name === "Opened") this.records.set(hash, args.record as Hex);
    else if (name === "Demanded") this.demanded.set(index, [...(this.demanded.get(index) ?? []), hash]);
    else {
      const { assertion, stateRoot, total } = args as unknown as PostedSum & { total: bigint };
      this.posted.add(index);
      this.open.set(index, { index, assertion, stateRoot, sum: { hash, total } });
    }
  }

  private layer(head: L1Block): SumLayer {
    return {
      account: this.sender.address,
      ask: (name, args) => this.ask(name, args, head),
      lastBlock: async (assertion) => {
        const data = SETTLEMENT_ABI.encodeFunctionData("assertionOf", [assertion]);
        const answer = await this.call(this.core.system.queue, data, head);
        const [{ l2BlockNumber }] = SETTLEMENT_ABI.decodeFunctionResult("assertionOf", answer) as unknown as [
          { l2BlockNumber: bigint },
        ];
        return Number(l2BlockNumber);
      },
      demanded: (index) => Promise.resolve(this.demanded.get(index) ?? []),
      seconds: () => Promise.resolve(head.time),
      shown: (hash) => this.records.get(hash),
    };
  }

  private truth(): SumTruth {
    const { chain } = this.core;
    const { thread } = this;
    const rootAfter = (l2Block: number): Hex => chain.requireBlockAt(l2Block).header.stateRoot;
    return {
      sumAfter: async (l2Block) => {
        if (chain.blockAt(l2Block) === undefined) return null;
        const stateRoot = rootAfter(l2Block);
        return { stateRoot, sum: await thread.sum(stateRoot) };
      },
      judge: (l2Block, claimed) => thread.judge(rootAfter(l2Block), claimed, this.records),
      record: async (l2Block, hash) => {
        const record = await thread.record(rootAfter(l2Block), hash);
        if (record === undefined) throw new Error(`no record of a true claim is behind ${hash}`);
        return record;
      },
    };
  }

  private async pauseSeconds(head: L1Block): Promise<number> {
    const [answerTime] = await this.ask("answerTime", [], head);
    return Math.min(LONGEST_PAUSE_SECONDS, Number(answerTime) / 4);
  }

  private async ask(name: string, args: unknown[], head: L1Block): Promise<Result> {
    const answer = await this.call(this.options.sumRoots, SUM_ROOTS_ABI.encodeFunctionData(name, args), head);
    return SUM_ROOTS_ABI.decodeFunctionResult(name, answer);
  }

  private call(to: Hex, data: string, { number }: L1Block): Promise<string> {
    return this.core.l1.send<string>("eth_call", [{ to, data }, quantity(number)]);
  }
}
