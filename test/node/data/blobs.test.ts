import { expect } from "chai";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { createBlock } from "@ethereumjs/block";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM } from "@ethereumjs/evm";
import { SimpleStateManager } from "@ethereumjs/statemanager";
import { Account, createAddressFromString } from "@ethereumjs/util";
import { Transaction, type Wallet } from "ethers";
import { BlobBatches } from "../../../node/data/blobs/batches";
import { batchDataOf } from "../../../node/data/registry";
import type { BatchData, InboxCall } from "../../../node/data/batchData";
import { commitToBlob, sidecarOf, versionedHashOf } from "../../../node/kzg/kzg";
import { INBOX_ABI } from "../../../node/l1/events";
import { L1Follower } from "../../../node/l1/follower";
import { L1Rpc } from "../../../node/l1/rpc";
import { L1Sender } from "../../../node/l1/sender";
import { L1View } from "../../../node/l1/view";
import { Store } from "../../../node/store/store";
import { chunksHash, fromHex, getChunks, toHex, ZERO_HASH } from "../../../protocol";
import { blobsHash, decodeBlob, encodeBlob } from "../../../protocol/blob";
import { isErrorCode } from "../../../protocol/errors";
import type { Hex } from "../../../protocol/types";
import { Random } from "../../vm/support/random";
import { KEYS, startAnvil, type Anvil } from "../support/anvil";
import { deployInbox, type TestInbox } from "../support/inbox";

const log = pino({ level: "silent" });
const FEES = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n, maxFeePerBlobGas: 10n ** 10n };

/** What one node has: a store, its way to the batches, its view of L1. */
interface Node {
  store: Store;
  data: BatchData;
  follower: L1Follower;
}

