import { expect } from "chai";
import { id } from "ethers";
import { EdgesGame, QUEUE_ABI } from "../../../games/edges";
import type { L1Requests } from "../../../games/l1Requests";
import { SolventError } from "../../../protocol/errors";
import type { Hex, L1Block } from "../../../protocol/types";

const QUEUE: Hex = `0x${"11".repeat(20)}`;
const TOPIC = QUEUE_ABI.getEvent("StepProven")!.topicHash;

type Filter = { address: string; topics: string[][]; blockHash?: Hex; fromBlock?: string; toBlock?: string };

/** An L1 of empty blocks whose node refuses long answers, and notes what it is asked. */
class L1 implements L1Requests {
  readonly asked: Filter[] = [];
  /** Blocks in one answer at most; Infinity for a node without a limit. */
  limit = Infinity;
  blocks: L1Block[] = [];
  /** What each block holds, by its number. */
  logs = new Map<number, object>();

  constructor(length: number) {
    this.grow(length, "a");
  }

  grow(to: number, fork: string): void {
    for (let number = this.blocks.length; number < to; number++) {
      const hash = id(`${fork} ${number}`) as Hex;
      this.blocks.push({ number, hash, parentHash: this.blocks.at(-1)?.hash ?? (id("none") as Hex), time: number });
    }
  }

  /** Replaces the newest blocks by others. */
  reorg(depth: number, to: number, fork: string): void {
    this.blocks.length -= depth;
    this.grow(to, fork);
  }

  get head(): L1Block {
    return this.blocks.at(-1)!;
  }

  has = (block: L1Block): boolean => this.blocks[block.number]?.hash === block.hash;

  async send<Result>(method: string, [first]: readonly unknown[]): Promise<Result> {
    if (method === "eth_call") return answerTo((first as { data: string }).data) as Result;
    if (method === "eth_getBlockByNumber") return raw(this.blocks[Number(first)]) as Result;
    if (method === "eth_getBlockByHash") return raw(this.blocks.find(({ hash }) => hash === first)) as Result;
    expect(method).to.equal("eth_getLogs");
    const filter = first as Filter;
    this.asked.push(filter);
    const length = filter.blockHash === undefined ? Number(filter.toBlock) - Number(filter.fromBlock) + 1 : 1;
    if (length > this.limit) throw new SolventError("l1-rpc", "query returned more than 10000 results");
    const isAsked = ({ number, hash }: L1Block): boolean =>
      filter.blockHash === undefined
        ? number >= Number(filter.fromBlock) && number <= Number(filter.toBlock)
        : hash === filter.blockHash;
    const found = this.blocks.filter((block) => this.logs.has(block.number) && isAsked(block));
    return found.map(({ number, hash }) => ({ ...this.logs.get(number), blockHash: hash })) as Result;
  }

  /** Spans that were asked for, as text. */
  spans(): string[] {
    const spans = this.asked.filter(({ fromBlock }) => fromBlock !== undefined);
    return spans.map(({ fromBlock, toBlock }) => `${Number(fromBlock)}-${Number(toBlock)}`);
  }
}

/** Of a queue at which nothing stands; its constants do not matter. */
function answerTo(data: string): string {
  const isCount = data.startsWith(QUEUE_ABI.getFunction("gameCount")!.selector);
  return QUEUE_ABI.encodeFunctionResult("stakeOf", [isCount ? 0 : 1]);
}

function raw(block: L1Block | undefined): object | null {
  if (block === undefined) return null;
  const { number, hash, parentHash, time } = block;
  return { number: `0x${number.toString(16)}`, hash, parentHash, timestamp: `0x${time.toString(16)}` };
}

