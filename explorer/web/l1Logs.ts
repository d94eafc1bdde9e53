import { quantity } from "../../protocol/quantity";
import { Spans } from "../../protocol/spans";
import { l1 } from "./live";
import type { RpcLog } from "./chain/types";
import { RpcFailure } from "./rpc";

/** Blocks of one question for logs, at most. */
const SPAN_BLOCKS = 5_000;
/** Blocks at the head that are read again, because L1 may take them back. */
const UNSETTLED = 16;

/** All logs of one contract of L1, read on from where the last look ended. */
export class L1Logs {
  private readonly address: string;
  private readonly startBlock: number;
  private readonly topics: (string | string[] | null)[] | undefined;
  private readonly spans = new Spans(SPAN_BLOCKS);
  private settled: RpcLog[] = [];
  private next: number;

  constructor(address: string, startBlock: number, topics?: (string | string[] | null)[]) {
    this.address = address;
    this.startBlock = startBlock;
    this.topics = topics;
    this.next = startBlock;
  }

  /** @returns every log up to L1's head, in order. @throws what L1's node answers. */
  async read(): Promise<readonly RpcLog[]> {
    if (l1 === null) throw new Error("this page was started without L1: add --l1 URL");
    const head = Number(await l1.send<string>("eth_blockNumber"));
    // A devnet that was started anew has fewer blocks: everything is another chain's.
    if (head < this.next - 1) [this.settled, this.next] = [[], this.startBlock];
    const fresh: RpcLog[] = [];
    await this.spans.each(
      this.next,
      head,
      async (from, to) => {
        const range = { fromBlock: quantity(from), toBlock: quantity(to) };
        fresh.push(
          ...(await l1!.send<RpcLog[]>("eth_getLogs", [{ address: this.address, topics: this.topics, ...range }])),
        );
      },
      (error) => error instanceof RpcFailure,
    );
    const whole = [...this.settled, ...fresh];
    const last = Math.max(this.next - 1, head - UNSETTLED);
    this.settled = whole.filter(({ blockNumber }) => Number(blockNumber) <= last);
    this.next = last + 1;
    return whole;
  }
}
