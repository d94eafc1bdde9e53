import { expect } from "chai";
import type { Hex } from "../../../protocol/types";
import { openEngine, type CallFrame, type CallRequest, type Trace } from "../../../node/engine";
import { decodeHeader, word } from "../../../protocol";
import { allocation, CONTRACTS, sign, WALLETS } from "../../differential/support/transactions";
import { TestChain } from "../../vm/support/chain";

const A: Hex = `0x${"aa".repeat(20)}`;
const B: Hex = `0x${"bb".repeat(20)}`;
const FROM = WALLETS[0].address.toLowerCase() as Hex;
const CALLS = { calls: true, logs: true };
const STEPS = { steps: true, stack: true, storage: true, memory: true, returnData: true };

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const hexWord = (value: bigint): Hex => `0x${Buffer.from(word(value)).toString("hex")}`;
/** Calls B with all gas and no data; leaves 1 or 0. */
const callB = `600080808080${B.slice(0)}5af1`.replace("0x", "73");

describe("engine: traces of calls", () => {
  const chain = new TestChain(allocation());
  const engine = openEngine({ nodes: chain.nodes });
  const { header } = chain.genesis;
  const trace = (codes: Record<Hex, string>, options: object, request: Partial<CallRequest> = {}): Trace => {
    const stateOverrides = Object.fromEntries(Object.entries(codes).map(([at, code]) => [at, { code: hex(code) }]));
    return engine.traceCall({ header, from: FROM, to: A, gas: 200_000n, stateOverrides, ...request }, options);
  };
  const tree = (codes: Record<Hex, string>, request: Partial<CallRequest> = {}): CallFrame =>
    trace(codes, CALLS, request).call!;

  it("records each step with its cost, stack, memory and storage", () => {
    const { steps } = trace({ [A]: "602a60015560015460005200" }, STEPS);
    expect(steps.map(({ pc, op, gasCost }) => [pc, op, Number(gasCost)])).to.deep.equal([
      [0, 0x60, 3],
      [2, 0x60, 3],
      [4, 0x55, 22_100],
      [5, 0x60, 3],
      [7, 0x54, 100],
      [8, 0x60, 3],
      [10, 0x52, 6],
      [11, 0x00, 0],
    ]);
    expect(steps[0].gas).to.equal(179_000n);
    expect(steps[2].stack).to.deep.equal([42n, 1n]);
    expect(steps[2].storage).to.deep.equal({ [hexWord(1n)]: hexWord(42n) });
    expect(steps[4].storage).to.deep.equal({ [hexWord(1n)]: hexWord(42n) });
    expect(steps[6].memory).to.deep.equal(new Uint8Array(0));
    expect(Buffer.from(steps[7].memory!).toString("hex")).to.equal("2a".padStart(64, "0"));
    expect(steps.some(({ error }) => error !== undefined)).to.equal(false);
  });

  it("charges a call with the gas that goes with it, and a creation without", () => {
    const { steps } = trace({ [A]: `${callB}00`, [B]: "00" }, STEPS);
    const call = steps.find(({ op }) => op === 0xf1)!;
    const inner = steps.find(({ depth }) => depth === 2)!;
    expect(call.gasCost).to.equal(2_600n + inner.gas);
    const created = trace({ [A]: "600060006000f000" }, STEPS).steps.find(({ op }) => op === 0xf0)!;
    expect(created.gasCost).to.equal(32_000n);
  });

  it("says the error on the step that ended its frame", () => {
    const { steps, failed } = trace({ [A]: `${callB}00`, [B]: "6001fe" }, STEPS);
    expect(steps.filter(({ error }) => error !== undefined).map(({ op, error }) => [op, error])).to.deep.equal([
      [0xfe, "invalid opcode: INVALID"],
    ]);
    expect(failed).to.equal(false);
  });

  it("ends at the limit of steps, but runs on", () => {
    const { steps, gasUsed } = trace({ [A]: "60015060025000" }, { steps: true, limit: 2 });
    expect(steps).to.have.length(2);
    expect(steps[0]).to.not.have.property("stack");
    expect(gasUsed).to.equal(21_010n);
  });

  it("shows the outermost call with the transaction's gas", () => {
    const call = tree({ [A]: "602a60005260206000f3" }, { value: 7n, data: hex("01") });
    expect(call).to.deep.include({ type: "CALL", from: FROM, to: A, value: 7n, gas: 200_000n, calls: [] });
    expect(call.output).to.deep.equal(word(42n));
    expect(call.input).to.deep.equal(hex("01"));
    // The calldata floor: one byte that is not zero.
    expect(call.gasUsed).to.equal(21_040n);
  });

  it("shows each kind of call with who calls whom and for how much", () => {
    const inner = (op: string, value: string) => `6000808080${value}73${B.slice(2)}5a${op}50`;
    const code = `${inner("f1", "6001")}${inner("f2", "6002")}${inner("f4", "")}${inner("fa", "")}00`;
    const { calls } = tree({ [A]: code, [B]: "00" }, { value: 9n });
    expect(calls.map(({ type, from, to, value }) => [type, from, to, value])).to.deep.equal([
      ["CALL", A, B, 1n],
      ["CALLCODE", A, B, 2n],
      ["DELEGATECALL", A, B, 9n],
      ["STATICCALL", A, B, undefined],
    ]);
  });

  it("shows precompiles, creations and self-destructs", () => {
    const initcode = "6001600053600160 00f3".replace(" ", "");
    const create = `69${initcode}600052600a60166000f050`;
    const code = `60008080808060045af150${create}73${B.slice(2)}ff`;
    const { calls } = tree({ [A]: code }, { value: 5n });
    expect(calls.map(({ type, to, error }) => [type, to?.length, error])).to.deep.equal([
      ["CALL", 42, undefined],
      ["CREATE", 42, undefined],
      ["SELFDESTRUCT", 42, undefined],
    ]);
    expect(calls[1].output).to.deep.equal(hex("01"));
    expect(calls[1].input).to.deep.equal(hex(initcode));
    expect(calls[2]).to.deep.include({ from: A, to: B, value: 5n, gas: 0n, gasUsed: 0n });
  });

  it("shows logs at their place among the calls, and none of a frame that failed", () => {
    const log = "60026001a1".replace("60026001a1", "6009600260" + "01a1");
    const { logs, calls } = tree({ [A]: `${log}${callB}50${log}00`, [B]: "600960006000a1fe" });
    expect(logs).to.deep.equal([
      { address: A, topics: [hexWord(9n)], data: new Uint8Array(2), position: 0 },
      { address: A, topics: [hexWord(9n)], data: new Uint8Array(2), position: 1 },
    ]);
    expect(calls[0]).to.not.have.property("logs");
  });

  const errors: [title: string, code: string, error: string][] = [
    ["a revert", "602a60005260206000fd", "execution reverted"],
    ["too little gas", "5b5f56", "out of gas"],
    ["a bad jump", "5f56", "invalid jump destination"],
    ["an empty stack", "01", "stack underflow (0 <=> 2)"],
  ];
  for (const [title, code, error] of errors) {
    it(`says the error of ${title} in an inner call`, () => {
      const { calls, error: outer } = tree({ [A]: `${callB}00`, [B]: code });
      expect(calls[0].error).to.equal(error);
      expect(outer).to.equal(undefined);
      expect(calls[0].output).to.deep.equal(error === "execution reverted" ? word(42n) : undefined);
      if (error !== "execution reverted") expect(calls[0].gasUsed).to.equal(calls[0].gas);
    });
  }

  it("says when a value is not there, a frame may not write, or a creation fails", () => {
    const poor = tree({ [A]: `60008080806001${`73${B.slice(2)}`}5af100` }).calls[0];
    expect(poor).to.deep.include({ error: "insufficient balance for transfer", gasUsed: 0n });
    const isStatic = tree({ [A]: `600080808073${B.slice(2)}5afa00`, [B]: "60016001" + "5500" }).calls[0];
    expect(isStatic.error).to.equal("write protection");
    const created = tree({ [A]: "60fe600053600160006000f000" }).calls[0];
    expect(created).to.deep.include({ type: "CREATE", error: "invalid opcode: INVALID" });
    expect(created).to.not.have.property("to");
  });

  it("refuses to trace what is no valid transaction", () => {
    expect(() => trace({}, CALLS, { gas: 20_000n })).to.throw(/intrinsic gas too low/);
  });
});