describe("follower of the game", () => {
  const finalAt = (l1: L1, number: number) => ({ has: l1.has, finalized: l1.blocks[number] });

  it("B6 asks for nothing but what shapes the game: neither deposits nor withdrawals of anybody", async () => {
    const l1 = new L1(40);
    const follower = await EdgesGame.open(l1, QUEUE, 0);
    await follower.follow(l1.head, finalAt(l1, 30));
    l1.grow(42, "a");
    await follower.follow(l1.head, finalAt(l1, 30));
    expect(l1.asked.length).to.be.greaterThan(2);
    for (const { topics } of l1.asked) {
      expect(topics[0]).to.include(TOPIC);
      for (const event of ["Deposited", "Withdrawn"])
        expect(topics[0]).to.not.include(QUEUE_ABI.getEvent(event)!.topicHash);
    }
  });

  it("B6 halves a span that L1's node refuses, reads every block all the same, and grows back", async () => {
    const l1 = new L1(5_000);
    l1.limit = 100;
    const follower = await EdgesGame.open(l1, QUEUE, 7);
    await follower.follow(l1.head, { has: l1.has, finalized: null });
    const answered = l1
      .spans()
      .map((span) => span.split("-").map(Number))
      .filter(([from, to]) => to - from < 100);
    let next = 7;
    for (const [from, to] of answered) [next] = [expect(from).to.equal(next) && to + 1];
    expect(next).to.equal(5_000);
    expect(follower.at).to.deep.equal(l1.head);
    l1.limit = Infinity;
    l1.asked.length = 0;
    l1.grow(15_000, "a");
    await follower.follow(l1.head, { has: l1.has, finalized: null });
    const lengths = l1
      .spans()
      .map((span) => span.split("-").map(Number))
      .map(([from, to]) => to - from + 1);
    expect(Math.max(...lengths)).to.equal(1_000);
  });

  it("B6 goes on from a final block after a reorg and after a lag, not from the deployment", async () => {
    const l1 = new L1(3_000);
    const follower = await EdgesGame.open(l1, QUEUE, 0);
    await follower.follow(l1.head, finalAt(l1, 2_900));
    for (const [depth, to] of [
      [5, 3_001],
      [60, 3_100],
    ]) {
      l1.asked.length = 0;
      l1.reorg(depth, to, `fork ${to}`);
      await follower.follow(l1.head, finalAt(l1, 2_900));
      expect(Number(l1.spans()[0].split("-")[0])).to.equal(2_901);
      expect(follower.at).to.deep.equal(l1.head);
    }
    l1.asked.length = 0;
    l1.grow(4_000, "later");
    await follower.follow(l1.head, finalAt(l1, 3_900));
    expect(l1.spans()[0].split("-")[0]).to.equal("3100");
  });

  it("B6 keeps what it has read of final blocks where L1 fails in the middle", async () => {
    const l1 = new L1(5_000);
    const follower = await EdgesGame.open(l1, QUEUE, 0);
    const { send } = l1;
    let count = 0;
    l1.send = async <Result>(method: string, params: readonly unknown[]): Promise<Result> => {
      if (method === "eth_getLogs" && count++ === 3) throw new SolventError("l1-unavailable", "no answer");
      return send.call(l1, method, params) as Promise<Result>;
    };
    await follower.follow(l1.head, finalAt(l1, 4_900)).then(
      () => expect.fail("must fail"),
      (error: SolventError) => expect(error.code).to.equal("l1-unavailable"),
    );
    l1.asked.length = 0;
    await follower.follow(l1.head, finalAt(l1, 4_900));
    expect(l1.spans()[0].split("-")[0]).to.equal("3000");
    expect(follower.at).to.deep.equal(l1.head);
  });

  for (const place of ["near the head", "far behind it, final already"])
    it(`reads all anew where logs ${place} build on one that L1's node has left out, and goes on when it gives it`, async () => {
      const l1 = new L1(100);
      const follower = await EdgesGame.open(l1, QUEUE, 0);
      await follower.follow(l1.head, finalAt(l1, 90));
      const far = place !== "near the head";
      l1.grow(far ? 300 : 102, "a");
      const orphan = QUEUE_ABI.encodeEventLog("TimerUpdated", [id("an edge that no log made"), 7n]);
      l1.logs.set(far ? 150 : 101, { address: QUEUE, ...orphan });
      const chain = finalAt(l1, far ? 290 : 90);
      await follower.follow(l1.head, chain).then(
        () => expect.fail("must fail"),
        (error: SolventError) => {
          expect([error.code, error.retry]).to.deep.equal(["l1-inconsistent", true]);
          expect(error.message).to.match(/may have left some out: reading all of them anew/);
        },
      );
      expect(follower.at).to.equal(null);
      l1.logs.clear();
      l1.asked.length = 0;
      await follower.follow(l1.head, chain);
      expect(l1.spans()[0].split("-")[0]).to.equal("0");
      expect(follower.at).to.deep.equal(l1.head);
    });

  it("begins anew where L1 takes back even what was final", async () => {
    const l1 = new L1(500);
    const follower = await EdgesGame.open(l1, QUEUE, 0);
    await follower.follow(l1.head, finalAt(l1, 450));
    l1.asked.length = 0;
    l1.reorg(200, 520, "deep");
    await follower.follow(l1.head, finalAt(l1, 460));
    expect(l1.spans()[0].split("-")[0]).to.equal("0");
    expect(follower.at).to.deep.equal(l1.head);
  });
});
