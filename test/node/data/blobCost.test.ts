import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import pino from "pino";
import { BlobBatches } from "../../../node/data/blobs/batches";
import { BeaconNodes } from "../../../node/data/blobs/beacon";
import { cheaperForm, postGas } from "../../../node/data/blobs/cost";
import type { BatchForm, InboxCall, OutgoingBatch } from "../../../node/data/batchData";
import { marketPrices } from "../../../node/l1/fees";
import { BLOB_GAS } from "../../../node/l1/outgoing";
import { L1Rpc } from "../../../node/l1/rpc";
import { L1Sender } from "../../../node/l1/sender";
import { L1View } from "../../../node/l1/view";
import { Store } from "../../../node/store/store";
import { BatchPoster } from "../../../sequencer/batch/poster";
import type { Turns } from "../../../sequencer/turns/turns";
import { Health } from "../../../actor/health";
import { fromHex, ZERO_HASH } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { Random } from "../../vm/support/random";
import { KEYS, startAnvil, type Anvil } from "../support/anvil";
import { deployInbox, type TestInbox } from "../support/inbox";

const log = pino({ level: "silent" });
/** Blobs have been scarce for a while: one costs as much as some three thousand bytes of calldata. */
const GENESIS = {
  ...{ config: { chainId: 31_337 }, alloc: {}, difficulty: "0x0", gasLimit: "0x3938700", timestamp: "0x0" },
  ...{ excessBlobGas: "0x6000000", blobGasUsed: "0x0", baseFeePerGas: "0x3b9aca00" },
};
/** So much calldata costs more than a blob. */
const LONG_BYTES = 20_000;
/** What is reckoned of a transaction's gas is within one percent. */
const PERCENT = 1;