describe("engine: traces of transactions", () => {
  const chain = new TestChain(allocation());
  const engine = openEngine({ nodes: chain.nodes });

  it("repeats a block up to any of its transactions, deposits too", async () => {
    chain.addMessage({ to: CONTRACTS.counter as Hex, gasLimit: 100_000n });
    chain.addMessage({ to: CONTRACTS.counter as Hex, gasLimit: 21_000n, value: 10n ** 20n });
    const request = { parentOutputRoot: chain.genesis.outputRoot, inbox: chain, messageCount: 2 };
    const built = engine.buildBlock({
      ...request,
      timestamp: BigInt(chain.genesis.header.timestamp) + 2n,
      candidates: [
        await sign(WALLETS[0], { to: CONTRACTS.counter }),
        await sign(WALLETS[1], { to: null, data: "0x60016000f3" }),
        await sign(WALLETS[0], { to: CONTRACTS.reverter, nonce: 1 }),
      ],
      place: { batch: 0n, segment: 0, offset: 0 },
    });
    const block = {
      header: decodeHeader(built.headerRlp),
      parent: chain.genesis.header,
      transactions: built.transactions,
      inbox: chain,
    };
    const traces = built.transactions.map((_, i) => engine.traceTransaction(block, i, { calls: true, steps: true }));
    expect(traces.reduce((sum, { gasUsed }) => sum + gasUsed, 0n)).to.equal(built.header.gasUsed);
    expect(traces.map(({ failed, call }) => [failed, call!.type, call!.error])).to.deep.equal([
      [false, "CALL", undefined],
      [true, "CALL", "insufficient balance for transfer, or intrinsic gas too low"],
      [false, "CALL", undefined],
      [false, "CREATE", undefined],
      [true, "CALL", "execution reverted"],
    ]);
    expect(traces.map(({ returnData }) => returnData.length)).to.deep.equal([0, 0, 0, 1, 32]);
    // The second call of the counter finds its slot filled.
    const cost = (index: number) => traces[index].steps.find(({ op }) => op === 0x55)!.gasCost;
    expect([cost(0), cost(2)]).to.deep.equal([20_000n, 2_900n]);
    expect(engine.traceBlock(block, { calls: true, steps: true })).to.deep.equal(traces);
    expect(() => engine.traceTransaction({ ...block, inbox: undefined }, 2, {})).to.throw(/pass the inbox/);
    expect(() => engine.traceTransaction({ ...block, transactions: [Uint8Array.of(0xc0)] }, 0, {})).to.throw(
      /is no part of this block/,
    );
  });
});
