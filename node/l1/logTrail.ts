import { quantity } from "../../protocol/quantity";
import { SolventError } from "../../protocol/errors";
import { Spans } from "../../protocol/spans";
import type { Hex, L1Block } from "../../protocol/types";
import type { L1Rpc } from "./rpc";

export interface TrailOptions {
  address: Hex | readonly Hex[];
  /** First topics of the logs that are asked for. */
  topics: readonly string[];
  startBlock: number;
  /** Blocks per eth_getLogs, at most. */
  logRange: number;
}

/** Who keeps what the logs of some contracts tell. */
export interface TrailReader {
  /** Drops all that was read: L1 went back, and it is read anew. */
  forget(): void;
  take(log: { topics: Hex[]; data: Hex }): void;
}

/** At the head, blocks are read one by one, from their receipts: a quiet one costs nothing, as its header tells that nothing is in it. */
const NEAR_BLOCKS = 4;
/** Blocks under the head that are read one by one after a doubt; four times as many after each further one. */
const DOUBTED_BLOCKS = 64;

/**
 * Reads logs of contracts, each once as long as L1 does not go back: by ranges, near the head block by block. A node may leave logs out of
 * ranges: whoever finds that something is missing says so by `doubt`.
 */
export class LogTrail {
  private readonly spans: Spans;
  /** What is read is under this block of L1; and the first block that is not read yet. */
  private at: L1Block | null = null;
  private next = 0;
  private doubted = 0;

  constructor(
    private readonly rpc: Pick<L1Rpc, "send"> & Partial<Pick<L1Rpc, "elsewhere">>,
    private readonly options: TrailOptions,
    private readonly reader: TrailReader,
  ) {
    this.spans = new Spans(options.logRange);
  }

  /**
   * Reads up to `head`; from the first block again where L1 went back. What was read before a failure is kept, and the next call asks for less
   * at once.
   * @param isCanonical - whether a block read before is still L1's.
   * @throws SolventError `l1-*`.
   */
  async follow(head: L1Block, isCanonical: (block: L1Block) => boolean): Promise<void> {
    if (this.at === null || this.at.number > head.number || !isCanonical(this.at)) {
      this.reader.forget();
      this.next = this.options.startBlock;
    }
    this.at = head;
    const firstNear = head.number - Math.max(NEAR_BLOCKS, this.doubted) + 1;
    const read = async (from: number, to: number): Promise<void> => {
      await this.read({ fromBlock: quantity(from), toBlock: quantity(to) });
      this.next = to + 1;
    };
    if (firstNear > this.next) await this.spans.each(this.next, firstNear - 1, read, () => false);
    let parent: Hex | null = null;
    for (; this.next <= head.number; this.next++) {
      const block = this.next === head.number ? head : await this.block(this.next);
      if (parent !== null && block.parentHash !== parent) {
        // What was read may be another chain's.
        this.at = null;
        throw moved(this.next);
      }
      await this.read({ blockHash: block.hash });
      parent = block.hash;
    }
  }

  /** What was read lacks something: the next call reads all anew, of another node where there is one, and more of it block by block. */
  doubt(): void {
    // Several may find it at once.
    if (this.at === null) return;
    this.at = null;
    this.doubted = Math.max(DOUBTED_BLOCKS, 4 * this.doubted);
    this.rpc.elsewhere?.();
  }

  /** What was read lacks nothing. */
  trust(): void {
    this.doubted = 0;
  }

  private async block(number: number): Promise<{ hash: Hex; parentHash: Hex }> {
    type Header = { hash: Hex; parentHash: Hex };
    const block = await this.rpc.send<Header | null>("eth_getBlockByNumber", [quantity(number), false]);
    if (block === null) throw moved(number);
    return block;
  }

  private async read(range: object): Promise<void> {
    const { address, topics } = this.options;
    const filter = { address, topics: [topics], ...range };
    for (const log of await this.rpc.send<{ topics: Hex[]; data: Hex }[]>("eth_getLogs", [filter]))
      this.reader.take(log);
  }
}

function moved(number: number): SolventError {
  return new SolventError("l1-moved", `L1 has no block ${number} any more`, { retry: true });
}
