import { expect } from "chai";
import { AbiCoder, JsonRpcProvider, getCreateAddress } from "ethers";
import { devAccount } from "../../devnet/accounts";
import { startAnvil, type Anvil } from "../node/support/anvil";
import { ask, connect, result, startDevnet } from "./support/devnet";
import { PAYEE, sendOperations, type Operations } from "./support/operations";

const PASSER = "0x4200000000000000000000000000000000000016";
const ACCOUNT = 6;

interface Page {
  txs: { hash: string; blockNumber: string }[];
  receipts: { transactionHash: string; timestamp: string }[];
  firstPage: boolean;
  lastPage: boolean;
}
interface Entry {
  type: string;
  depth: number;
  from: string;
  to: string | null;
  value: string | null;
  input: string;
  output: string;
}

/** Expected values are those of docs.otterscan.io; fields also those of anvil, which serves the same namespace. */
describe("rpc: what Otterscan asks, over a running sequencer", function () {
  this.timeout(120_000);
  let url: string;
  let sent: Operations;
  const call = <T>(method: string, ...params: unknown[]): Promise<T> => result<T>(url, method, ...params);

  before(async () => {
    url = (await startDevnet()).l2.sequencer!;
    sent = await sendOperations(connect(url), devAccount(ACCOUNT).privateKey);
  });

  it("tells its level, and what is a contract at which block", async () => {
    expect(await call("ots_getApiLevel")).to.equal(8);
    const { tally, sender, deployed } = sent;
    expect(await call("ots_hasCode", tally, "latest")).to.equal(true);
    expect(await call("ots_hasCode", tally, deployed.blockNumber)).to.equal(true);
    expect(await call("ots_hasCode", tally, deployed.blockNumber - 1)).to.equal(false);
    expect(await call("ots_hasCode", sender, "latest")).to.equal(false);
    expect(await call<{ number: string }>("erigon_getHeaderByNumber", 1)).to.include({ number: "0x1" });
  });

  it("lists operations that moved ether or made contracts, and none that was reverted", async () => {
    const root = sent.created.contractAddress!.toLowerCase();
    const empty = getCreateAddress({ from: root, nonce: 1 }).toLowerCase();
    expect(await call("ots_getInternalOperations", sent.created.hash)).to.deep.equal([
      { type: 2, from: root, to: empty, value: "0x0" },
      { type: 0, from: root, to: PAYEE, value: "0x1" },
    ]);
    expect(await call("ots_getInternalOperations", sent.reverted.hash)).to.deep.equal([]);
  });

  it("shows the tree of calls as a list, those that failed too", async () => {
    const entries = await call<Entry[]>("ots_traceTransaction", sent.created.hash);
    expect(entries.map(({ type, depth, value }) => [type, depth, value])).to.deep.equal([
      ["CREATE", 0, "0xde0b6b3a7640000"],
      ["CREATE", 1, "0x0"],
      ["CALL", 1, "0x1"],
      ["CREATE", 1, "0x1"],
      ["CALL", 2, "0x1"],
    ]);
    expect(entries[0]).to.include({
      from: sent.sender,
      to: sent.created.contractAddress!.toLowerCase(),
      output: "0x00",
    });
    const [failed] = await call<Entry[]>("ots_traceTransaction", sent.reverted.hash);
    expect(failed).to.include({ type: "CALL", input: "0x232388f3", value: "0x0" });
  });

  it("gives what a failed transaction returned, and nothing for others", async () => {
    const error = await call<string>("ots_getTransactionError", sent.reverted.hash);
    const [text] = AbiCoder.defaultAbiCoder().decode(["string"], `0x${error.slice(10)}`) as unknown as [string];
    expect([error.slice(0, 10), text]).to.deep.equal(["0x08c379a0", "no such luck"]);
    expect(await call("ots_getTransactionError", sent.created.hash)).to.equal("0x");
    expect(await call("ots_getTransactionError", `0x${"00".repeat(32)}`)).to.equal(null);
  });

  it("shows a block without its transactions, and what was paid in it", async () => {
    const { blockNumber, blockHash, gasUsed, gasPrice } = sent.created;
    const details = await call<{ block: Record<string, unknown>; totalFees: string }>(
      "ots_getBlockDetails",
      blockNumber,
    );
    expect(details.block).to.include({ hash: blockHash, transactionCount: 1, logsBloom: null });
    expect(details.block).to.not.have.property("transactions");
    expect(BigInt(details.totalFees)).to.equal(gasUsed * gasPrice);
    expect(await call("ots_getBlockDetailsByHash", blockHash)).to.deep.equal(details);
    expect(await call("ots_getBlockDetails", 0xffffff)).to.equal(null);
  });

  it("pages a block's transactions from its end, with selectors for calldata", async () => {
    const page = (number: number, size: number) =>
      call<{ fullblock: { transactions: { input: string }[]; transactionCount: number }; receipts: unknown[] }>(
        ...["ots_getBlockTransactions" as const, sent.created.blockNumber, number, size],
      );
    const { fullblock, receipts } = await page(0, 10);
    expect(fullblock.transactions.map(({ input }) => input)).to.deep.equal(["0x60006000"]);
    expect(receipts).to.have.length(1);
    expect(receipts[0]).to.include({ transactionHash: sent.created.hash, logs: null, logsBloom: null });
    expect((await page(1, 1)).fullblock).to.deep.include({ transactions: [], transactionCount: 1 });
    for (const size of [0, 1001])
      expect(await ask(url, "ots_getBlockTransactions", sent.created.blockNumber, 0, size)).to.have.property("error");
  });

  it("finds an address's transactions backwards and forwards, page by page", async () => {
    const { sender, deployed, created, reverted } = sent;
    const hashes = (page: Page): string[] => page.txs.map(({ hash }) => hash);
    const newest = await call<Page>("ots_searchTransactionsBefore", sender, 0, 2);
    expect(hashes(newest)).to.deep.equal([reverted.hash, created.hash]);
    expect([newest.firstPage, newest.lastPage]).to.deep.equal([true, false]);
    expect(newest.receipts.map(({ transactionHash }) => transactionHash)).to.deep.equal(hashes(newest));
    const { timestamp } = await call<{ timestamp: string }>("eth_getBlockByHash", reverted.blockHash, false);
    expect(Number(newest.receipts[0].timestamp)).to.equal(Number(timestamp));
    const rest = await call<Page>("ots_searchTransactionsBefore", sender, created.blockNumber, 2);
    expect(hashes(rest)[0]).to.equal(deployed.hash);
    expect([rest.firstPage, rest.lastPage]).to.deep.equal([false, true]);
    const oldest = await call<Page>("ots_searchTransactionsAfter", sender, 0, 1);
    expect([hashes(oldest)[0], oldest.firstPage, oldest.lastPage]).to.deep.equal([hashes(rest).at(-1), false, true]);
    const after = await call<Page>("ots_searchTransactionsAfter", sender, created.blockNumber, 5);
    expect([hashes(after), after.firstPage, after.lastPage]).to.deep.equal([[reverted.hash], true, false]);
  });

  it("finds those who occur inside only, and nothing for a stranger", async () => {
    const inside = await call<Page>("ots_searchTransactionsBefore", PAYEE, 0, 25);
    expect(inside.txs.map(({ hash }) => hash)).to.include(sent.created.hash);
    expect(await call<Page>("ots_searchTransactionsBefore", `0x${"5a".repeat(20)}`, 0, 25)).to.deep.equal({
      ...{ txs: [], receipts: [], firstPage: true, lastPage: true },
    });
  });

  it("finds the transaction of a nonce", async () => {
    const { nonce } = (await connect(url).getTransaction(sent.created.hash))!;
    expect(await call("ots_getTransactionBySenderAndNonce", sent.sender, nonce)).to.equal(sent.created.hash);
    expect(await call("ots_getTransactionBySenderAndNonce", sent.sender, nonce - 1)).to.equal(sent.deployed.hash);
    expect(await call("ots_getTransactionBySenderAndNonce", sent.sender, nonce + 2)).to.equal(null);
    expect(await call("ots_getTransactionBySenderAndNonce", `0x${"5a".repeat(20)}`, 0)).to.equal(null);
  });

  it("finds who made a contract: an account, a contract, nobody", async () => {
    const root = sent.created.contractAddress!.toLowerCase();
    const made = (address: string) => call("ots_getContractCreator", address);
    expect(await made(sent.tally)).to.deep.equal({ hash: sent.deployed.hash, creator: sent.sender });
    expect(await made(root)).to.deep.equal({ hash: sent.created.hash, creator: sent.sender });
    expect(await made(sent.sender)).to.equal(null);
    expect(await made(PASSER)).to.equal(null);
  });

  describe("beside anvil", () => {
    let anvil: Anvil;
    let theirs: Operations;
    let provider: JsonRpcProvider;

    before(async function () {
      const started = await startAnvil();
      if (started === null) return this.skip();
      anvil = started;
      await anvil.rpc.send("evm_setAutomine", [true]);
      provider = new JsonRpcProvider(anvil.url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 });
      theirs = await sendOperations(provider, devAccount(ACCOUNT).privateKey);
    });

    after(async () => {
      provider?.destroy();
      await anvil?.stop();
    });

    const QUERIES: [method: string, params: (of: Operations) => unknown[]][] = [
      ["ots_getInternalOperations", ({ created }) => [created.hash]],
      ["ots_traceTransaction", ({ reverted }) => [reverted.hash]],
      ["ots_getTransactionError", ({ reverted }) => [reverted.hash]],
      ["ots_getBlockDetails", ({ created }) => [created.blockNumber]],
      ["ots_getBlockTransactions", ({ created }) => [created.blockNumber, 0, 5]],
      ["ots_searchTransactionsBefore", ({ sender }) => [sender, 0, 2]],
      ["ots_searchTransactionsAfter", ({ sender }) => [sender, 0, 2]],
      ["ots_getTransactionBySenderAndNonce", ({ sender }) => [sender, 0]],
      ["ots_getContractCreator", ({ tally }) => [tally]],
    ];
    for (const [method, params] of QUERIES)
      it(`${method} has every field that anvil's answer has`, async () => {
        const [own, expected] = await Promise.all([
          call(method, ...params(sent)),
          provider.send(method, params(theirs)),
        ]);
        requireFields(own, expected, method);
      });
  });
});

/** Each field of `expected` is in `own`, with a value of the same JSON type, at any depth; the first entry stands for a list. */
function requireFields(own: unknown, expected: unknown, path: string): void {
  if (expected === null || own === null) return;
  expect(typeof own, path).to.equal(typeof expected);
  if (Array.isArray(expected)) {
    expect(own, path).to.be.an("array");
    if (expected.length > 0) requireFields((own as unknown[])[0], expected[0], `${path}[0]`);
  } else if (typeof expected === "object") {
    // This chain has no blobs.
    const fields = Object.entries(expected).filter(([key]) => !key.startsWith("blob"));
    expect(Object.keys(own as object), path).to.include.members(fields.map(([key]) => key));
    for (const [key, value] of fields) requireFields((own as Record<string, unknown>)[key], value, `${path}.${key}`);
  }
}
