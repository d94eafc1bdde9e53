import { expect } from "chai";
import { Wallet } from "ethers";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import type { Hex } from "../../../protocol/types";
import { L1Sender, type Outgoing } from "../../../node/l1/sender";
import { Store } from "../../../node/store/store";
import { KEYS, startAnvil, type Anvil } from "../support/anvil";

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
    anvil.signal("SIGSTOP");
    await sender.poll();
    expect(sender.problem).to.match(/does not answer/);
    anvil.signal("SIGCONT");
    await mineAndPoll();
    expect(sender.problem).to.equal(null);
    expect(found("a").status).to.equal("mined");
  });
});
