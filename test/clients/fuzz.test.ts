import { expect } from "chai";
import fc from "fast-check";
import { devAccount } from "../../devnet/accounts";
import { result, post, startDevnet } from "./support/devnet";

const SEED = Number(process.env.SOLVENT_SEED ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = process.env.SOLVENT_FULL === "1" ? 4_000 : 200;
/** No answer may take longer, whatever was asked, also on a machine that is busy with other things. */
const LIMIT_MS = 20_000;

const METHODS = [
  ..."web3_clientVersion web3_sha3 net_version net_listening eth_chainId eth_syncing eth_accounts".split(" "),
  ..."eth_blockNumber eth_getBlockByNumber eth_getBlockByHash eth_getBlockReceipts eth_capabilities".split(" "),
  ..."eth_getBlockTransactionCountByNumber eth_getBlockTransactionCountByHash eth_getTransactionCount".split(" "),
  ..."eth_getTransactionByHash eth_getTransactionByBlockNumberAndIndex eth_getTransactionReceipt".split(" "),
  ..."eth_getTransactionByBlockHashAndIndex eth_getBalance eth_getCode eth_getStorageAt eth_getProof".split(" "),
  ..."eth_getStorageValues eth_call eth_simulateV1 eth_estimateGas eth_createAccessList eth_sendRawTransaction".split(
    " ",
  ),
  ..."eth_gasPrice eth_maxPriorityFeePerGas eth_feeHistory eth_getLogs eth_newFilter eth_newBlockFilter".split(" "),
  ..."trace_block trace_transaction trace_get trace_filter trace_replayTransaction".split(" "),
  ..."trace_replayBlockTransactions debug_traceCall".split(" "),
  ..."eth_newPendingTransactionFilter eth_getFilterChanges eth_getFilterLogs eth_uninstallFilter".split(" "),
  ..."eth_subscribe eth_unsubscribe debug_traceTransaction debug_traceBlockByNumber debug_traceBlockByHash".split(" "),
  ..."debug_getRawBlock debug_getRawHeader debug_getRawReceipts debug_getRawTransaction txpool_status".split(" "),
  ..."txpool_content txpool_contentFrom rollup_syncStatus rollup_config rollup_getAssertions rollup_getBatch".split(
    " ",
  ),
  ..."eth_fillTransaction eth_config txpool_inspect debug_traceBlock ots_hasCode ots_getContractCreator".split(" "),
  ..."ots_getInternalOperations ots_traceTransaction ots_getTransactionError ots_getBlockDetails".split(" "),
  ..."ots_getBlockDetailsByHash ots_getBlockTransactions ots_searchTransactionsBefore".split(" "),
  ..."ots_searchTransactionsAfter ots_getTransactionBySenderAndNonce erigon_getHeaderByNumber".split(" "),
  ..."optimism_syncStatus optimism_outputAtBlock optimism_rollupConfig optimism_version".split(" "),
];
const FIELDS = [
  ..."from to gas gasPrice maxFeePerGas maxPriorityFeePerGas value data input nonce chainId accessList".split(" "),
  ..."authorizationList address topics fromBlock toBlock blockHash blockNumber storageKeys balance code".split(" "),
  ..."blockStateCalls blockOverrides stateOverrides calls validation traceTransfers returnFullTransactions".split(" "),
  ..."movePrecompileToAddress nonce baseFeePerGas gasLimit feeRecipient withdrawals beaconRoot blobBaseFee".split(" "),
  ..."state stateDiff number time tracer tracerConfig onlyTopCall enableMemory limit jsonrpc id method".split(" "),
];

/** Values as callers send them, and as they should not. */
function createValues(known: unknown[]): fc.Arbitrary<unknown> {
  const hex = fc.uint8Array({ maxLength: 40 }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
  const fixed = (length: number) =>
    fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => `0x${Buffer.from(bytes).toString("hex")}`);
  const leaf = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...known) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        "latest",
        "pending",
        "earliest",
        "safe",
        "finalized",
        "callTracer",
        "prestateTracer",
        "flatCallTracer",
        "logs",
      ),
    },
    { weight: 2, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 70n }).map((value) => `0x${value.toString(16)}`) },
    { weight: 1, arbitrary: fc.oneof(hex, fixed(20), fixed(32), fc.string({ maxLength: 12 })) },
    { weight: 1, arbitrary: fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constant(null)) },
  );
  return fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", maxDepth: 3 },
      { weight: 5, arbitrary: leaf },
      { weight: 2, arbitrary: fc.dictionary(fc.constantFrom(...FIELDS), tie("value"), { maxKeys: 5 }) },
      { weight: 1, arbitrary: fc.dictionary(fc.oneof(fixed(20), fixed(32)), tie("value"), { maxKeys: 2 }) },
      { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 4 }) },
    ),
  })).value;
}

