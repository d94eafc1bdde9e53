import { expect } from "chai";
import { openEngine } from "../../../node/engine";
import { formatTrace, optionsOf, parseTracer } from "../../../node/rpc/tracers";
import { parseFilterCriteria } from "../../../node/rpc/logs";
import { fromHex, keccak256, toHex } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { allocation, CODES, CONTRACTS, WALLETS } from "../../differential/support/transactions";
import { TestChain } from "../../vm/support/chain";

const A: Hex = `0x${"aa".repeat(20)}`;
const B: Hex = `0x${"bb".repeat(20)}`;
const FROM = WALLETS[0].address.toLowerCase() as Hex;
const ETHER = 10n ** 18n;

/** Expected values are geth's, by its sources of native tracers. */
describe("rpc: tracers", () => {
  const chain = new TestChain(allocation());
  const engine = openEngine({ nodes: chain.nodes });
  const { header } = chain.genesis;
  const run = (config: object, to: Hex, data = "0x", codes: Record<Hex, string> = {}): never => {
    const stateOverrides = Object.fromEntries(
      Object.entries(codes).map(([at, code]) => [at, { code: fromHex(`0x${code}` as Hex) }]),
    );
    const tracer = parseTracer(config, 1);
    const request = { header, from: FROM, to, gas: 200_000n, value: 4n, data: fromHex(data as Hex), stateOverrides };
    return formatTrace(engine.traceCall(request, optionsOf(tracer)), tracer, undefined, 7) as never;
  };
  const counter = CONTRACTS.counter as Hex;

  it("R12 shows what a call touches before it", () => {
    const state: Record<string, Record<string, unknown>> = run({ tracer: "prestateTracer" }, counter);
    expect(state[FROM]).to.deep.equal({ balance: `0x${(1000n * ETHER).toString(16)}` });
    expect(state[counter]).to.deep.equal({
      balance: "0x0",
      code: CODES.counter,
      codeHash: toHex(keccak256(fromHex(CODES.counter))),
      storage: { [`0x${"00".repeat(32)}`]: `0x${"00".repeat(32)}` },
    });
    expect(Object.keys(state)).to.have.members([FROM, counter, header.miner]);
  });

  it("R12 shows what a call changes, before and after it", () => {
    const config = { tracer: "prestateTracer", tracerConfig: { diffMode: true, disableCode: true } };
    const { pre, post }: Record<string, Record<string, Record<string, unknown>>> = run(config, counter);
    expect(Object.keys(pre)).to.have.members([FROM, counter]);
    expect(post[FROM]).to.deep.equal({ balance: `0x${(1000n * ETHER - 4n).toString(16)}`, nonce: 1 });
    expect(post[counter]).to.deep.equal({
      balance: "0x4",
      storage: { [`0x${"00".repeat(32)}`]: `0x${"1".padStart(64, "0")}` },
    });
    expect(pre[counter]).to.not.have.property("storage");
  });

  it("counts selectors by the length of their arguments", () => {
    expect(run({ tracer: "4byteTracer" }, counter, "0x0102030405")).to.deep.equal({ "0x01020304-1": 1 });
    expect(run({ tracer: "4byteTracer" }, counter, "0x010203")).to.deep.equal({});
  });

  it("shows calls one after the other, precompiles only where asked, errors in either's words", () => {
    // Calls sha256, then B, which jumps to nowhere.
    const codes = { [A]: `6000808080600261c350fa50600080808080${"73"}${B.slice(2)}61c350f100`, [B]: "600456" };
    const flat = (config: object): { type: string; traceAddress: number[]; error?: string; subtraces: number }[] =>
      run({ tracer: "flatCallTracer", tracerConfig: config }, A, "0x", codes);
    const shown = (config: object) => flat(config).map(({ traceAddress, error }) => [traceAddress.join(), error]);
    expect(shown({})).to.deep.equal([
      ["", undefined],
      ["0", "invalid jump destination"],
    ]);
    expect(shown({ includePrecompiles: true, convertParityErrors: true })).to.deep.equal([
      ["", undefined],
      ["0", undefined],
      ["1", "Bad jump destination"],
    ]);
    expect(flat({})[0]).to.deep.include({ type: "call", subtraces: 1 });
  });

  it("R10 numbers the logs as the receipt does, across calls", () => {
    // A logs, calls B, logs again; B logs once.
    const log = "60006000a0";
    const codes = { [A]: `${log}600080808080${"73"}${B.slice(2)}61c350f150${log}`, [B]: log };
    const frame: { logs: { index: string }[]; calls: { logs: { index: string }[] }[] } = run(
      { tracer: "callTracer", tracerConfig: { withLog: true } },
      A,
      "0x",
      codes,
    );
    expect(frame.logs.map(({ index }) => index)).to.deep.equal(["0x7", "0x9"]);
    expect(frame.calls[0].logs[0].index).to.equal("0x8");
  });

  it("R13 says why it runs no JavaScript", () => {
    const script = "{ data: [], fault: function() {}, step: function() {}, result: function() { return this.data } }";
    expect(() => parseTracer({ tracer: script }, 1)).to.throw(/JavaScript tracers are not supported/);
    expect(() => parseTracer({ tracer: "nonsense" }, 1)).to.throw(/tracer not supported: use callTracer/);
  });

  for (const range of [
    { fromBlock: "banana" },
    { fromBlock: 5 },
    { toBlock: "0x1" },
    { fromBlock: "latest", toBlock: "0x1" },
    { fromBlock: "0x3", toBlock: "0x2" },
    { fromBlock: "pending" },
    { blockHash: `0x${"11".repeat(32)}`, fromBlock: "0x1" },
    { blockHash: "0x11" },
  ])
    it(`R6 refuses a filter with ${JSON.stringify(range).slice(0, 60)}`, () => {
      expect(() => parseFilterCriteria(range, 0))
        .to.throw()
        .with.property("code", -32602);
    });

  it("R6 keeps a filter to its range", () => {
    expect(parseFilterCriteria({ fromBlock: "0x0", toBlock: "0x5" }, 0)).to.include({ fromBlock: 0n, toBlock: 5n });
    expect(parseFilterCriteria({ fromBlock: "0x5" }, 0))
      .to.include({ fromBlock: 5n })
      .and.not.have.property("toBlock");
    expect(parseFilterCriteria({}, 0)).to.have.keys("addresses", "topics");
  });
});
