import { expect } from "chai";
import { Contract, ContractFactory, Wallet, type TransactionReceipt } from "ethers";
import WebSocket from "ws";
import { devAccount } from "../../devnet/accounts";
import type { DevnetInfo } from "../../devnet/devnet";
import { readArtifact } from "../../deployment";
import { ask, connect, eventually, result, startDevnet } from "./support/devnet";

const QUANTITY = /^0x(0|[1-9a-f][0-9a-f]*)$/;
const HASH = /^0x[0-9a-f]{64}$/;
const DATA = /^0x([0-9a-f]{2})*$/;
const ZERO_HASH = `0x${"00".repeat(32)}`;
const PASSER = "0x4200000000000000000000000000000000000016";
const TRACER = { tracer: "callTracer" };

/** What the cases speak of: a contract, and a call of it in a block. */
interface Scene {
  user: string;
  contract: string;
  add: string;
  receipt: TransactionReceipt;
  block: string;
  raw: string;
  rawBlock: string;
}

type Case = [method: string, params: (scene: Scene) => unknown[], check: (value: never, scene: Scene) => void];

const quantity = (value: string) => expect(value).to.match(QUANTITY);
const keys =
  (...names: string[]) =>
  (value: object) =>
    expect(value).to.include.keys(...names);
const isBlock = (value: { hash: string; number: string }, { receipt, block }: Scene) =>
  expect(value).to.include({ hash: receipt.blockHash, number: block });
const isTransaction = (value: { hash: string }, { receipt }: Scene) => expect(value.hash).to.equal(receipt.hash);
const call = ({ user, contract, add }: Scene) => ({ from: user, to: contract, data: add });