describe("batches in blobs or in calldata, whichever costs less", function () {
  this.timeout(120_000);
  const random = new Random(52);
  let anvil: Anvil;
  let rpc: L1Rpc;
  let test: TestInbox;
  let folder: string;
  let store: Store;
  let sender: L1Sender;
  let mode: BlobBatches;
  let record: Hex = ZERO_HASH;
  let count = 0;

  before(async function () {
    folder = mkdtempSync(join(tmpdir(), "solvent-cost-"));
    const genesis = join(folder, "genesis.json");
    writeFileSync(genesis, JSON.stringify(GENESIS));
    const started = await startAnvil(["--init", genesis]);
    if (started === null) return this.skip();
    anvil = started;
    rpc = new L1Rpc(anvil.url, { timeoutMs: 60_000, retries: 0 });
    test = await deployInbox(rpc, KEYS, () => anvil.mine(), 60, "inbox/BlobInbox");
    store = await Store.open(join(folder, "store"), "test");
    sender = await L1Sender.create(rpc, KEYS[0], store, { stuckBlocks: 3, maxFeePerGas: 10n ** 12n }, log);
    mode = new BlobBatches(rpc, store.nodes, new BeaconNodes([anvil.url]));
    // The first batch writes to slots that no other one does.
    await post(batch(10), "calldata");
  });
  after(async () => {
    await store?.close();
    await rpc?.close();
    await anvil?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function batch(length: number): OutgoingBatch {
    return {
      index: count,
      previousRecord: record,
      delayedCount: 0,
      lastMessage: ZERO_HASH,
      data: random.bytes(length),
    };
  }

  /** @returns gas and blob gas that L1 took. */
  async function post(one: OutgoingBatch, form: BatchForm): Promise<{ gas: bigint; blobGas: bigint }> {
    const call: InboxCall = mode.call({ ...one, form });
    const key = `batch ${one.index}`;
    await sender.submit({ key, to: test.address as Hex, ...call });
    await anvil.mine();
    await sender.poll();
    const { status, minedHash } = sender.find(key)!;
    expect(status).to.equal("mined");
    const receipt = await rpc.send<{ gasUsed: string; blobGasUsed?: string }>("eth_getTransactionReceipt", [minedHash]);
    record = (await test.inbox.batchRecord(count++)) as Hex;
    return { gas: BigInt(receipt.gasUsed), blobGas: BigInt(receipt.blobGasUsed ?? 0) };
  }

  it("are reckoned by what L1 really takes, and the cheaper one is chosen", async () => {
    const chosen = new Map<number, BatchForm>();
    for (const length of [300, 2_000, 4_000, 60_000]) {
      const prices = await marketPrices(rpc);
      const one = batch(length);
      const form = await mode.cheaperForm(one);
      const costs = new Map<BatchForm, bigint>();
      for (const way of ["calldata", "blob"] as const) {
        const same = { ...one, index: count, previousRecord: record };
        const reckoned = postGas(fromHex(mode.call({ ...same, form: way }).data));
        const { gas, blobGas } = await post(same, way);
        expect(blobGas).to.equal(way === "blob" ? BLOB_GAS : 0n);
        const off = Number(reckoned - gas) / Number(gas);
        expect(100 * Math.abs(off), `${way} of ${length} bytes: ${reckoned} of ${gas} gas`).to.be.below(PERCENT);
        costs.set(way, gas * prices.gas + blobGas * prices.blobGas!);
      }
      const cheaper = costs.get("blob")! < costs.get("calldata")! ? "blob" : "calldata";
      expect(form, `${length} bytes`).to.equal(cheaper);
      chosen.set(length, form);
    }
    expect([chosen.get(300), chosen.get(60_000)]).to.deep.equal(["calldata", "blob"]);
  });

  it("are calldata where both cost the same, and blobs from one wei less", () => {
    const beside = fromHex(mode.call({ ...batch(1), form: "blob" }).data);
    const calldata = fromHex(mode.call({ ...batch(LONG_BYTES), form: "calldata" }).data);
    const more = postGas(calldata) - postGas(beside);
    // A price of blobs at which the blob makes up for exactly what calldata takes more.
    const [gas, blobGas] = [BLOB_GAS, more];
    expect(cheaperForm(calldata, beside, { gas, blobGas })).to.equal("calldata");
    expect(cheaperForm(calldata, beside, { gas, blobGas: blobGas - 1n })).to.equal("blob");
  });

  for (const [what, answer] of [
    [
      "refused",
      JSON.stringify({ jsonrpc: "2.0", id: 1, error: { code: -32_601, message: "the method does not exist" } }),
    ],
    ["never given", null],
    ["no number", JSON.stringify({ jsonrpc: "2.0", id: 1, result: "cheap" })],
  ] as const)
    it(`are calldata where the price of a blob is ${what}, whatever they would cost, and nothing waits for it`, async () => {
      const one = batch(LONG_BYTES);
      expect(await mode.cheaperForm(one)).to.equal("blob");
      const server = createServer((request, response) => void pass(request, response, answer));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const other = new L1Rpc(url, { timeoutMs: 1_000, retries: 0 });
      try {
        const poor = new BlobBatches(other, store.nodes, new BeaconNodes([anvil.url]));
        expect(await poor.cheaperForm(one)).to.equal("calldata");
      } finally {
        await other.close();
        server.closeAllConnections();
        server.close();
      }
    });

  /** Answers one question so; where null never. All others are anvil's to answer. */
  async function pass(request: IncomingMessage, response: ServerResponse, answer: string | null): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const { method, id } = JSON.parse(body.toString()) as { method: string; id: number };
    if (method !== "eth_blobBaseFee") {
      const given = await fetch(anvil.url, { method: "POST", body, headers: { "content-type": "application/json" } });
      response.end(await given.text());
    } else if (answer !== null) response.end(JSON.stringify({ ...(JSON.parse(answer) as object), id }));
  }

  it("stay what they were sent as, whatever prices do, until they are mined", async () => {
    const turns = { obstacle: () => Promise.resolve(null), extraGas: () => Promise.resolve(0n) } as unknown as Turns;
    const view = await L1View.load(store);
    const [openData, openTurns] = [() => Promise.resolve(mode), () => Promise.resolve(turns)];
    const poster = new BatchPoster(
      ...([test.address as Hex, view, openData, openTurns, () => 0, sender, new Health(), "cheaper"] as const),
    );
    const closed = { firstBlock: 1, lastBlock: 1, lastBlockHash: ZERO_HASH, delayedCount: 0, lastMessage: ZERO_HASH };
    const send = (length: number): Promise<void> =>
      poster.post({ ...closed, index: count, data: random.bytes(length) }, { count, record, last: null, pending: [] });
    const sentAsBlob = (): boolean => sender.find(`batch ${count}`)!.blob !== undefined;
    await send(500);
    expect(sentAsBlob()).to.equal(false);
    // What is to go in its place would be a blob, were it the first.
    await send(LONG_BYTES);
    expect(sentAsBlob()).to.equal(false);
    await anvil.mine();
    await sender.poll();
    expect(sender.find(`batch ${count}`)!.status).to.equal("mined");
    record = (await test.inbox.batchRecord(count++)) as Hex;
    await send(LONG_BYTES);
    expect(sentAsBlob()).to.equal(true);
  });
});
