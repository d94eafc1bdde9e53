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

/** Reads logs of contracts by ranges, each once as long as L1 does not go back. */
export class LogTrail {
  private readonly spans: Spans;
  /** What is read is under this block of L1; and the first block that is not read yet. */
  private at: L1Block | null = null;
  private next = 0;

  constructor(
    private readonly rpc: Pick<L1Rpc, "send">,
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
    const read = async (from: number, to: number): Promise<void> => {
      const { address, topics } = this.options;
      const range = { fromBlock: `0x${from.toString(16)}`, toBlock: `0x${to.toString(16)}` };
      const filter = { address, topics: [topics], ...range };
      for (const log of await this.rpc.send<{ topics: Hex[]; data: Hex }[]>("eth_getLogs", [filter]))
        this.reader.take(log);
      this.next = to + 1;
    };
    await this.spans.each(this.next, head.number, read, () => false);
  }
}
