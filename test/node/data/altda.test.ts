import { expect } from "chai";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import type { Contract, Wallet } from "ethers";
import { AltdaBatches } from "../../../node/data/altda/batches";
import { DataServer } from "../../../node/data/altda/server";
import { batchDataOf } from "../../../node/data/registry";
import type { BatchData, DueCall, InboxCall } from "../../../node/data/batchData";
import { L1Follower } from "../../../node/l1/follower";
import { L1View } from "../../../node/l1/view";
import { Store } from "../../../node/store/store";
import { getChunks, toHex, ZERO_HASH } from "../../../protocol";
import { isErrorCode } from "../../../protocol/errors";
import type { Hex } from "../../../protocol/types";
import { KEYS, startAnvil, type Anvil } from "../support/anvil";
import { deployAltdaInbox, WINDOWS, type TestInbox } from "../support/inbox";

const log = pino({ level: "silent" });
const kinds = (due: readonly DueCall[]): string[] => due.map(({ key }) => key);

/** What one node has: a store, its way to the batches, its view of L1. */
interface Node {
  store: Store;
  data: BatchData;
  follower: L1Follower;
}

describe("data off L1, as a node sees it", function () {
  this.timeout(60_000);
  let anvil: Anvil;
  let test: TestInbox;
  let inbox: Contract;
  let folder: string;
  let server: DataServer;
  let [writer, reader]: Node[] = [];
  const nodes: Node[] = [];

  before(async function () {
    const started = await startAnvil();
    if (started === null) return this.skip();
    anvil = started;
  });
  after(() => anvil?.stop());

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-altda-"));
    test = await deployAltdaInbox(anvil.rpc, KEYS, () => anvil.mine());
    ({ inbox } = test);
    server = await DataServer.start(join(folder, "server"));
    [writer, reader] = [await open("writer"), await open("reader")];
  });
  afterEach(async () => {
    await server.stop();
    for (const node of nodes.splice(0)) await node.store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(name: string, dataUrls: string[] = [server.url]): Promise<Node> {
    const store = await Store.open(join(folder, name), "test");
    const place = { rpc: anvil.rpc, inbox: test.address as Hex, nodes: store.nodes, startBlock: test.deployedAt };
    const data = await batchDataOf({ ...place, dataUrls })();
    const bytesOf = data.read.bind(data);
    const options = { inbox: test.address, startBlock: test.deployedAt, logRange: 50, finality: 5, bytesOf } as const;
    const follower = new L1Follower(anvil.rpc, await L1View.load(store), store.nodes, options, log);
    const node = { store, data, follower };
    nodes.push(node);
    return node;
  }

  async function send(from: Wallet, { data, value }: InboxCall): Promise<void> {
    await from.sendTransaction({ to: test.address, data, value, gasLimit: 6_000_000n });
    await anvil.mine();
  }

  /** The sequencer's next batch, given to the servers or withheld. @returns its bytes. */
  async function post(isPublished = true): Promise<Uint8Array> {
    const data = randomBytes(9_000);
    if (isPublished) await writer.data.publish(data);
    const { count, record } = await writer.data.end(writer.follower.view);
    const outgoing = { index: count, previousRecord: record, delayedCount: 0, lastMessage: ZERO_HASH, data };
    await send(test.sequencer, writer.data.call(outgoing));
    expect(await inbox.committedCount()).to.equal(BigInt(count + 1));
    return data;
  }

  /** Lets L1's clock go on. */
  async function pass(seconds: number): Promise<void> {
    await anvil.rpc.send("evm_increaseTime", [seconds]);
    await anvil.mine();
  }

  async function look({ data }: Node): Promise<{ due: DueCall[]; missing: number[] }> {
    return data.duties!.look();
  }

  /** Does what a node finds due. */
  async function act(node: Node): Promise<string[]> {
    const { due } = await look(node);
    for (const { call } of due) await send(test.user, call);
    return kinds(due);
  }

  const bytesIn = ({ store, follower }: Node, index: number): string =>
    toHex(getChunks(store.nodes, follower.view.batch(index)!.chunksHash)!);

  it("is named by the Inbox", () => {
    expect(reader.data).to.be.instanceOf(AltdaBatches);
  });

  it("counts behind its window: nothing is seen before, the very bytes from then on", async () => {
    const data = [await post(), await post()];
    expect(await look(reader)).to.deep.equal({ due: [], missing: [] });
    await reader.follower.poll();
    expect(reader.follower.view.batchCount).to.equal(0);
    await pass(WINDOWS.challenge + 1);
    expect(await act(reader)).to.deep.equal(["settle 0"]);
    await reader.follower.poll();
    expect(data.map((_, i) => bytesIn(reader, i))).to.deep.equal(data.map((one) => toHex(one)));
    expect(await look(reader)).to.deep.equal({ due: [], missing: [] });
    const end = await reader.data.end(reader.follower.view);
    expect([end.count, end.record, end.pending.length]).to.deep.equal([2, await inbox.batchRecord(1), 0]);
  });

  it("is kept by whoever looked in time; who comes later waits for a server that has it", async () => {
    const data = await post();
    await look(reader);
    await pass(WINDOWS.challenge + 1);
    await act(reader);
    await server.stop();
    await reader.follower.poll();
    expect(bytesIn(reader, 0)).to.equal(toHex(data));
    const late = await open("late");
    for (let i = 0; i < 2; i++) {
      const error = await late.follower.poll().catch((reason: unknown) => reason);
      expect(isErrorCode(error, "l1-data-missing")).to.equal(true);
      expect(late.follower.view.batchCount).to.equal(0);
    }
    server = await DataServer.start(join(folder, "server"), Number(new URL(server.url).port));
    await late.follower.poll();
    expect(bytesIn(late, 0)).to.equal(toHex(data));
  });

  it("is challenged from a quarter of the window on where nobody gives it, and is empty where nobody answers", async () => {
    await post(false);
    const kept = await post();
    expect(await look(reader)).to.deep.equal({ due: [], missing: [0] });
    await pass(WINDOWS.challenge / 4);
    expect(await act(reader)).to.deep.equal(["challenge 0"]);
    expect((await inbox.challengeOf(0)).status).to.equal(1n);
    expect(await look(reader)).to.deep.equal({ due: [], missing: [0] });
    await pass(WINDOWS.resolve - 10);
    expect(kinds((await look(reader)).due)).to.deep.equal([]);
    await pass(10);
    expect(await act(reader)).to.deep.equal(["settle 0"]);
    await reader.follower.poll();
    const { view } = reader.follower;
    expect([view.batch(0)!.sizeBytes, view.batch(0)!.forced]).to.deep.equal([0, false]);
    expect(bytesIn(reader, 1)).to.equal(toHex(kept));
    expect(await inbox.bondOf(test.user.address)).to.equal(WINDOWS.bond);
    // What comes next builds on the record that stands now.
    await post();
  });

  it("is answered by who has it, and read from the answer by who has no server", async () => {
    const withheld = await post(false);
    await pass(WINDOWS.challenge / 4);
    await act(reader);
    expect(kinds((await look(reader)).due)).to.deep.equal([]);
    await writer.data.publish(withheld);
    await server.stop();
    const second = await open("second", []);
    expect((await look(second)).missing).to.deep.equal([0]);
    expect(await act(writer)).to.deep.equal(["answer 0"]);
    expect(await act(writer)).to.deep.equal(["settle 0"]);
    await second.follower.poll();
    expect(bytesIn(second, 0)).to.equal(toHex(withheld));
  });

  it("is not challenged any more in the window's last second, when a transaction would come too late", async () => {
    await post(false);
    const { l1Time } = (await reader.data.end(reader.follower.view)).last!;
    for (const [left, due] of [
      [1, ["challenge 0"]],
      [0, []],
    ] as const) {
      await anvil.rpc.send("evm_setNextBlockTimestamp", [l1Time + WINDOWS.challenge - left]);
      await anvil.mine();
      expect(kinds((await look(reader)).due)).to.deep.equal(due);
    }
  });

  for (const depth of [1, 2, 3, 5, 10])
    it(`follows a reorg of ${depth} blocks under commitments, challenges and what counts`, async () => {
      const first = await post();
      await post(false);
      await anvil.mine(depth);
      await look(reader);
      await pass(WINDOWS.challenge / 4);
      await act(reader);
      await post();
      await anvil.mine(Math.max(0, depth - 2));
      // Batch 2 and (from two blocks on) the challenge go.
      await anvil.reorg(depth);
      const pending = (await reader.data.end(reader.follower.view)).pending;
      expect(pending.length).to.equal(Number(await inbox.committedCount()));
      const isChallenged = (await inbox.challengeOf(1)).status === 1n;
      expect(isChallenged).to.equal(depth < 2);
      expect(kinds((await look(reader)).due)).to.deep.equal(isChallenged ? [] : ["challenge 1"]);
      if (!isChallenged) await act(reader);
      await pass(WINDOWS.challenge + WINDOWS.resolve + 1);
      await act(reader);
      await reader.follower.poll();
      const count = reader.follower.view.batchCount;
      expect(count).to.equal(Number(await inbox.batchCount()));
      expect([bytesIn(reader, 0), reader.follower.view.batch(1)!.sizeBytes]).to.deep.equal([toHex(first), 0]);
      await anvil.reorg(1);
      await reader.follower.poll();
      expect(reader.follower.view.batchCount).to.equal(0);
      expect(kinds((await look(reader)).due)).to.deep.equal(["settle 0"]);
      await act(reader);
      await reader.follower.poll();
      expect(reader.follower.view.batchCount).to.equal(count);
    });
});