describe("batches in blobs, on an L1 that has them", function () {
  this.timeout(120_000);
  const random = new Random(51);
  let anvil: Anvil;
  let rpc: L1Rpc;
  let test: TestInbox;
  let folder: string;
  let writer: Node;
  const nodes: Node[] = [];
  const servers: Server[] = [];

  before(async function () {
    const started = await startAnvil();
    if (started === null) return this.skip();
    anvil = started;
    rpc = new L1Rpc(anvil.url, { timeoutMs: 60_000, retries: 0 });
    // The first use of its trusted setup takes anvil seconds: not while somebody waits for a transaction.
    const input = precompileInput();
    await rpc.send("eth_call", [{ to: `0x${"a".padStart(40, "0")}`, data: input }, "latest"]);
  });
  after(async () => {
    await rpc?.close();
    await anvil?.stop();
  });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-blobs-"));
    test = await deployInbox(rpc, KEYS, () => anvil.mine(), 60, "inbox/BlobInbox");
    writer = await open("writer");
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) server.close();
    for (const node of nodes.splice(0)) await node.store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(name: string, dataUrls: string[] = [anvil.url]): Promise<Node> {
    const store = await Store.open(join(folder, name), "test");
    const place = { rpc: rpc, inbox: test.address as Hex, nodes: store.nodes, startBlock: test.deployedAt };
    const data = await batchDataOf({ ...place, dataUrls })();
    const bytesOf = data.read.bind(data);
    const options = { inbox: test.address, startBlock: test.deployedAt, logRange: 50, finality: 5, bytesOf } as const;
    const follower = new L1Follower(rpc, await L1View.load(store), store.nodes, options, log);
    const node = { store, data, follower };
    nodes.push(node);
    return node;
  }

  /** An opening of the zero polynomial, whose commitment and proof are the point at infinity. */
  function precompileInput(): Hex {
    const infinity = "c0" + "00".repeat(47);
    const words = "00".repeat(64);
    return `0x${versionedHashOf(fromHex(`0x${infinity}`)).slice(2)}${words}${infinity}${infinity}`;
  }

  /** The call for the sequencer's next batch. */
  async function next(data: Uint8Array): Promise<InboxCall> {
    await writer.follower.poll();
    const { count, record } = await writer.data.end(writer.follower.view);
    return writer.data.call({ index: count, previousRecord: record, delayedCount: 0, lastMessage: ZERO_HASH, data });
  }

  /** Sends a call with these blobs by hand. @returns the name of the error that it reverts with; null where it does not. */
  async function send(from: Wallet, call: InboxCall, blobs: Uint8Array[]): Promise<string | null> {
    const [nonce, { chainId }] = await Promise.all([from.getNonce(), from.provider!.getNetwork()]);
    const fields = { to: test.address, data: call.data, gasLimit: 1_000_000n, chainId, nonce, ...FEES };
    const transaction = Transaction.from({ type: 3, ...fields });
    transaction.blobWrapperVersion = 1;
    transaction.blobs = await Promise.all(blobs.map(async (data) => ({ data, ...(await sidecarOf(data)) })));
    const raw = await from.signTransaction(transaction);
    const hash = await rpc.send<Hex>("eth_sendRawTransaction", [raw]);
    await anvil.mine();
    const receipt = (await test.provider.getTransactionReceipt(hash))!;
    if (receipt.status === 1) return null;
    const trace = await rpc.send<{ output: string }>("debug_traceTransaction", [hash, { tracer: "callTracer" }]);
    return test.inbox.interface.parseError(trace.output)?.name ?? trace.output;
  }

  const openSender = (): Promise<L1Sender> =>
    L1Sender.create(rpc, KEYS[0], writer.store, { stuckBlocks: 3, maxFeePerGas: 10n ** 12n }, log);

  /** A node that gives these blobs for every block, whatever is asked. */
  async function archive(...blobs: (Uint8Array | string)[]): Promise<string> {
    const server = createServer((request, response) => {
      if (request.url!.endsWith("genesis")) response.end(JSON.stringify({ data: { genesis_time: "0" } }));
      else response.end(JSON.stringify({ data: blobs.map((blob) => (typeof blob === "string" ? blob : toHex(blob))) }));
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** The bytes of a batch, as a node's store holds them for the program. */
  function bytesIn({ store, follower }: Node, index: number): string {
    const { chunksHash: hash } = follower.view.batch(index)!;
    const list = store.nodes.get(fromHex(hash))!;
    const blob = store.nodes.get(list.subarray(32, 64))!;
    expect(blobsHash(toHex(list.subarray(32, 64)))).to.equal(hash);
    return toHex(decodeBlob(blob));
  }

  it("are posted with proofs of their cells, and read back from the hash that L1 keeps", async () => {
    expect(writer.data).to.be.instanceOf(BlobBatches);
    const sender = await openSender();
    const posted: Uint8Array[] = [];
    for (const length of [9_000, 120_000]) {
      const data = random.bytes(length);
      posted.push(data);
      await sender.submit({ key: `batch ${posted.length}`, to: test.address as Hex, ...(await next(data)) });
      await anvil.mine();
      await sender.poll();
      expect(sender.find(`batch ${posted.length}`)!.status).to.equal("mined");
    }
    const reader = await open("reader");
    await reader.follower.poll();
    for (const [index, data] of posted.entries()) {
      expect(bytesIn(reader, index)).to.equal(toHex(data));
      expect(reader.follower.view.batch(index)!.sizeBytes).to.equal(data.length);
      expect(reader.follower.view.batch(index)!.chunksHash).to.equal(
        blobsHash(versionedHashOf(commitToBlob(encodeBlob(data)))),
      );
    }
  });

  it("are replaced under their nonce by others, and only the last is mined", async () => {
    const sender = await openSender();
    const [first, second] = [random.bytes(100), random.bytes(200)];
    const key = "batch 0";
    await sender.submit({ key, to: test.address as Hex, ...(await next(first)) });
    const replaced = await sender.replace(key, { key, to: test.address as Hex, ...(await next(second)) });
    expect(replaced.versions).to.have.length(2);
    const [before, after] = replaced.versions;
    for (const field of ["maxFee", "tip", "blobFee"] as const)
      expect(BigInt(after[field]!) >= 2n * BigInt(before[field]!), field).to.equal(true);
    await anvil.mine();
    await sender.poll();
    expect(sender.find(key)).to.include({ status: "mined", minedHash: after.hash });
    await writer.follower.poll();
    expect(bytesIn(writer, 0)).to.equal(toHex(second));
    // What the same bytes are called that were the first version's: nothing is sent twice.
    const same = { key, to: test.address as Hex, ...(await next(second)) };
    expect((await sender.replace(key, same)).versions).to.have.length(2);
  });

  for (const depth of [1, 2, 3, 5, 10])
    it(`are sent again where a reorg of ${depth} blocks took them back, and read back from what L1 has then`, async () => {
      const sender = await openSender();
      const posted = [random.bytes(3_000), random.bytes(4_000)];
      const submit = async (index: number): Promise<void> => {
        const call = await next(posted[index]);
        await sender.submit({ key: `batch ${index}`, to: test.address as Hex, ...call });
      };
      await submit(0);
      await anvil.mine(10);
      await submit(1);
      await anvil.mine(depth);
      await sender.poll();
      const reader = await open("reader");
      await reader.follower.poll();
      expect(reader.follower.view.batchCount).to.equal(2);
      const before = reader.follower.view.batch(1)!;

      await anvil.reorg(depth);
      await reader.follower.poll();
      expect(reader.follower.view.batchCount).to.equal(1);
      expect(await test.inbox.batchCount()).to.equal(1n);
      await sender.poll();
      expect(sender.find("batch 1")).to.include({ status: "pending" });
      await anvil.mine();
      await sender.poll();
      expect(sender.find("batch 1")).to.include({ status: "mined" });
      await reader.follower.poll();
      expect(reader.follower.view.batchCount).to.equal(2);
      expect(posted.map((_, i) => bytesIn(reader, i))).to.deep.equal(posted.map((one) => toHex(one)));
      const after = reader.follower.view.batch(1)!;
      expect([after.chunksHash, after.l1BlockHash === before.l1BlockHash]).to.deep.equal([before.chunksHash, false]);
      expect(await test.inbox.batchRecord(1)).to.equal(after.record);
    });

  it("may be calldata, batch by batch", async () => {
    const data = random.bytes(5_000);
    const { count, record } = await writer.data.end(writer.follower.view);
    const args = [count, record, 0, ZERO_HASH, toHex(data)];
    const call = INBOX_ABI.encodeFunctionData("postBatch", args);
    await test.sequencer.sendTransaction({ to: test.address, data: call, gasLimit: 1_000_000n });
    await anvil.mine();
    expect(await send(test.sequencer, await next(data), [encodeBlob(data)])).to.equal(null);
    await writer.follower.poll();
    const [asCalldata, asBlob] = [0, 1].map((index) => writer.follower.view.batch(index)!);
    expect(asCalldata.chunksHash).to.equal(chunksHash(data));
    expect(toHex(getChunks(writer.store.nodes, asCalldata.chunksHash)!)).to.equal(toHex(data));
    expect(asBlob.chunksHash).not.to.equal(asCalldata.chunksHash);
    expect(bytesIn(writer, 1)).to.equal(toHex(data));
  });

  it("come alone: a second blob, bytes beside one, and whoever has no turn are refused", async () => {
    const [one, other] = [encodeBlob(random.bytes(50)), encodeBlob(random.bytes(60))];
    const call = await next(random.bytes(50));
    expect(await send(test.sequencer, call, [one, other])).to.equal("TooManyBlobs");
    const args = [0, ZERO_HASH, 0, ZERO_HASH, "0x01"];
    const both = { data: INBOX_ABI.encodeFunctionData("postBatch", args) as Hex };
    expect(await send(test.sequencer, both, [one])).to.equal("BlobAndCalldata");
    expect(await send(test.user, call, [one])).to.equal("NotSequencer");
    expect(await send(test.sequencer, call, [one])).to.equal(null);
  });

  it("come with hashes of version 1: of another one L1 takes no transaction yet, and the inbox refuses it when L1 does", async () => {
    const code = fromHex(await rpc.send<Hex>("eth_getCode", [test.address, "latest"]));
    const common = new Common({ chain: Mainnet, hardfork: Hardfork.Osaka });
    const evm = await createEVM({ common, stateManager: new SimpleStateManager({ common }) });
    const [caller, to] = [test.sequencer.address, test.address].map(createAddressFromString);
    await evm.stateManager.putAccount(to, new Account());
    await evm.stateManager.putCode(to, code);
    const { data } = await next(random.bytes(50));
    const { number, timestamp } = (await test.provider.getBlock("latest"))!;
    const block = createBlock({ header: { number: number + 1, timestamp: timestamp + 1 } }, { common });
    const postBatch = async (version: string): Promise<string | null> => {
      const blobVersionedHashes: Hex[] = [`0x${version}${"11".repeat(31)}`];
      const call = { caller, to, block, data: fromHex(data), gasLimit: 1_000_000n, blobVersionedHashes };
      const { exceptionError, returnValue } = (await evm.runCall(call)).execResult;
      if (exceptionError === undefined) return null;
      return test.inbox.interface.parseError(returnValue)?.name ?? exceptionError.error;
    };
    expect(await postBatch("02")).to.equal("BlobVersion");
    expect(await postBatch("00")).to.equal("BlobVersion");
    expect(await postBatch("01")).to.equal(null);
  });

  it("are taken from whoever gives the right one, and from nobody else", async () => {
    const data = random.bytes(777);
    const blob = encodeBlob(data);
    expect(await send(test.sequencer, await next(data), [blob])).to.equal(null);
    const outside = new Uint8Array(blob.length).fill(255);
    const liar = await archive(encodeBlob(random.bytes(777)), outside, "0x12", "nonsense");
    const lied = await open("lied", [liar]);
    const refusal = await lied.follower.poll().then(
      () => null,
      (error: unknown) => error,
    );
    expect(isErrorCode(refusal, "l1-data-missing"), String(refusal)).to.equal(true);
    const nobody = await open("alone", []);
    await nobody.follower.poll().catch(() => undefined);
    expect(nobody.follower.view.batchCount).to.equal(0);
    const served = await open("served", ["http://127.0.0.1:1", liar, await archive(blob)]);
    await served.follower.poll();
    expect(bytesIn(served, 0)).to.equal(toHex(data));
  });

  it("are kept: a node that has one asks nobody again", async () => {
    const data = random.bytes(321);
    const blob = encodeBlob(data);
    expect(await send(test.sequencer, await next(data), [blob])).to.equal(null);
    const keeper = await open("keeper", []);
    keeper.store.nodes.put(fromHex(versionedHashOf(commitToBlob(blob))), blob);
    await keeper.follower.poll();
    expect(bytesIn(keeper, 0)).to.equal(toHex(data));
  });
});
