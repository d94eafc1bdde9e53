import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import pino from "pino";
import { Health } from "../../../actor/health";
import type { BatchData, OrderEnd } from "../../../node/data/batchData";
import { L1Sender } from "../../../node/l1/sender";
import type { L1View } from "../../../node/l1/view";
import { Store } from "../../../node/store/store";
import { toHex, ZERO_HASH } from "../../../protocol";
import { encodeBlob } from "../../../protocol/blob";
import type { Hex } from "../../../protocol/types";
import { BatchPoster } from "../../../sequencer/batch/poster";
import type { Turns } from "../../../sequencer/turns/turns";
import { KEYS, startAnvil, type Anvil } from "../support/anvil";

const INBOX: Hex = `0x${"1b".repeat(20)}`;
const BATCH = {
  index: 7,
  firstBlock: 1,
  lastBlock: 2,
  lastBlockHash: ZERO_HASH,
  delayedCount: 0,
  lastMessage: ZERO_HASH,
};
const END = { count: 7, record: ZERO_HASH, last: null, pending: [] } as unknown as OrderEnd;

describe("sequencer: a batch whose turn ends while it is under way", function () {
  this.timeout(60_000);
  let anvil: Anvil;
  let folder: string;
  let store: Store;
  let sender: L1Sender;
  let poster: BatchPoster;
  let obstacle: string | null;
  let blob: Uint8Array | undefined;
  let view: L1View;
  const health = new Health();

  before(async function () {
    const started = await startAnvil();
    if (started === null) return this.skip();
    anvil = started;
  });
  after(() => anvil?.stop());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-poster-"));
    store = await Store.open(folder, "test");
    const options = { stuckBlocks: 2, maxFeePerGas: 10n ** 12n };
    sender = await L1Sender.create(anvil.rpc, KEYS[0], store, options, pino({ level: "silent" }));
    const turns = {
      obstacle: () => Promise.resolve(obstacle),
      extraGas: () => Promise.resolve(0n),
    } as unknown as Turns;
    const call = () => ({ data: "0xb0" as Hex, gasLimit: 100_000n, blob });
    const data = { publish: () => Promise.resolve(), call, cheaperForm: null } as unknown as BatchData;
    view = { tip: null } as L1View;
    const [openData, openTurns] = [() => Promise.resolve(data), () => Promise.resolve(turns)];
    poster = new BatchPoster(INBOX, view, openData, openTurns, () => 0, sender, health, "always");
    [obstacle, blob] = [null, undefined];
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const post = () => poster.post({ ...BATCH, data: new Uint8Array([1]) }, END);

  it("gives its nonce to a transaction that does nothing, is not paid for, and is sent again in the next turn", async () => {
    await post();
    const { nonce } = sender.find("batch 7")!;
    obstacle = "it is the turn of another";
    await post();
    expect(health.summary()).to.match(/turn: it is the turn of another/);
    expect(sender.find("batch 7"), "under its name nothing is under way").to.equal(undefined);
    await anvil.mine(1);
    await sender.poll();
    expect(sender.find("nothing for batch 7")).to.include({ nonce, status: "mined", to: sender.address, data: "0x" });
    expect(await anvil.rpc.send("eth_getTransactionCount", [sender.address, "latest"])).to.equal(
      `0x${(nonce + 1).toString(16)}`,
    );
    obstacle = null;
    await post();
    expect(sender.find("batch 7")).to.include({ nonce: nonce + 1, status: "pending", to: INBOX });
    expect(health.summary()).to.equal(null);
    await anvil.mine(1);
    await sender.poll();
  });

  it("is left as it is where it carries a blob, which is paid for either way", async () => {
    blob = encodeBlob(new Uint8Array([1]));
    await post();
    const before = sender.find("batch 7")!;
    expect(before.blob).to.equal(toHex(blob));
    obstacle = "it is the turn of another";
    await post();
    expect(sender.find("batch 7")).to.include({ nonce: before.nonce, status: "pending" });
    expect(sender.find("batch 7")!.versions).to.have.length(1);
    // anvil may look at its first blob for seconds before a block takes it.
    for (let i = 0; i < 300 && sender.find("batch 7")!.status !== "mined"; i++) {
      await anvil.mine(1);
      await sender.poll();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(sender.find("batch 7")!.status).to.equal("mined");
  });

  it("is left alone where it is mined already, and nothing is sent where it is not its turn", async () => {
    await post();
    await anvil.mine(1);
    await sender.poll();
    obstacle = "it is the turn of another";
    await post();
    expect(sender.find("batch 7")!.status).to.equal("mined");
    expect(sender.find("nothing for batch 7")).to.equal(undefined);
    await poster.post({ ...BATCH, index: 8, data: new Uint8Array([1]) }, END);
    expect(sender.find("batch 8")).to.equal(undefined);
  });

  it("is a health problem while L1 refuses it although it is its turn, and none once it has landed or nothing is left", async () => {
    const setCode = (code: Hex) => anvil.rpc.send("anvil_setCode", [INBOX, code]);
    const look = async (): Promise<void> => {
      await anvil.mine(1);
      await sender.poll();
      const number = Number(await anvil.rpc.send<string>("eth_blockNumber", []));
      view = Object.assign(view, { tip: { number } });
    };
    const refused = async (code: Hex, why: RegExp): Promise<void> => {
      await setCode(code);
      await post();
      await look();
      await post();
      expect(health.summary()).to.match(why);
    };
    await refused("0x5f5ffd", /poster: L1 refused batch 7 in block \d+ although it is its turn: it is sent again/);
    await look();
    await refused("0xfe", /poster: L1 refused batch 7 in block \d+ for want of gas \(it had 100000\)/);
    await setCode("0x");
    await look();
    await post();
    expect([sender.find("batch 7")!.status, health.summary()]).to.deep.equal(["mined", null]);
    health.report("poster", "as it was");
    poster.rest();
    expect(health.summary()).to.equal(null);
  });
});
