import { expect } from "chai";
import { Wallet } from "ethers";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import type { Hex } from "../../../protocol/types";
import { L1Sender, type Outgoing } from "../../../node/l1/sender";
import { L1Rpc } from "../../../node/l1/rpc";
import { Store } from "../../../node/store/store";
import { SolventError } from "../../../protocol/errors";
import { L1_MODES, L1Proxy } from "../../e2e/support/l1Proxy";
import { randomOf } from "../../e2e/support/random";
import { KEYS, startAnvil, type Anvil } from "../support/anvil";

const SEED = Number(process.env.SOLVENT_SEED ?? 1);
const log = pino({ level: "silent" });
const TO: Hex = `0x${"42".repeat(20)}`;

describe("L1 sender", function () {
  this.timeout(60_000);
  let anvil: Anvil;
  let folder: string;
  let store: Store;
  let sender: L1Sender;

  const open = async (): Promise<void> => {
    store = await Store.open(folder, "test");
    const options = { stuckBlocks: 2, maxFeePerGas: 10n ** 12n };
    sender = await L1Sender.create(anvil.rpc, KEYS[0], store, options, log);
  };
  const request = (key: string, data: Hex = "0x") => ({ key, to: TO, data, gasLimit: 100_000n });
  const mineAndPoll = async (blocks = 1): Promise<void> => {
    await anvil.mine(blocks);
    await sender.poll();
  };
  const found = (key: string): Outgoing => sender.find(key)!;

  before(async function () {
    const started = await startAnvil();
    if (started === null) return this.skip();
    anvil = started;
  });
  after(() => anvil?.stop());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-sender-"));
    await open();
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("sends several at once under consecutive nonces and sees them mined", async () => {
    for (const key of ["a", "b", "c"]) await sender.submit(request(key));
    expect((await sender.submit(request("b"))).nonce).to.equal(found("b").nonce);
    expect(found("c").nonce).to.equal(found("a").nonce + 2);
    await mineAndPoll();
    expect(["a", "b", "c"].map((key) => found(key).status)).to.deep.equal(["mined", "mined", "mined"]);
  });

  it("N10 whatever L1 answers, each call ends with a failure of L1 or with the truth, and all is sent in the end", async () => {
    const proxy = new L1Proxy(anvil.url, randomOf(SEED));
    const rpc = new L1Rpc(await proxy.start(), { timeoutMs: 300, retries: 0 });
    const careful = await L1Sender.create(rpc, KEYS[1], store, { stuckBlocks: 2, maxFeePerGas: 10n ** 12n }, log);
    const failures: string[] = [];
    /** @returns whether L1 failed. */
    const attempt = (call: Promise<unknown>): Promise<void> =>
      call.then(
        () => undefined,
        (error: unknown) => {
          if (!(error instanceof SolventError) || !error.code.startsWith("l1-")) throw error;
          failures.push(error.code);
        },
      );
    try {
      for (const mode of Object.keys(L1_MODES)) {
        proxy.mode = mode;
        await attempt(careful.submit(request(mode)));
        await Promise.all([careful.bid(), careful.spendable(), careful.poll()].map(attempt));
        await anvil.mine(1);
        await careful.poll();
        await attempt(careful.replace(mode, request(mode, "0x02")));
      }
      proxy.mode = "honest";
      expect(new Set(failures).size, failures.join(" ")).to.be.above(2);
      for (let i = 0; i < 20; i++) {
        for (const mode of Object.keys(L1_MODES)) await attempt(careful.submit(request(mode)));
        await anvil.mine(1);
        await careful.poll();
        if (careful.pending().length === 0) break;
      }
      expect(careful.pending()).to.deep.equal([]);
      expect(careful.problem).to.equal(null);
    } finally {
      await proxy.stop();
    }
  });

  it("sends the same bytes again after a crash before they reached L1", async () => {
    await sender.submit(request("a"));
    const { raw, hash } = found("a").versions[0];
    await anvil.rpc.send("anvil_dropTransaction", [hash]);
    await store.close();
    await open();
    expect(found("a").versions[0].raw).to.equal(raw);
    await sender.poll();
    expect(await anvil.rpc.send("eth_getTransactionByHash", [hash])).to.not.equal(null);
    await mineAndPoll();
    expect(found("a")).to.include({ status: "mined", minedHash: hash });
    expect(found("a").versions).to.have.length(1);
  });

  it("bids more for a transaction that is stuck, under the same nonce", async () => {
    await anvil.mine();
    await sender.submit(request("a"));
    const nonce = found("a").nonce;
    await anvil.rpc.send("anvil_setNextBlockBaseFeePerGas", ["0x" + (10n ** 11n).toString(16)]);
    await anvil.mine();
    expect(found("a").status).to.equal("pending");
    await mineAndPoll(2);
    for (let i = 0; i < 12 && found("a").status === "pending"; i++) await mineAndPoll();
    expect(found("a")).to.include({ status: "mined", nonce });
    expect(found("a").versions.length).to.be.greaterThan(1);
    await anvil.rpc.send("anvil_setNextBlockBaseFeePerGas", ["0x" + (10n ** 9n).toString(16)]);
    await anvil.mine();
  });

  it("replaces the content of a pending transaction: one of the two is mined", async () => {
    await sender.submit(request("a", "0x01"));
    const first = found("a").versions[0].hash;
    await sender.replace("a", request("a", "0x02"));
    await mineAndPoll();
    expect(found("a").status).to.equal("mined");
    expect(found("a").minedHash).to.not.equal(first);
    const mined = await anvil.rpc.send<{ input: string }>("eth_getTransactionByHash", [found("a").minedHash]);
    expect(mined.input).to.equal("0x02");
  });

  it("sends again what a reorg dropped", async () => {
    await sender.submit(request("a"));
    await mineAndPoll();
    expect(found("a").status).to.equal("mined");
    await anvil.reorg(1);
    await sender.poll();
    expect(found("a").status).to.equal("pending");
    await mineAndPoll();
    expect(found("a").status).to.equal("mined");
  });

  it("leaves to whoever asks again what lapses and a reorg dropped, or a crash kept from L1; the nonce is the next one's", async () => {
    const lapsing = (key: string) => ({ ...request(key), lapses: true });
    await sender.submitAll(["a", "b"].map(lapsing));
    const { nonce } = found("a");
    await mineAndPoll();
    await anvil.reorg(1);
    await mineAndPoll();
    expect(["a", "b"].map((key) => found(key).status)).to.deep.equal(["withdrawn", "withdrawn"]);
    expect(await sender.submit(lapsing("b"))).to.include({ nonce, status: "pending" });
    expect(found("b").nonce).to.equal(nonce);
    await anvil.rpc.send("anvil_dropTransaction", [found("b").versions.at(-1)!.hash]);
    await store.close();
    await open();
    await mineAndPoll();
    expect(found("b").status).to.equal("withdrawn");
    await sender.submit(lapsing("c"));
    await mineAndPoll();
    expect(found("c")).to.include({ nonce, status: "mined" });
  });

  it("sends nothing that was decided on a block which L1 took back", async () => {
    const { number, hash, parentHash } = await anvil.rpc.send<Record<string, Hex>>("eth_getBlockByNumber", [
      "latest",
      false,
    ]);
    const head = { number: Number(number), hash, parentHash, time: 0 };
    await sender.submitAll([request("on L1")], head);
    await mineAndPoll();
    await anvil.reorg(2);
    const refused = await sender.submitAll([request("gone")], head).catch((error: { code: string }) => error.code);
    expect(refused).to.equal("l1-moved");
    expect(sender.find("gone")).to.equal(undefined);
  });

  it("says so when a transaction reverts", async () => {
    const revert: Hex = "0x60006000fd";
    await anvil.rpc.send("anvil_setCode", [`0x${"43".repeat(20)}`, revert]);
    await sender.submit({ key: "bad", to: `0x${"43".repeat(20)}`, data: "0x", gasLimit: 50_000n });
    await mineAndPoll();
    expect(found("bad").status).to.equal("reverted");
    const again = await sender.submit(request("bad"));
    expect(again.nonce).to.be.greaterThan(0);
    await mineAndPoll();
    expect(found("bad").status).to.equal("mined");
  });

  it("notices that somebody else uses its key", async () => {
    await sender.submit(request("a"));
    const { versions, nonce } = found("a");
    await anvil.rpc.send("anvil_dropTransaction", [versions[0].hash]);
    const wallet = new Wallet(KEYS[0], await anvil.rpc.provider());
    await wallet.sendTransaction({ to: TO, nonce, gasLimit: 50_000, maxFeePerGas: 10n ** 11n });
    for (let i = 0; i < 4; i++) await mineAndPoll();
    expect(found("a").status).to.equal("displaced");
    await sender.submit(request("a"));
    await mineAndPoll();
    expect(found("a")).to.include({ status: "mined", nonce: nonce + 1 });
  });

  for (const isRestarted of [false, true])
    it(`N9 goes on after L1 went back by more than it remembers${isRestarted ? ", also after a restart" : ""}`, async () => {
      const snapshot = await anvil.rpc.send<string>("evm_snapshot", []);
      for (const key of ["deep 1", "deep 2", "deep 3"]) {
        await sender.submit(request(key));
        await mineAndPoll();
      }
      await mineAndPoll(70);
      expect(sender.find("deep 3")).to.equal(undefined);
      await sender.submit(request("late"));
      await mineAndPoll(2);
      const { nonce } = found("late");
      expect(found("late").status).to.equal("mined");
      await anvil.rpc.send("evm_revert", [snapshot]);
      if (isRestarted) {
        await store.close();
        await open();
      }
      await sender.poll();
      await sender.submit(request("new"));
      for (let i = 0; i < 4; i++) await mineAndPoll();
      expect(found("late")).to.include({ status: "mined", nonce });
      expect(found("new")).to.include({ status: "mined", nonce: nonce + 1 });
      expect(sender.pending()).to.deep.equal([]);
    });

  it("N9 fills nothing where L1's node lagged for one answer", async () => {
    await sender.submit(request("deep"));
    await mineAndPoll(70);
    await sender.poll();
    await sender.submit(request("late"));
    await mineAndPoll();
    const { nonce } = found("late");
    const { send } = anvil.rpc;
    const lags = (method: string, params: unknown[]): Promise<unknown> =>
      method === "eth_getTransactionCount" ? Promise.resolve("0x0") : send.call(anvil.rpc, method, params);
    anvil.rpc.send = lags as typeof send;
    await sender.poll();
    anvil.rpc.send = send;
    await mineAndPoll();
    expect(found("late")).to.include({ status: "mined", nonce });
    expect(sender.find("nothing at nonce 0")).to.equal(undefined);
  });

  it("keeps a problem to report while L1 is down, and recovers", async () => {
    await sender.submit(request("a"));
    await anvil.frozen(() => sender.poll());
    expect(sender.problem).to.match(/does not answer/);
    await mineAndPoll();
    expect(sender.problem).to.equal(null);
    expect(found("a").status).to.equal("mined");
  });

  const setBalance = (wei: bigint): Promise<unknown> =>
    anvil.rpc.send("anvil_setBalance", [sender.address, "0x" + wei.toString(16)]);
  const rich = 10n ** 22n;

  it("N4 C1 sends what can be paid where something before it cannot, and says what is missing", async () => {
    try {
      await setBalance(10n ** 18n);
      const sent = await sender.submitAll([
        request("free"),
        { ...request("dear"), value: 10n ** 18n },
        request("behind"),
      ]);
      expect(sent.map(({ key }) => key)).to.deep.equal(["free"]);
      expect(sender.problem).to.match(
        /^dear waits for 0\.\d+ ether: it may cost 1\.\d+ ether, and 0x\w+ can spend 0\.\d+$/,
      );
      await sender.submit(request("later"));
      await mineAndPoll();
      expect(["free", "later"].map((key) => found(key).status)).to.deep.equal(["mined", "mined"]);
      expect(found("later").nonce).to.equal(found("free").nonce + 1);
    } finally {
      await setBalance(rich);
    }
  });

  it("N4 C1 gives the nonce free of what L1 dropped and refuses for lack of funds, and what comes behind goes on", async () => {
    try {
      await sender.submitAll([{ ...request("dear"), value: 10n ** 18n }, request("behind")]);
      const { nonce, versions } = found("dear");
      await anvil.rpc.send("anvil_dropTransaction", [versions[0].hash]);
      await setBalance(10n ** 17n);
      await anvil.mine(2);
      await sender.poll();
      expect(found("dear").status).to.equal("withdrawn");
      expect(sender.problem).to.match(/^dear waits for 0\.9\d* ether/);
      // A free move takes the nonce, so that what stands behind it is mined.
      expect((await sender.submit(request("free"))).nonce).to.equal(nonce);
      await mineAndPoll();
      expect(["free", "behind"].map((key) => found(key).status)).to.deep.equal(["mined", "mined"]);
      expect(sender.problem).to.equal(null);
      await setBalance(rich);
      await sender.submit({ ...request("dear"), value: 10n ** 18n });
      await mineAndPoll();
      expect(found("dear").status).to.equal("mined");
    } finally {
      await setBalance(rich);
    }
  });

  it("N4 C1 lets nothing wait behind a nonce that was given free, also where nothing else is to be sent, and after a restart", async () => {
    try {
      await sender.submitAll([{ ...request("dear"), value: 10n ** 18n }, request("behind")]);
      await anvil.rpc.send("anvil_dropTransaction", [found("dear").versions[0].hash]);
      await setBalance(10n ** 17n);
      await anvil.mine(2);
      await sender.poll();
      await store.close();
      await open();
      for (let i = 0; i < 6; i++) await mineAndPoll();
      expect(found("behind").status).to.equal("mined");
    } finally {
      await setBalance(rich);
    }
  });

  it("N4 tells which of two contents under one nonce was mined", async () => {
    await sender.submit(request("first", "0x01"));
    const [{ raw, hash }] = found("first").versions;
    await anvil.rpc.send("anvil_dropTransaction", [hash]);
    await sender.replace("first", request("second", "0x02"));
    await anvil.rpc.send("anvil_dropTransaction", [found("second").versions[1].hash]);
    await anvil.rpc.send("eth_sendRawTransaction", [raw]);
    await mineAndPoll();
    expect(sender.find("second")).to.equal(undefined);
    expect(found("first")).to.include({ status: "mined", minedHash: hash, data: "0x01" });
  });

  it("takes another nonce where a transaction of another process with its key waits in L1's pool", async () => {
    const wallet = new Wallet(KEYS[0], await anvil.rpc.provider());
    const nonce = await wallet.getNonce();
    await wallet.sendTransaction({ to: TO, nonce, gasLimit: 50_000, maxFeePerGas: 10n ** 11n });
    await sender.submit(request("a"));
    expect(found("a").nonce).to.equal(nonce + 1);
    await mineAndPoll();
    expect(found("a").status).to.equal("mined");
  });

  describe("N12 with L1's base fee above the limit", () => {
    const limit = 500n * 10n ** 9n;
    const setBaseFee = async (wei: bigint): Promise<void> => {
      await anvil.rpc.send("anvil_setNextBlockBaseFeePerGas", ["0x" + wei.toString(16)]);
      await anvil.mine();
    };
    const bids = (key: string): bigint[] => found(key).versions.map(({ maxFee }) => BigInt(maxFee));
    beforeEach(async () => {
      sender = await L1Sender.create(anvil.rpc, KEYS[0], store, { stuckBlocks: 1, maxFeePerGas: limit }, log);
    });
    afterEach(() => setBaseFee(10n ** 9n));

    it("sends nothing new, says that it waits and for what, and goes on by itself", async () => {
      await setBaseFee(10_000n * 10n ** 9n);
      const refused = await sender.submit(request("a")).catch((error: { code: string; message: string }) => error);
      expect(refused).to.include({ code: "l1-fee-limit" });
      const words = /waits until L1's base fee of \d+(\.\d+)? gwei is back under the limit of 500 gwei \(maxFeeGwei\)/;
      expect((refused as { message: string }).message).to.match(words);
      expect(sender.find("a")).to.equal(undefined);
      await setBaseFee(10n ** 9n);
      await sender.submit(request("a"));
      await mineAndPoll();
      expect(found("a").status).to.equal("mined");
    });

    it("leaves what is under way as it is, says so, and sees it mined afterwards", async () => {
      await sender.submit(request("a"));
      await setBaseFee(10_000n * 10n ** 9n);
      for (let i = 0; i < 5; i++) {
        await setBaseFee(10_000n * 10n ** 9n);
        await sender.poll();
        expect(sender.problem).to.match(/^a waits until L1's base fee of \d+/);
      }
      expect(bids("a")).to.have.length(1);
      await setBaseFee(10n ** 9n);
      for (let i = 0; i < 6 && found("a").status === "pending"; i++) await mineAndPoll();
      expect(found("a").status).to.equal("mined");
      expect(sender.problem).to.equal(null);
    });

    it("bids up to the limit and not a wei more where the base fee is a little below it", async () => {
      await setBaseFee(limit - 1n);
      await anvil.rpc.send("anvil_setNextBlockBaseFeePerGas", ["0x" + (limit - 1n).toString(16)]);
      await sender.submit(request("a"));
      expect(bids("a")).to.deep.equal([limit]);
      await sender.replace("a", request("a", "0x02")).catch(() => undefined);
      expect(bids("a")).to.deep.equal([limit]);
      await mineAndPoll();
      expect(found("a").status).to.equal("mined");
    });

    it("raises a stuck bid to the limit and then no further", async () => {
      await sender.submit(request("a"));
      for (const gwei of [100n, 200n, 300n, 450n, 490n, 499n]) {
        await setBaseFee(gwei * 10n ** 9n);
        await anvil.rpc.send("anvil_setNextBlockBaseFeePerGas", ["0x" + (10_000n * 10n ** 9n).toString(16)]);
        await sender.poll();
      }
      expect(bids("a").length).to.be.greaterThan(1);
      expect(bids("a").every((bid) => bid <= limit)).to.equal(true);
    });
  });
});
