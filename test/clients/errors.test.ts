import { expect } from "chai";
import {
  concat,
  Contract,
  ContractFactory,
  encodeRlp,
  Interface,
  keccak256,
  SigningKey,
  stripZerosLeft,
  toBeHex,
  Wallet,
  type TransactionRequest,
} from "ethers";
import { devAccount } from "../../devnet/accounts";
import { readArtifact } from "../../deployment";
import { ask, connect, post, startDevnet } from "./support/devnet";

const ETHER = 10n ** 18n;
const FEES = { gasLimit: 21_000n, maxFeePerGas: 3_000_000_000n, maxPriorityFeePerGas: 1n, type: 2 };
const NOBODY = `0x${"12".repeat(20)}`;
const RICH = devAccount(2).address;

describe("rpc: errors as clients expect them", function () {
  this.timeout(120_000);
  let url: string;
  let chainId: number;
  let wallet: Wallet;
  let contract: string;
  const abi = new Interface(readArtifact("test/Tally").abi);

  before(async () => {
    const info = await startDevnet();
    url = info.l2.sequencer!;
    chainId = info.l2.chainId;
    wallet = new Wallet(devAccount(2).privateKey, connect(url));
    const tally = (await new ContractFactory(abi, readArtifact("test/Tally").bytecode, wallet).deploy()) as Contract;
    await tally.waitForDeployment();
    contract = String(tally.target).toLowerCase();
  });

  /** Code, message and data of the error. */
  async function errorOf(method: string, ...params: unknown[]) {
    const { error } = await ask(url, method, ...params);
    if (error === undefined) throw new Error(`${method} did not fail`);
    return error;
  }
  const call = (name: string, args: unknown[] = []) => ({ to: contract, input: abi.encodeFunctionData(name, args) });

  for (const method of ["eth_call", "eth_estimateGas"]) {
    it(`shows a revert's text and data (${method})`, async () => {
      const error = await errorOf(method, call("failWithText"));
      expect(error).to.deep.include({ code: 3, message: "execution reverted: no such luck" });
      expect(error.data).to.equal(
        new Interface(["function Error(string)"]).encodeFunctionData("Error", ["no such luck"]),
      );
    });

    it(`shows a custom error's data (${method})`, async () => {
      const error = await errorOf(method, call("add", [101]));
      expect(error).to.deep.include({ code: 3, message: "execution reverted" });
      expect(abi.parseError(String(error.data))!.args.toArray()).to.deep.equal([101n, 100n]);
    });

    it(`names a panic (${method})`, async () => {
      const error = await errorOf(method, call("failWithPanic", [0]));
      expect(error.code).to.equal(3);
      expect(error.message).to.equal("execution reverted: division or modulo by zero");
    });
  }

  it("says when a call runs out of gas, and when an estimate cannot be had", async () => {
    expect(await errorOf("eth_call", { ...call("burnGas"), gas: "0x186a0" })).to.include({
      code: -32000,
      message: "out of gas",
    });
    const estimate = await errorOf("eth_estimateGas", { ...call("burnGas"), gas: "0x186a0" });
    expect(estimate).to.include({ code: -32000, message: "gas required exceeds allowance (100000)" });
  });

  it("refuses a call that its sender cannot pay", async () => {
    const request = { from: NOBODY, to: RICH, value: "0x1" };
    for (const method of ["eth_call", "eth_estimateGas"]) {
      const error = await errorOf(method, request);
      expect(error.code).to.equal(-32000);
      expect(error.message).to.match(/insufficient funds for (transfer|gas \* price \+ value)/);
    }
    const fees = { from: NOBODY, to: RICH, gas: "0x5208", gasPrice: "0x77359400" };
    expect((await errorOf("eth_call", fees)).message).to.match(/insufficient funds for gas \* price \+ value/);
    const { gas: _, ...gasless } = fees;
    expect((await errorOf("eth_call", gasless)).message).to.match(/insufficient funds for gas \* price \+ value/);
  });

  const SUBMISSIONS: [string, (nonce: number) => TransactionRequest, RegExp, number?][] = [
    ["a nonce used up", () => ({ nonce: 0 }), /^nonce too low: address 0x[0-9a-fA-F]{40}, tx: 0 state: \d+$/],
    ["more value than there is", () => ({ value: 1_000n * ETHER }), /^insufficient funds for gas \* price \+ value: /],
    ["too little gas", () => ({ gasLimit: 20_999n }), /^intrinsic gas too low: /],
    ["another chain", () => ({ chainId: 1 }), /^invalid chain id for signer/],
    ["more gas than a transaction may have", () => ({ gasLimit: 16_777_217n }), /^transaction gas limit too high/],
    ["more gas than a block has", () => ({ gasLimit: 40_000_000n }), /^exceeds block gas limit/],
    ["a fee that no block takes", () => ({ maxFeePerGas: 1n, maxPriorityFeePerGas: 1n }), /^transaction underpriced/],
  ];
  for (const [name, fields, message] of SUBMISSIONS)
    it(`refuses ${name} in geth's words`, async () => {
      const nonce = await wallet.getNonce();
      const raw = await wallet.signTransaction({ to: RICH, chainId, nonce, ...FEES, ...fields(nonce) });
      const error = await errorOf("eth_sendRawTransaction", raw);
      expect(error.code).to.equal(-32000);
      expect(error.message).to.match(message);
    });

  it("refuses a tip above the fee", async () => {
    // No client signs that, so it is put together here.
    const fields = [chainId, await wallet.getNonce(), 9, 8, 21_000].map((value) => toBeHex(value));
    const body = [...fields, RICH, "0x", "0x", []];
    const signature = new SigningKey(wallet.privateKey).sign(keccak256(concat(["0x02", encodeRlp(body)])));
    const parity = signature.yParity === 0 ? "0x" : "0x01";
    const raw = concat(["0x02", encodeRlp([...body, parity, ...[signature.r, signature.s].map(stripZerosLeft)])]);
    const error = await errorOf("eth_sendRawTransaction", raw);
    expect(error.message).to.match(/^max priority fee per gas higher than max fee per gas: /);
  });

  it("refuses a known transaction, and a replacement for too little", async () => {
    // Behind a gap, so that no block takes them meanwhile.
    const nonce = (await wallet.getNonce()) + 50;
    const sign = (fields: TransactionRequest) =>
      wallet.signTransaction({ to: RICH, chainId, nonce, ...FEES, ...fields });
    const raw = await sign({});
    expect((await ask(url, "eth_sendRawTransaction", raw)).result).to.be.a("string");
    expect((await errorOf("eth_sendRawTransaction", raw)).message).to.equal("already known");
    const dearer = await sign({ maxFeePerGas: 3_000_000_001n });
    expect((await errorOf("eth_sendRawTransaction", dearer)).message).to.equal("replacement transaction underpriced");
  });

  const MALFORMED: [string, unknown[], number][] = [
    ["eth_mystery", [], -32601],
    ["engine_newPayloadV4", [], -32601],
    ["eth_getBalance", [], -32602],
    ["eth_getBalance", ["0x12", "latest"], -32602],
    ["eth_getBalance", [RICH, "newest"], -32602],
    ["eth_getBalance", [RICH, "0x01"], -32602],
    ["eth_getBalance", [RICH, "0xffffff"], -32000],
    ["eth_getBalance", [RICH, { blockHash: `0x${"ab".repeat(32)}` }], -32000],
    ["eth_getBlockByHash", ["0xabcd", false], -32602],
    ["eth_getBlockByNumber", ["latest", "yes"], -32602],
    ["eth_getTransactionByHash", [7], -32602],
    ["eth_getStorageAt", [RICH, "0xzz", "latest"], -32602],
    ["eth_getProof", [RICH, "0x0", "latest"], -32602],
    ["eth_getBalance", [RICH, "0x8000000000000000"], -32602],
    ["eth_getBalance", [RICH, { blockHash: `0x${"ab".repeat(32)}`, requireCanonical: 1 }], -32602],
    ["eth_newFilter", [], -32602],
    ["eth_newFilter", [{ fromBlock: "0x5", toBlock: "0x1" }], -32602],
    ["eth_feeHistory", ["0x1", "0xffffff", []], -32000],
    ["eth_call", [{ to: RICH }, "latest", {}, { time: "0x10000000000000000" }], -32602],
    ["debug_traceCall", [{ to: RICH }, "latest", { tracer: "noSuchTracer" }], -32602],
    ["eth_sendRawTransaction", ["0x01"], -32000],
    ["rollup_getAssertions", ["0xffff"], -38026],
    ["eth_call", [{ to: RICH, data: "0x1" }], -32602],
    ["eth_call", [{ to: RICH, gasPrice: "0x1", maxFeePerGas: "0x1" }], -32602],
    ["eth_call", ["latest"], -32602],
    ["eth_sendRawTransaction", ["0x"], -32000],
    ["eth_sendRawTransaction", ["0x02c0"], -32000],
    ["eth_sendRawTransaction", ["0x7ec0"], -32000],
    ["eth_sendRawTransaction", ["hello"], -32602],
    ["eth_getLogs", [{ fromBlock: "0x5", toBlock: "0x2" }], -32602],
    ["eth_getLogs", [{ blockHash: `0x${"ab".repeat(32)}` }], -32000],
    ["eth_getLogs", [{ topics: [[], [], [], [], []] }], -32000],
    ["eth_getFilterChanges", ["0x1"], -32000],
    ["eth_feeHistory", ["0x1", "latest", [5, 3]], -32602],
    ["eth_subscribe", ["newHeads"], -32601],
    ["debug_traceTransaction", [`0x${"ab".repeat(32)}`], -32000],
    ["rollup_getBatch", ["first"], -32602],
  ];
  for (const [method, params, code] of MALFORMED)
    it(`answers ${method}(${JSON.stringify(params).slice(1, -1)}) with ${code}`, async () => {
      expect((await errorOf(method, ...params)).code).to.equal(code);
    });

  it("refuses a trace that would fill its memory, and goes on", async () => {
    const sent = await wallet.sendTransaction({
      to: contract,
      data: abi.encodeFunctionData("burnGas"),
      gasLimit: 8_000_000n,
    });
    await sent.wait().catch(() => undefined);
    const error = await errorOf("debug_traceTransaction", sent.hash);
    expect(error).to.deep.include({ code: -32000, data: { code: "trace-too-long" } });
    const { result } = await ask(url, "debug_traceTransaction", sent.hash, { limit: 10 });
    expect((result as { structLogs: unknown[] }).structLogs).to.have.length(10);
    const frame = await ask(url, "debug_traceTransaction", sent.hash, { tracer: "callTracer" });
    expect(frame.result).to.include({ error: "out of gas", gasUsed: "0x7a1200" });
  });

  it("names what a block range, a hash, or a number lacks in geth's words", async () => {
    const messages = await Promise.all([
      errorOf("eth_getLogs", { fromBlock: "0xffff5", toBlock: "0xffff1" }),
      errorOf("eth_getLogs", { fromBlock: "0x0", toBlock: "0xfffff" }),
      errorOf("eth_call", {}, { blockHash: `0x${"ab".repeat(32)}` }),
      errorOf("eth_call", {}, "0xfffff"),
    ]);
    expect(messages.map(({ message }) => message)).to.deep.equal([
      "invalid block range params",
      "block range extends beyond current head block",
      "header for hash not found",
      "header not found",
    ]);
  });

  it("traces a call that is in no block", async () => {
    const frame = await ask(url, "debug_traceCall", call("add", [1]), "latest", { tracer: "callTracer" });
    expect(frame.result).to.include({ type: "CALL", to: contract });
    const code = { [NOBODY]: { code: "0x600160020160005260206000f3" } };
    const steps = await ask(url, "debug_traceCall", { to: NOBODY }, "pending", { stateOverrides: code });
    const { returnValue, structLogs } = steps.result as { returnValue: string; structLogs: { op: string }[] };
    expect(BigInt(`0x${returnValue.replace(/^0x/, "")}`)).to.equal(3n);
    expect(structLogs.map(({ op }) => op)).to.include("ADD");
  });

  it("answers a batch in order, and notifications not at all", async () => {
    const one = (id: unknown, method: string) => ({ jsonrpc: "2.0", ...(id === undefined ? {} : { id }), method });
    const batch = [one(1, "eth_chainId"), one(undefined, "eth_chainId"), one("b", "nope"), one(3, "eth_blockNumber")];
    const answers = JSON.parse(await post(url, JSON.stringify(batch))) as { id: unknown; error?: { code: number } }[];
    expect(answers.map(({ id }) => id)).to.deep.equal([1, "b", 3]);
    expect(answers[1].error!.code).to.equal(-32601);
    expect(await post(url, JSON.stringify(one(undefined, "eth_chainId")))).to.equal("");
  });
});
