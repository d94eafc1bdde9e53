import { expect } from "chai";
import type { Contract } from "ethers";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { L1Follower } from "../../../node/l1/follower";
import { L1View } from "../../../node/l1/view";
import { ZERO_HASH, chunksHash, chunksPreimage, fromHex, toHex } from "../../../protocol";
import { Store } from "../../../node/store/store";
import { KEYS, startAnvil, type Anvil } from "../support/anvil";
import { bytesBy, deployInbox, type TestInbox } from "../support/inbox";

const log = pino({ level: "silent" });

describe("L1 follower", function () {
  this.timeout(60_000);
  let anvil: Anvil;
  let test: TestInbox;
  let folder: string;
  let store: Store;
  let follower: L1Follower;

  before(async function () {
    const started = await startAnvil();
    if (started === null) return this.skip();
    anvil = started;
    test = await deployInbox(anvil.rpc, KEYS, () => anvil.mine());
  });
  after(() => anvil?.stop());

  async function open(): Promise<void> {
    store = await Store.open(folder, "test");
    const view = await L1View.load(store);
    const bytesOf = bytesBy(anvil.rpc, test.address);
    const options = { inbox: test.address, startBlock: test.deployedAt, logRange: 50, finality: 5, bytesOf } as const;
    follower = new L1Follower(anvil.rpc, view, store.nodes, options, log);
  }

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-l1-"));
    await open();
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Everything in the view equals what the contract says now. */
  async function expectSame(): Promise<void> {
    const { view } = follower;
    expect(view.batchCount).to.equal(Number(await test.inbox.batchCount()));
    expect(view.delayedCount).to.equal(Number(await test.inbox.delayedCount()));
    for (let i = 0; i < view.batchCount; i++) {
      expect(view.batch(i)!.record).to.equal(await test.inbox.batchRecord(i));
      expect(store.nodes.get(fromHex(view.batch(i)!.record))).to.have.length(192);
    }
    for (let i = 0; i < view.delayedCount; i++) {
      expect(view.message(i)!.hash).to.equal(await test.inbox.messageHash(i));
      expect(store.nodes.get(fromHex(view.message(i)!.hash))).to.have.length(448);
    }
    const tip = await anvil.rpc.send<{ hash: string }>("eth_getBlockByNumber", ["latest", false]);
    expect(view.tip!.hash).to.equal(tip.hash);
  }

  async function post(data: string): Promise<void> {
    const inbox = test.inbox.connect(test.sequencer) as Contract;
    const [index, delayed] = [await inbox.batchCount(), await inbox.delayedCount()];
    const record = index === 0n ? ZERO_HASH : await inbox.batchRecord(index - 1n);
    const message = delayed === 0n ? ZERO_HASH : await inbox.messageHash(delayed - 1n);
    await inbox.postBatch(index, record, delayed, message, data, { gasLimit: 5_000_000 });
  }

  const send = (data: string): Promise<unknown> =>
    test.inbox.sendMessage(test.address, 5n, 400_000n, false, data, { gasLimit: 1_000_000 });

  it("reads batches and messages, near the head and far below it, with their data by chunks", async () => {
    const data = toHex(Buffer.alloc(10_000, 7));
    await send("0x1234");
    await post(data);
    await anvil.mine();
    await anvil.mine(130);
    await send(toHex(Buffer.alloc(5_000, 9)));
    await anvil.mine();
    await post("0x");
    await anvil.mine();
    await follower.poll();
    await expectSame();
    const { view } = follower;
    expect(view.batchCount).to.equal(2);
    expect(view.delayedCount).to.equal(2);
    expect(view.batch(0)!.chunksHash).to.equal(chunksHash(fromHex(data)));
    const list = store.nodes.get(fromHex(view.batch(0)!.chunksHash))!;
    expect(toHex(list)).to.equal(toHex(chunksPreimage(fromHex(data))));
    for (const [i, length] of [4096, 4096, 1808].entries())
      expect(store.nodes.get(list.subarray(32 + 32 * i, 64 + 32 * i))).to.deep.equal(new Uint8Array(length).fill(7));
    expect(await follower.poll()).to.equal(null);
    expect(view.finalized!.number).to.equal(view.tip!.number - 5);
    expect(view.batchCountAt(view.finalized!.number)).to.equal(1);
  });

  it("goes on after a restart where it stopped", async () => {
    await follower.poll();
    const { tip } = follower.view;
    await send("0x01");
    await anvil.mine(3);
    await store.close();
    await open();
    expect(follower.view.tip).to.deep.equal(tip);
    await follower.poll();
    await expectSame();
  });

  for (const depth of [1, 2, 5, 10])
    it(`rolls back a reorg of ${depth} blocks and reads what replaced them`, async () => {
      await anvil.mine(2);
      await follower.poll();
      const before = follower.view.tip!.number;
      for (let i = 0; i < depth; i++) {
        await send(toHex(Buffer.from(`message ${depth} ${i}`)));
        if (i % 2 === 0) await post(toHex(Buffer.from(`batch ${depth} ${i}`)));
        await anvil.mine();
        if (i % 3 === 2) await follower.poll();
      }
      await follower.poll();
      await expectSame();
      const counts = [follower.view.batchCount, follower.view.delayedCount];
      await anvil.reorg(depth);
      const update = (await follower.poll())!;
      expect(update.rolledBackTo).to.equal(before);
      await expectSame();
      expect(follower.view.batchCount).to.be.below(counts[0]);
      await send("0xbeef");
      await anvil.mine();
      await post("0xfeed");
      await anvil.mine();
      await follower.poll();
      await expectSame();
    });

  it("refuses another chain with a message that says so", async () => {
    await follower.poll();
    const other = (await startAnvil(["--chain-id", "999", "--timestamp", "1700000000"]))!;
    try {
      await other.mine(follower.view.tip!.number + 3);
      const bytesOf = bytesBy(other.rpc, test.address);
      const options = { inbox: test.address, startBlock: test.deployedAt, logRange: 50, finality: 5, bytesOf } as const;
      const wrong = new L1Follower(other.rpc, follower.view, store.nodes, options, log);
      const error = await wrong.poll().catch((e: unknown) => e as { code: string; message: string });
      expect(error).to.have.property("code", "l1-wrong-chain");
      expect((error as { message: string }).message).to.match(/delete the data folder/);
    } finally {
      await other.stop();
    }
  });

  it("fails with l1-unavailable while L1 hangs, and goes on afterwards", async () => {
    await follower.poll();
    const error = await anvil.frozen(() => follower.poll().catch((e: unknown) => e));
    expect(error).to.have.property("code", "l1-unavailable");
    await anvil.mine();
    await follower.poll();
    await expectSame();
  });
});