const CASES: Case[] = [
  ["web3_clientVersion", () => [], (value) => expect(value).to.match(/^HardhatNetwork\/Solvent\/v/)],
  ["web3_sha3", () => ["0x"], (value: string) => expect(value.slice(0, 10)).to.equal("0xc5d24601")],
  ["net_version", () => [], (value) => expect(value).to.equal("42161001")],
  ["net_listening", () => [], (value) => expect(value).to.equal(true)],
  ["eth_chainId", () => [], (value) => expect(Number(value)).to.equal(42161001)],
  ["eth_syncing", () => [], (value) => expect(value).to.equal(false)],
  ["eth_accounts", () => [], (value) => expect(value).to.deep.equal([])],
  ["eth_blockNumber", () => [], quantity],
  ["eth_getBlockByNumber", (s) => [s.block, false], isBlock],
  [
    "eth_getBlockByNumber",
    () => ["earliest", true],
    (value: { number: string }) => expect(value.number).to.equal("0x0"),
  ],
  ["eth_getBlockByNumber", () => ["latest", false], keys("withdrawalsRoot", "requestsHash", "parentBeaconBlockRoot")],
  ["eth_getBlockByNumber", () => ["pending", false], keys("hash", "stateRoot", "transactions")],
  ["eth_getBlockByNumber", () => ["safe", false], keys("hash")],
  ["eth_getBlockByNumber", () => ["finalized", false], keys("hash")],
  ["eth_getBlockByNumber", () => ["0xffffff", false], (value) => expect(value).to.equal(null)],
  ["eth_getBlockByHash", (s) => [s.receipt.blockHash, true], isBlock],
  ["eth_getBlockByHash", () => [ZERO_HASH, true], (value) => expect(value).to.equal(null)],
  ["eth_getBlockTransactionCountByNumber", (s) => [s.block], quantity],
  ["eth_getBlockTransactionCountByHash", (s) => [s.receipt.blockHash], quantity],
  ["eth_getUncleCountByBlockNumber", (s) => [s.block], (value) => expect(value).to.equal("0x0")],
  ["eth_getUncleCountByBlockHash", (s) => [s.receipt.blockHash], (value) => expect(value).to.equal("0x0")],
  ["eth_getBlockReceipts", (s) => [s.block], (value: object[]) => expect(value).to.have.length.greaterThan(0)],
  ["eth_getTransactionByHash", (s) => [s.receipt.hash], isTransaction],
  ["eth_getTransactionByHash", () => [ZERO_HASH], (value) => expect(value).to.equal(null)],
  ["eth_getTransactionByBlockNumberAndIndex", (s) => [s.block, `0x${s.receipt.index.toString(16)}`], isTransaction],
  ["eth_getTransactionByBlockHashAndIndex", (s) => [s.receipt.blockHash, `0x${s.receipt.index}`], isTransaction],
  [
    "eth_getTransactionByBlockHashAndIndex",
    (s) => [s.receipt.blockHash, "0xfff"],
    (value) => expect(value).to.equal(null),
  ],
  ["eth_getTransactionReceipt", (s) => [s.receipt.hash], keys("logs", "effectiveGasPrice", "cumulativeGasUsed")],
  ["eth_getTransactionReceipt", () => [ZERO_HASH], (value) => expect(value).to.equal(null)],
  ["eth_getTransactionCount", (s) => [s.user, "pending"], quantity],
  ["eth_getTransactionCount", (s) => [s.user, "earliest"], (value) => expect(value).to.equal("0x0")],
  ["eth_getBalance", (s) => [s.user, { blockNumber: "0x0" }], (value) => expect(BigInt(value)).to.equal(10n ** 20n)],
  ["eth_getBalance", (s) => [s.user, { blockHash: s.receipt.blockHash }], quantity],
  ["eth_getCode", (s) => [s.contract, "latest"], (value: string) => expect(value.length).to.be.greaterThan(100)],
  ["eth_getCode", (s) => [s.user], (value) => expect(value).to.equal("0x")],
  ["eth_getStorageAt", (s) => [s.contract, "0x0", "latest"], (value) => expect(BigInt(value)).to.equal(7n)],
  ["eth_getStorageAt", (s) => [s.contract, "0x0", "earliest"], (value) => expect(value).to.equal(ZERO_HASH)],
  [
    "eth_getProof",
    (s) => [s.contract, ["0x0"], s.block],
    (value: { storageProof: { value: string }[] }) => expect(value.storageProof[0].value).to.equal("0x7"),
  ],
  [
    "eth_getProof",
    () => [PASSER, [], "earliest"],
    (value: { accountProof: string[] }) => expect(value.accountProof).to.not.be.empty,
  ],
  ["eth_call", (s) => [call(s), "latest"], (value) => expect(value).to.equal("0x")],
  [
    "eth_call",
    (s) => [{ to: s.contract, input: "0x2ddbd13a" }, s.block],
    (value) => expect(BigInt(value)).to.equal(7n),
  ],
  [
    "eth_call",
    (s) => [
      { to: s.contract, input: "0x2ddbd13a" },
      "latest",
      { [s.contract]: { stateDiff: { [ZERO_HASH]: `0x${"00".repeat(31)}2a` } } },
    ],
    (value) => expect(BigInt(value)).to.equal(42n),
  ],
  [
    "eth_call",
    () => [{ data: "0x4360005260206000f3" }, "latest", {}, { number: "0x99" }],
    (value) => expect(BigInt(value)).to.equal(0x99n),
  ],
  ["eth_estimateGas", (s) => [call(s)], (value) => expect(Number(value)).to.be.within(21_000, 60_000)],
  [
    "eth_estimateGas",
    (s) => [{ from: s.user, to: s.user, value: "0x1" }],
    (value) => expect(Number(value)).to.equal(21_000),
  ],
  [
    "eth_estimateGas",
    () => [
      { from: PASSER, to: PASSER, value: "0xde0b6b3a7640000" },
      "latest",
      { [PASSER]: { balance: "0xde0b6b3a7640000", code: "0x" } },
    ],
    (value) => expect(Number(value)).to.equal(21_000),
  ],
  [
    "eth_createAccessList",
    (s) => [call(s), "latest"],
    (value: { accessList: { address: string }[]; gasUsed: string }, s) => {
      expect(value.accessList[0].address).to.equal(s.contract);
      quantity(value.gasUsed);
    },
  ],
  [
    "eth_simulateV1",
    (s) => [{ blockStateCalls: [{ calls: [call(s), call(s)] }, {}], returnFullTransactions: true }, "latest"],
    (blocks: { number: string; parentHash: string; hash: string; calls: { status: string; logs: object[] }[] }[]) => {
      expect(blocks.map(({ calls }) => calls.map(({ status }) => status))).to.deep.equal([["0x1", "0x1"], []]);
      expect(blocks[1].parentHash).to.equal(blocks[0].hash);
    },
  ],
  ["trace_transaction", (s) => [s.receipt.hash], (value: object[]) => expect(value[0]).to.include({ type: "call" })],
  ["trace_block", (s) => [s.block], (value: object[]) => expect(value).to.have.length.greaterThan(0)],
  ["trace_get", (s) => [s.receipt.hash, []], keys("action", "result", "traceAddress")],
  [
    "trace_filter",
    (s) => [{ fromBlock: s.block, toBlock: s.block }],
    (v: object[]) => expect(v[0]).to.include.keys("action"),
  ],
  ["trace_replayTransaction", (s) => [s.receipt.hash, ["trace"]], keys("output", "trace")],
  [
    "trace_replayBlockTransactions",
    (s) => [s.block, ["trace"]],
    (value: object[]) => expect(value).to.not.have.length(0),
  ],
  [
    "debug_traceTransaction",
    (s) => [s.receipt.hash, { tracer: "prestateTracer", tracerConfig: { diffMode: true } }],
    (value: { post: object }, s) => expect(value.post).to.include.keys(s.contract.toLowerCase(), s.user.toLowerCase()),
  ],
  ["eth_gasPrice", () => [], quantity],
  ["eth_maxPriorityFeePerGas", () => [], quantity],
  ["eth_feeHistory", () => ["0x2", "latest", [25, 75]], keys("oldestBlock", "baseFeePerGas", "gasUsedRatio", "reward")],
  [
    "eth_getLogs",
    (s) => [{ address: s.contract, fromBlock: "0x0", toBlock: "latest" }],
    (value: object[]) => expect(value).to.have.length(1),
  ],
  [
    "eth_getLogs",
    (s) => [{ blockHash: s.receipt.blockHash, topics: [s.receipt.logs[0].topics[0]] }],
    (value: object[]) => expect(value).to.have.length(1),
  ],
  ["eth_getLogs", (s) => [{ address: s.user, fromBlock: "0x0" }], (value) => expect(value).to.deep.equal([])],
  [
    "debug_traceTransaction",
    (s) => [s.receipt.hash],
    (value: { structLogs: { op: string }[]; failed: boolean }) => {
      expect(value.failed).to.equal(false);
      expect(value.structLogs.map(({ op }) => op)).to.include.members(["SSTORE", "LOG2", "CALLDATALOAD"]);
    },
  ],
  [
    "debug_traceTransaction",
    (s) => [s.receipt.hash, { ...TRACER, tracerConfig: { withLog: true } }],
    (value: { type: string; to: string; logs: object[] }, s) => {
      expect(value).to.include({ type: "CALL", to: s.contract });
      expect(value.logs).to.have.length(1);
    },
  ],
  [
    "debug_traceBlockByNumber",
    (s) => [s.block, TRACER],
    (value: object[]) => expect(value).to.have.length.greaterThan(0),
  ],
  ["debug_getRawTransaction", (s) => [s.receipt.hash], (value, s) => expect(value).to.equal(s.raw)],
  ["debug_getRawHeader", (s) => [s.block], (value) => expect(value).to.match(DATA)],
  ["debug_getRawReceipts", (s) => [s.block], (value: string[]) => value.forEach((raw) => expect(raw).to.match(DATA))],
  ["txpool_status", () => [], keys("pending", "queued")],
  ["txpool_content", () => [], keys("pending", "queued")],
  ["txpool_inspect", () => [], keys("pending", "queued")],
  [
    "debug_traceBlock",
    (s) => [s.rawBlock, TRACER],
    (value: { txHash: string }[], { receipt }) => expect(value.map(({ txHash }) => txHash)).to.include(receipt.hash),
  ],
  ["rollup_syncStatus", () => [], keys("l1Head", "unsafe", "safe", "finalized", "batchCount", "unhealthy")],
  ["rollup_config", () => [], keys("chainId", "inbox", "portal", "queue", "genesisOutputRoot")],
  ["rollup_getAssertions", () => [], (value) => expect(value).to.be.an("array")],
  ["rollup_getBatch", () => ["0x0"], keys("record", "l1Number", "firstBlock", "lastBlock", "forced")],
  ["rollup_getBatch", () => ["0xffff"], (value) => expect(value).to.equal(null)],
];

