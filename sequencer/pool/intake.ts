import type { Logger } from "pino";
import type { Chain } from "../../node/chain/chain";
import type { ChainBlock } from "../../node/chain/types";
import { DEPOSIT_TYPE } from "../../protocol";
import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import type { PoolJournal } from "./journal";
import type { Mempool } from "./mempool";

/** What comes into the pool but from users: what the journal held, and transactions of blocks that left the chain. */
export class Intake {
  /** Transactions of blocks that left the chain, here or in derivation; the next reconciliation puts them back into the pool. */
  private readonly dropped: Uint8Array[] = [];

  constructor(
    private readonly chain: Chain,
    private readonly pool: Mempool,
    private readonly journal: PoolJournal,
    private readonly log: Logger,
  ) {
    chain.subscribe({ onHead: ({ dropped }) => this.note(this.transactionsOf(dropped)) });
  }

  /** Takes note of transactions that are in no block any more. */
  note(raws: readonly Uint8Array[]): void {
    this.dropped.push(...raws);
  }

  /** Puts back what was noted and is valid still, and forgets what blocks have. */
  async refresh(): Promise<void> {
    const used = this.pool.refresh();
    for (const raw of this.dropped.splice(0)) await this.putBack(raw);
    await this.journal.remove(used.filter((hash) => this.pool.get(hash) === undefined));
  }

  /** Reads anew what the store has, which went back to what it was. */
  async reload(): Promise<void> {
    this.pool.clear();
    await fillPool(this.pool, this.journal, await this.journal.reload());
    this.dropped.length = 0;
  }

  /** Forgets a transaction of the pool. @returns whether it was there. */
  async drop(hash: Hex): Promise<boolean> {
    const isKnown = this.pool.get(hash) !== undefined;
    this.pool.remove(hash);
    await this.journal.remove([hash]);
    return isKnown;
  }

  /** Of blocks given newest first, in the order of the chain, without deposits. */
  private transactionsOf(blocks: readonly ChainBlock[]): Uint8Array[] {
    return blocks.toReversed().flatMap(({ hash }) => {
      const raws = this.chain.tables.rawTransactions(hash);
      return raws.filter((raw) => raw[0] !== DEPOSIT_TYPE).map((raw) => Uint8Array.from(raw));
    });
  }

  private async putBack(raw: Uint8Array): Promise<void> {
    try {
      await this.journal.add(this.pool.add(raw, true).entry.hash, raw);
    } catch (error) {
      if (!(error instanceof SolventError)) throw error;
      this.log.warn({ reason: error.message }, "a transaction of a dropped block is not valid any more");
    }
  }
}

/** What cannot be valid any more is forgotten, in the journal too. */
export async function fillPool(
  pool: Mempool,
  journal: PoolJournal,
  entries: readonly { place: number; raw: Uint8Array }[],
): Promise<void> {
  for (const { place, raw } of entries)
    try {
      journal.adopt(pool.add(raw, true).entry.hash, place);
    } catch (error) {
      if (!(error instanceof SolventError)) throw error;
      await journal.discard(place);
    }
}
