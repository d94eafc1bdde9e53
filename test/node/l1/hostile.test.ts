import { expect } from "chai";
import type { Contract } from "ethers";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { L1Follower } from "../../../node/l1/follower";
import { L1Rpc } from "../../../node/l1/rpc";
import { L1View } from "../../../node/l1/view";
import { Store } from "../../../node/store/store";
import { ZERO_HASH } from "../../../protocol";
import { SolventError } from "../../../protocol/errors";
import { L1_MODES, L1Proxy } from "../../e2e/support/l1Proxy";
import { randomOf } from "../../e2e/support/random";
import { KEYS, startAnvil, type Anvil } from "../support/anvil";
import { bytesBy, deployInbox, type TestInbox } from "../support/inbox";

const SEED = Number(process.env.SOLVENT_SEED ?? 1);
const log = pino({ level: "silent" });

describe(`L1 that answers wrongly (seed ${SEED})`, function () {
  this.timeout(60_000);
  let anvil: Anvil;
  let test: TestInbox;
  let proxy: L1Proxy;
  let url: string;
  let folder: string;
  let store: Store;
  let follower: L1Follower;
  let rpc: L1Rpc;

  before(async function () {
    const started = await startAnvil();
    if (started === null) return this.skip();
    anvil = started;
    test = await deployInbox(anvil.rpc, KEYS, () => anvil.mine());
    proxy = new L1Proxy(anvil.url, randomOf(SEED));
    url = await proxy.start();
  });
  after(async () => {
    await proxy?.stop();
    await anvil?.stop();
  });
  beforeEach(async () => {
    proxy.mode = "honest";
    proxy.answer = () => undefined;
    folder = mkdtempSync(join(tmpdir(), "solvent-hostile-"));
    store = await Store.open(folder, "test");
    follower = await open(url);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(urls: string | string[], logRange = 50): Promise<L1Follower> {
    rpc = new L1Rpc(urls, { timeoutMs: 1_000, retries: 0 });
    const bytesOf = bytesBy(rpc, test.address);
    const options = { inbox: test.address, startBlock: test.deployedAt, logRange, finality: 5, bytesOf } as const;
    return new L1Follower(rpc, await L1View.load(store), store.nodes, options, log);
  }

  async function happen(text: string, blocks = 1): Promise<void> {
    const inbox = test.inbox.connect(test.sequencer) as Contract;
    await test.inbox.sendMessage(test.address, 0n, 400_000n, false, Buffer.from(text), { gasLimit: 1_000_000 });
    await test.inbox.sendMessage(test.address, 1n, 400_000n, false, Buffer.from(text), { gasLimit: 1_000_000 });
    const index = await inbox.batchCount();
    const record = index === 0n ? ZERO_HASH : await inbox.batchRecord(index - 1n);
    await inbox.postBatch(index, record, 0, ZERO_HASH, Buffer.from(text), { gasLimit: 5_000_000 });
    for (let left = blocks; left > 0; left -= 10) await anvil.mine(Math.min(10, left));
  }

  /** Whatever L1 answers, a poll ends with a failure of L1 or with the truth up to some block. @returns the failure's code. */
  const poll = (): Promise<string | null> =>
    follower.poll().then(
      () => null,
      (error: unknown) => {
        if (error instanceof SolventError && error.code.startsWith("l1-")) return error.code;
        throw error;
      },
    );

  async function isSame(): Promise<boolean> {
    const { view } = follower;
    const tip = await anvil.rpc.send<{ hash: string }>("eth_getBlockByNumber", ["latest", false]);
    if (view.tip?.hash !== tip.hash) return false;
    expect(view.batchCount).to.equal(Number(await test.inbox.batchCount()));
    expect(view.delayedCount).to.equal(Number(await test.inbox.delayedCount()));
    if (view.batchCount > 0)
      expect(view.batch(view.batchCount - 1)!.record).to.equal(await test.inbox.batchRecord(view.batchCount - 1));
    return true;
  }

  async function untilSame(): Promise<void> {
    for (let i = 0; i < 20; i++) {
      await poll();
      if (await isSame()) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect.fail("the view is not right again");
  }

  it("N10 B6 asks for less at once where a node does not answer for long ranges, and comes to the head", async () => {
    await happen("long ago", 120);
    await happen("since", 70);
    proxy.mode = "slow for long ranges";
    follower = await open(url, 1_000);
    const ends: (number | undefined)[] = [];
    for (let polls = 0; polls < 40 && !(await isSame()); polls++) {
      await poll();
      ends.push(follower.view.tip?.number);
    }
    expect(await isSame(), `heads after each poll: ${ends.join(" ")}`).to.equal(true);
  });

  for (const name of Object.keys(L1_MODES))
    it(`N10 "${name}", far below the head and near it: nothing breaks, and all is right afterwards`, async () => {
      await untilSame();
      proxy.mode = name;
      await happen(`${name} far`, 80);
      await poll();
      await happen(`${name} near`);
      await poll();
      proxy.mode = "honest";
      await untilSame();
    });

  it("N3 sees through one answer without logs for a block whose bloom says otherwise", async () => {
    await follower.poll();
    let left = 1;
    proxy.answer = ({ method }) => (method === "eth_getLogs" && left-- > 0 ? [] : undefined);
    await happen("missed");
    await follower.poll();
    expect(await isSame()).to.equal(true);
  });

  for (const method of ["eth_getLogs", "eth_getBlockReceipts"])
    it(`N3 is right again without a restart after ${method} left something out while far below the head`, async () => {
      await follower.poll();
      await happen("far", 100);
      proxy.answer = (call) => (call.method === method ? [] : undefined);
      await poll();
      proxy.answer = () => undefined;
      await happen("next");
      await untilSame();
    });

  it("N3 reads again what it has on disk, once L1's counts show that something was left out", async () => {
    // A view that lacks the newest entries, as an older version would have stored it.
    await follower.poll();
    const { view } = follower;
    await happen("lost");
    await follower.poll();
    const tip = view.tip!;
    await view.apply(view.knownAt(tip.number - 1), [tip], [], [], view.finalized);
    await happen("seen");
    await untilSame();
  });

  it("N3 asks the next node where one does not answer, lags or leaves logs out", async () => {
    const other = new L1Proxy(anvil.url);
    const others = await other.start();
    try {
      for (const name of ["no connection", "HTML", "wrong types", "no logs and no receipts", "stale heads", "pruned"]) {
        follower = await open([url, others]);
        await untilSame();
        proxy.mode = name;
        await happen(name);
        await happen(name);
        await untilSame();
        proxy.mode = "honest";
      }
    } finally {
      await other.stop();
    }
  });

  it("N10 reads on where a node gives few blocks at once", async () => {
    await happen("before", 60);
    await happen("between", 60);
    await happen("after", 70);
    proxy.mode = "limited ranges";
    follower = await open(url, 1_000);
    await follower.poll();
    expect(await isSame()).to.equal(true);
  });

  it("N3 takes a head that lies behind the last for an answer of yesterday, at first", async () => {
    await anvil.mine(20);
    await follower.poll();
    const { tip, batchCount } = follower.view;
    proxy.mode = "stale heads";
    expect(await poll()).to.equal("l1-stale");
    expect(follower.view.tip).to.deep.equal(tip);
    expect(follower.view.batchCount).to.equal(batchCount);
  });
});
