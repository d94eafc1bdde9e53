import type { Logger } from "pino";
import type { NodeCore } from "../../actor/core";
import type { StoredBlock } from "../../node/chain/blockTables";
import { inboxViewOf } from "../../node/chain/inboxView";
import type { BuiltBlock } from "../../node/engine/types";
import type { Promises } from "../../node/rotation/promises";
import { putJson } from "../../node/store/store";
import type { WriteBatch } from "../../node/store/database";
import { decodeCursor, decodeRlp, rlpBytes, rlpList, rlpUint } from "../../protocol";
import type { Hex } from "../../protocol/types";
import type { Ledger } from "../blocks/ledger";
import type { BatchEntry, BlockEntry, Entry } from "./entry";

/** Up to where the log was taken over, for the next process over this disk. */
interface Mark {
  identity: string;
  sequence: number;
}

const MARK = "failover";

/**
 * Takes over what the log promises: each block is built anew from its bytes and has to come out with the same hash. Where L1 says
 * otherwise, L1 is right. Runs in the queue of all that changes the chain.
 */
export class LogFollower {
  /** What was read and fits nothing yet: this node's view of L1 is behind, or ahead, of its writer's. */
  private waiting: { sequence: number; entry: BlockEntry | BatchEntry }[] = [];
  /** Hashes of blocks that the log holds, with their heights. */
  private readonly logged = new Map<Hex, number>();
  /** Entries that are kept, with the height that has to be final before they may be forgotten. */
  private kept: { sequence: number; height: number }[] = [];
  /** Why this node cannot lead: the rules make something else of a block here. */
  differs: string | null = null;

  constructor(
    private readonly core: NodeCore,
    private readonly ledger: Ledger,
    private readonly promises: Promises,
    private readonly log: Logger,
  ) {}

  get mark(): Mark | undefined {
    return this.core.store.getJson<Mark>(MARK);
  }

  /** How many entries fit nothing yet. */
  get waitingCount(): number {
    return this.waiting.length;
  }

  isLogged(hash: Hex): boolean {
    return this.logged.has(hash);
  }

  /** Notes an entry, written here or read. */
  note(sequence: number, entry: Entry): void {
    const height = entry.kind === "term" ? 0 : entry.kind === "block" ? entry.number : entry.lastBlock;
    this.kept.push({ sequence, height });
    if (entry.kind === "block") this.logged.set(entry.blockHash, entry.number);
  }

  markIn(write: WriteBatch, mark: Mark): void {
    putJson(write, MARK, mark);
  }

  /** Takes what was read. */
  async take(mark: Mark, entry: Entry): Promise<void> {
    this.note(mark.sequence, entry);
    if (entry.kind === "term") return;
    // Whatever becomes of the block: what was signed once is never signed otherwise.
    if (entry.kind === "block" && entry.promise !== null) await this.promises.add(entry.promise);
    this.waiting.push({ sequence: mark.sequence, entry });
    await this.apply(mark.identity);
  }

  /** Tries again what fits nothing yet: what was read last is right, and what it takes the place of is of no use any more. */
  async apply(identity: string): Promise<void> {
    const before = this.differs;
    this.differs = null;
    for (let i = 0; i < this.waiting.length; i++) {
      const { sequence, entry } = this.waiting[i];
      const isTaken = await (entry.kind === "block"
        ? this.takeBlock(entry, { identity, sequence })
        : this.takeBatch(entry));
      if (!isTaken) continue;
      this.waiting = this.waiting.slice(i + 1);
      i = -1;
    }
    const { differs } = this;
    if (differs !== null && differs !== before) this.log.error(differs);
  }

  /** Gives up what fits nothing. */
  giveUp(): void {
    const heights = this.waiting.map(({ entry }) => (entry.kind === "block" ? entry.number : entry.lastBlock));
    this.log.error({ heights }, "what the log holds does not follow from L1 as it is now: it is given up");
    this.waiting = [];
  }

  /** @returns the newest entry up to which nothing is needed any more: all is final on L1. */
  forgettable(): number | null {
    const { number } = this.core.chain.finalized;
    let last: number | null = null;
    while (this.kept.length > 1 && this.kept[0].height <= number) last = this.kept.shift()!.sequence;
    if (last !== null) for (const [hash, height] of this.logged) if (height <= number) this.logged.delete(hash);
    return last;
  }

  /** @returns whether nothing remains to be done for it. */
  private async takeBlock(entry: BlockEntry, mark: Mark): Promise<boolean> {
    const { chain } = this.core;
    const { number, blockHash, lastMessage, data: body } = entry;
    if (chain.blockAt(number)?.hash === blockHash) {
      if (number > chain.finalized.number) await this.ledger.keep(number, { body, blockHash, lastMessage });
      return true;
    }
    if (number <= chain.safe.number) return true;
    const parent = chain.blockAt(number - 1);
    if (parent?.hash !== entry.parentHash) return false;
    const built = await this.rebuild(entry, parent);
    if (built === null) return false;
    await this.ledger.adopt(built, (write) => this.markIn(write, mark));
    return true;
  }

  /** @returns null where the view of L1 lacks what it takes, or it does not come out as it was promised. */
  private async rebuild(entry: BlockEntry, parent: StoredBlock): Promise<BuiltBlock | null> {
    const { batch, segment, offset } = entry.place;
    const [timestamp, count, transactions] = rlpList(decodeRlp(entry.data), 3);
    const messageCount = Number(rlpUint(count, 8));
    if (!this.hasMessages(entry, Number(decodeCursor(parent.header.extraData).delayed) + messageCount)) return null;
    const request = {
      parentOutputRoot: parent.outputRoot,
      timestamp: rlpUint(timestamp, 8),
      messageCount,
      inbox: inboxViewOf(this.core.view),
      candidates: rlpList(transactions).map((raw) => rlpBytes(raw)),
      place: { batch: BigInt(batch), segment, offset },
    };
    let made: string;
    try {
      const built = await this.core.rebuild(request, parent);
      if (built.blockHash === entry.blockHash) return built;
      made = built.blockHash;
    } catch (error) {
      made = `nothing (${(error as Error).message})`;
    }
    this.differs = `block ${entry.number} of the log is ${entry.blockHash}, and this node makes ${made} of it: it does not lead`;
    return null;
  }

  /** Whether this node's view of L1 has the messages that the block consumes. */
  private hasMessages({ delayed, lastMessage }: BlockEntry, asked: number): boolean {
    const { view } = this.core;
    return view.delayedCount >= asked && (delayed === 0 || view.message(delayed - 1)?.hash === lastMessage);
  }

  private async takeBatch({ kind: _, ...batch }: BatchEntry): Promise<boolean> {
    const { chain } = this.core;
    const isHere = chain.blockAt(batch.lastBlock)?.hash === batch.lastBlockHash;
    if (isHere) await this.ledger.adoptBatch(batch);
    return isHere || batch.lastBlock <= chain.safe.number;
  }
}