function requireWellFormed(text: string): void {
  if (text === "") return;
  const body: unknown = JSON.parse(text);
  for (const answer of (Array.isArray(body) ? body : [body]) as Record<string, unknown>[]) {
    expect(answer).to.have.property("jsonrpc", "2.0");
    expect(answer).to.have.property("id");
    expect("result" in answer !== "error" in answer, text).to.equal(true);
    if (!("error" in answer)) continue;
    const { code, message } = answer.error as { code: number; message: string };
    expect(code, text).to.satisfy(Number.isInteger).and.not.equal(-32603);
    expect(message).to.be.a("string").and.not.equal("");
  }
}

describe(`rpc: fuzzed requests to a running sequencer (seed ${SEED})`, function () {
  this.timeout(600_000);
  let url: string;
  let values: fc.Arbitrary<unknown>;

  before(async () => {
    url = (await startDevnet()).l2.sequencer!;
    const head = await result<{ hash: string; transactions: string[] }>(url, "eth_getBlockByNumber", "latest", false);
    const address = devAccount(6).address;
    const known = [
      address,
      `0x${address.slice(2).toUpperCase()}`,
      head.hash,
      ...head.transactions.slice(0, 2),
      "0x0",
      "0x1",
    ];
    const predeploys = ["0x4200000000000000000000000000000000000016", "0x0000F90827F1C53a10cb7A02335B175320002935"];
    values = createValues([...known, ...predeploys, "0x02f87083", "0x2ddbd13a", "0x5b5f56", "0x60006000fd"]);
  });

  async function check(body: string): Promise<void> {
    const started = Date.now();
    requireWellFormed(await post(url, body));
    expect(Date.now() - started, `time of ${body.slice(0, 500)}`).to.be.below(LIMIT_MS);
  }

  it("answers any parameters of any method, alone and in batches", async () => {
    const call = fc.record(
      {
        jsonrpc: fc.constant("2.0"),
        id: fc.oneof(fc.integer(), fc.string({ maxLength: 5 }), fc.constant(null)),
        method: fc.constantFrom(...METHODS),
        params: fc.oneof(
          { weight: 9, arbitrary: fc.array(values, { maxLength: 5 }) },
          { weight: 1, arbitrary: values },
        ),
      },
      { requiredKeys: ["jsonrpc", "method"] },
    );
    const body = fc.oneof({ weight: 4, arbitrary: call }, { weight: 1, arbitrary: fc.array(call, { maxLength: 5 }) });
    await fc.assert(
      fc.asyncProperty(body, (value) => check(JSON.stringify(value))),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it("answers mutated bytes of good requests", async () => {
    const good = METHODS.map((method) =>
      JSON.stringify({
        jsonrpc: "2.0",
        id: 1,
        method,
        params: [{ to: devAccount(6).address, data: "0x00" }, "latest"],
      }),
    );
    const edit = fc.record({ at: fc.nat(200), remove: fc.nat(4), insert: fc.string({ maxLength: 4 }) });
    const mutated = fc.record({
      text: fc.constantFrom(...good),
      edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
    });
    const apply = (text: string, edits: { at: number; remove: number; insert: string }[]): string =>
      edits.reduce((now, { at, remove, insert }) => {
        const place = at % (now.length + 1);
        return now.slice(0, place) + insert + now.slice(place + remove);
      }, text);
    await fc.assert(
      fc.asyncProperty(mutated, ({ text, edits }) => check(apply(text, edits))),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it("survives deep nesting, long texts and broken connections", async () => {
    await check("[".repeat(100_000));
    await check(`{"jsonrpc":"2.0","id":1,"method":"eth_call","params":${"[".repeat(5_000)}${"]".repeat(5_000)}}`);
    await check(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "x".repeat(1_000_000) }));
    await check(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_call", params: [{ data: "0x5b5f56" }] }));
    const broken = Array.from({ length: 20 }, () => {
      const controller = new AbortController();
      const request = fetch(url, { method: "POST", body: '{"jsonrpc":"2.0"', signal: controller.signal });
      controller.abort();
      return request.catch(() => undefined);
    });
    await Promise.all(broken);
    expect(await result(url, "net_listening")).to.equal(true);
  });
});