describe("rpc: every method, over a running sequencer", function () {
  this.timeout(120_000);
  let info: DevnetInfo;
  let url: string;
  let scene: Scene;

  before(async () => {
    info = await startDevnet();
    url = info.l2.sequencer!;
    const wallet = new Wallet(devAccount(1).privateKey, connect(url));
    const { abi, bytecode } = readArtifact("test/Tally");
    const tally = (await new ContractFactory(abi, bytecode, wallet).deploy()) as Contract;
    await tally.waitForDeployment();
    const sent = await tally.add(7);
    const receipt = (await sent.wait()) as TransactionReceipt;
    const contract = String(tally.target).toLowerCase();
    const raw = await result<string>(url, "debug_getRawTransaction", receipt.hash);
    const block = `0x${receipt.blockNumber.toString(16)}`;
    const add = tally.interface.encodeFunctionData("add", [3]);
    const rawBlock = await result<string>(url, "debug_getRawBlock", block);
    scene = { user: wallet.address.toLowerCase(), contract, add, receipt, block, raw, rawBlock };
    await eventually("a batch is posted", async () => (await result(url, "rollup_getBatch", "0x0")) !== null);
  });

  CASES.forEach(([method, params, check], i) =>
    it(`answers ${method} (case ${i})`, async () =>
      check((await result(url, method, ...params(scene))) as never, scene)),
  );

  it("keeps filters: logs, blocks and pending transactions", async () => {
    const [logs, blocks, pending] = await Promise.all([
      result<string>(url, "eth_newFilter", { address: scene.contract, fromBlock: "0x0" }),
      result<string>(url, "eth_newBlockFilter"),
      result<string>(url, "eth_newPendingTransactionFilter"),
    ]);
    const wallet = new Wallet(devAccount(1).privateKey, connect(url));
    const tally = new Contract(scene.contract, readArtifact("test/Tally").abi, wallet);
    const receipt = (await (await tally.add(2)).wait()) as TransactionReceipt;
    const changes = (id: string) => result<unknown[]>(url, "eth_getFilterChanges", id);
    expect(await changes(logs)).to.have.length(1);
    expect(await changes(blocks)).to.include(receipt.blockHash);
    expect(await changes(pending)).to.include(receipt.hash);
    expect(await changes(logs)).to.deep.equal([]);
    expect(await result<unknown[]>(url, "eth_getFilterLogs", logs)).to.have.length(2);
    expect(await result(url, "eth_uninstallFilter", logs)).to.equal(true);
    expect(await ask(url, "eth_getFilterChanges", logs)).to.have.nested.property("error.code", -32000);
  });

  it("tells a WebSocket of heads, logs and pending transactions until it unsubscribes", async () => {
    const socket = new WebSocket(url.replace("http", "ws"));
    const received: { id?: number; result?: unknown; params?: { subscription: string; result: unknown } }[] = [];
    socket.on("message", (data) => received.push(JSON.parse(String(data)) as (typeof received)[number]));
    await new Promise((resolve) => socket.once("open", resolve));
    const wanted = [["newHeads"], ["logs", { address: scene.contract }], ["newPendingTransactions"]];
    const send = (id: number, method: string, params: unknown[]) =>
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    const answerTo = async (id: number): Promise<unknown> => {
      await eventually("an answer", async () => received.some((message) => message.id === id));
      return received.find((message) => message.id === id)!.result;
    };
    wanted.forEach((params, id) => send(id, "eth_subscribe", params));
    const ids = (await Promise.all(wanted.map((_, id) => answerTo(id)))) as string[];
    const told = (id: string) =>
      received.filter(({ params }) => params?.subscription === id).map(({ params }) => params!.result);
    const wallet = new Wallet(devAccount(1).privateKey, connect(url));
    const tally = new Contract(scene.contract, readArtifact("test/Tally").abi, wallet);
    const receipt = (await (await tally.add(1)).wait()) as TransactionReceipt;
    await eventually("a log", async () => told(ids[1]).length > 0);
    expect(told(ids[0]).map((head) => (head as { hash: string }).hash)).to.include(receipt.blockHash);
    expect(told(ids[1])).to.have.length(1);
    expect(told(ids[2])).to.include(receipt.hash);
    send(9, "eth_unsubscribe", [ids[1]]);
    expect(await answerTo(9)).to.equal(true);
    await (await tally.add(1)).wait();
    expect(told(ids[1])).to.have.length(1);
    socket.close();
  });

  it("traces a block given as bytes only where this chain has it", async () => {
    const cut = scene.rawBlock.slice(0, -2);
    const other = `${cut}80`;
    for (const bytes of [cut, "0x", "0xc0", "0x01"])
      expect(await ask(url, "debug_traceBlock", bytes), bytes.slice(0, 10)).to.have.nested.property(
        "error.code",
        -32602,
      );
    expect(await ask(url, "debug_traceBlock", other)).to.have.nested.property("error.code", -32000);
  });

  it("names every hash and quantity as the execution API does", async () => {
    const block = await result<Record<string, string>>(url, "eth_getBlockByNumber", scene.block, false);
    for (const name of ["hash", "parentHash", "stateRoot", "receiptsRoot", "transactionsRoot", "mixHash"])
      expect(block[name], name).to.match(HASH);
    for (const name of ["number", "timestamp", "gasUsed", "gasLimit", "baseFeePerGas", "size", "excessBlobGas"])
      expect(block[name], name).to.match(QUANTITY);
  });
});
