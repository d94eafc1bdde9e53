import { expect } from "chai";
import { openEngine, type CallRequest } from "../../../node/engine";
import { toBigInt, word } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { allocation, CONTRACTS, WALLETS } from "../../differential/support/transactions";
import { CHAIN_ID, TestChain } from "../../vm/support/chain";

const ETHER = 10n ** 18n;
const FROM = WALLETS[0].address.toLowerCase() as Hex;
const TARGET: Hex = `0x${"77".repeat(20)}`;

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
const hexWord = (value: bigint): Hex => `0x${Buffer.from(word(value)).toString("hex")}`;

describe("engine: calls", () => {
  const chain = new TestChain(allocation());
  const engine = openEngine({ nodes: chain.nodes });
  const { header } = chain.genesis;
  const at = (name: keyof typeof CONTRACTS) => CONTRACTS[name] as Hex;
  /** Runs code that stands nowhere. */
  const run = (code: string, request: Partial<CallRequest> = {}) =>
    engine.call({
      header,
      to: TARGET,
      ...request,
      stateOverrides: { [TARGET]: { code: hex(code) }, ...request.stateOverrides },
    });
  const returns = (code: string, request: Partial<CallRequest> = {}): bigint => {
    const result = run(`${code}60005260206000f3`, request);
    expect(result.message).to.equal("");
    return toBigInt(result.returnData);
  };

  it("runs code and states the gas as a receipt would", () => {
    const result = engine.call({ header, to: at("counter"), from: FROM });
    expect(result).to.deep.include({ status: "success", halt: "stop", message: "" });
    // 21,000; SLOAD 2,100; SSTORE 20,000; memory 3; LOG1 750 + 8 * 32; ten of 3.
    expect(result.gasUsed).to.equal(21_000n + 2_100n + 20_000n + 3n + 750n + 256n + 30n);
  });

  it("leaves nothing behind", () => {
    const before = engine.call({ header, to: at("counter") });
    expect(engine.call({ header, to: at("counter") })).to.deep.equal(before);
  });

  it("gives the data of a revert", () => {
    const result = engine.call({ header, to: at("reverter") });
    expect(result).to.deep.include({ status: "revert", halt: "revert", message: "execution reverted" });
    expect(toBigInt(result.returnData)).to.equal(42n);
  });

  const halts: [code: string, halt: string, message: string][] = [
    ["5b600056", "out-of-gas", "out of gas"],
    ["01", "stack-underflow", "stack underflow (0 <=> 2)"],
    ["5b30600056", "stack-overflow", "stack limit reached 1024 (1023)"],
    ["600456", "bad-jump", "invalid jump destination"],
    ["fe", "invalid-opcode", "invalid opcode: INVALID"],
    ["0c", "invalid-opcode", "invalid opcode: opcode 0xc not defined"],
    ["6001600060003e", "return-data-bounds", "return data out of bounds"],
  ];
  for (const [code, halt, message] of halts) {
    it(`says "${message}"`, () => {
      expect(run(code, { gas: 100_000n })).to.deep.include({ status: "halt", halt, message, gasUsed: 100_000n });
    });
  }

  it("says why a creation fails", () => {
    const create = (code: string, gas = 1_000_000n) => engine.call({ header, to: null, data: hex(code), gas }).message;
    expect(create("60ef60005360016000f3")).to.equal("invalid code: must not begin with 0xef");
    expect(create("6160016000f3")).to.equal("max code size exceeded");
    expect(create("6110006000f3", 500_000n)).to.equal("contract creation code storage out of gas");
  });

  it("needs no balance for gas at price zero, and shows a base fee of zero then", () => {
    expect(returns("48")).to.equal(0n);
    expect(returns("3a")).to.equal(0n);
    const paid = { from: FROM, gasPrice: 2_000_000_000n, gas: 100_000n };
    expect(returns("48", paid)).to.equal(header.baseFeePerGas);
    expect(returns("3a", paid)).to.equal(2_000_000_000n);
    expect(
      returns("3a", { from: FROM, gas: 100_000n, maxFeePerGas: 9_000_000_000n, maxPriorityFeePerGas: 5n }),
    ).to.equal(header.baseFeePerGas! + 5n);
  });

  it("refuses what no account could send, in geth's words", () => {
    const message = (request: Partial<CallRequest>) => {
      const result = engine.call({ header, to: TARGET, ...request });
      expect(result.status).to.equal("refused");
      return result.message;
    };
    expect(message({ value: 5n })).to.equal(
      `err: insufficient funds for gas * price + value: address 0x${"00".repeat(20)} have 0 want 5 (supplied gas 50000000)`,
    );
    expect(message({ gas: 20_000n })).to.equal(
      "err: intrinsic gas too low: have 20000, want 21000 (supplied gas 20000)",
    );
    expect(message({ from: FROM, gas: 21_000n, maxFeePerGas: 7n })).to.match(
      /^err: max fee per gas less than block base fee/,
    );
    expect(message({ from: FROM, gas: 21_000n, gasPrice: ETHER })).to.match(
      /^err: insufficient funds for gas \* price \+ value/,
    );
  });

  it("takes as much gas as the balance pays for where none is named", () => {
    const gas = returns("5a", { from: FROM, gasPrice: ETHER / 1000n });
    expect(gas > 900_000n && gas < 1_000_000n).to.equal(true);
    expect(returns("5a") > 16_700_000n).to.equal(true);
  });

  it("overrides balances, nonces, code and storage", () => {
    const slot = (value: bigint) => ({ [hexWord(0n)]: hexWord(value) });
    const counter = (override: object) =>
      engine.call({ header, to: at("counter"), stateOverrides: { [at("counter")]: override } }).gasUsed;
    expect(returns(`73${FROM.slice(2)}31`, { stateOverrides: { [FROM]: { balance: 5n } } })).to.equal(5n);
    expect(
      returns("600054", { stateOverrides: { [TARGET]: { code: hex("60005460005260206000f3"), state: slot(9n) } } }),
    ).to.equal(9n);
    // An empty slot costs 20,000 to fill, a full one 2,900 to change.
    expect(counter({ stateDiff: slot(3n) })).to.equal(counter({}) - 17_100n);
    expect(counter({ state: { [hexWord(1n)]: hexWord(1n) } })).to.equal(counter({}));
  });

  it("overrides the block", () => {
    const blockOverrides = { number: 77n, timestamp: 88n, gasLimit: 99n, coinbase: TARGET, prevRandao: hexWord(66n) };
    const see = (op: string) => returns(op, { blockOverrides });
    expect([see("43"), see("42"), see("45"), see("41"), see("44")]).to.deep.equal([77n, 88n, 99n, BigInt(TARGET), 66n]);
    expect(returns("46")).to.equal(CHAIN_ID);
  });

  it("applies access lists and authorizations", () => {
    const accessList = [{ address: TARGET, storageKeys: [hexWord(0n)] }];
    const read = { code: hex("60005400") };
    const cost = (request: Partial<CallRequest>) =>
      engine.call({ header, to: TARGET, stateOverrides: { [TARGET]: read }, ...request }).gasUsed;
    expect(cost({ accessList })).to.equal(cost({}) + 2_400n + 1_900n - 2_000n);
    const authorizationList = [{ chainId: 0n, address: TARGET, nonce: 0n, yParity: 0, r: 1n, s: 1n }];
    expect(cost({ authorizationList })).to.equal(cost({}) + 25_000n - 0n);
  });

  it("goes on after a call that broke off", () => {
    expect(() => engine.call({ header: { ...header, stateRoot: hexWord(1n) }, to: TARGET })).to.throw(
      /0x0+1: the store lacks it/,
    );
    expect(engine.call({ header, to: TARGET }).status).to.equal("success");
  });
});

describe("engine: estimates", () => {
  const chain = new TestChain(allocation());
  const engine = openEngine({ nodes: chain.nodes });
  const { header } = chain.genesis;
  const estimate = (request: Partial<CallRequest>): bigint => {
    const result = engine.estimateGas({ header, to: TARGET, ...request });
    if ("failed" in result) throw new Error(result.failed.message);
    return result.gas;
  };
  const code = (text: string) => ({ stateOverrides: { [TARGET]: { code: hex(text) } } });

  const cases: [title: string, request: Partial<CallRequest>][] = [
    ["a call", { to: CONTRACTS.counter as Hex }],
    ["a creation", { to: null, data: hex("600a600c600039600a6000f3602a60005260206000f3") }],
    ["calldata at the floor", { data: hex("ff".repeat(500)) }],
    [
      "a refund",
      {
        to: CONTRACTS.writer as Hex,
        stateOverrides: { [CONTRACTS.writer as Hex]: { stateDiff: { [hexWord(0n)]: hexWord(1n) } } },
      },
    ],
    // Calls the counter with all gas and reverts when that failed: 1/64 is kept back.
    ["a frame that keeps back a 64th", code(`60008080808073${CONTRACTS.counter.slice(2)}5af16023575f80fd5b00`)],
    // Needs 100,000 gas to be there, but uses next to none.
    ["a check of the gas left", code("620186a05a11600c575f80fd5b00")],
  ];
  for (const [title, request] of cases) {
    it(`finds the least gas for ${title}`, () => {
      const gas = estimate(request);
      const full = { header, to: TARGET, ...request };
      expect(engine.call({ ...full, gas }).status).to.equal("success");
      expect(engine.call({ ...full, gas: gas - 1n }).status).to.not.equal("success");
    });
  }

  it("lasts through runs that each read other accounts", () => {
    // Reads balances of accounts numbered from the gas at the start on, until 60,000 gas are left; 6,000 of them in each run.
    const text = "624c4b405a11600d575f5ffd00" + "5b5a5b8031506001" + "0161ea605a11600f5700";
    const gas = estimate({ ...code(text), gas: 16_000_000n });
    expect(gas > 15_900_000n && gas <= 16_000_000n).to.equal(true);
  });

  it("refuses overrides that are too many", () => {
    const state = Object.fromEntries(Array.from({ length: 32_769 }, (_, i) => [hexWord(BigInt(i)), hexWord(1n)]));
    const request = { header, to: TARGET, stateOverrides: { [TARGET]: { state } } };
    expect(() => engine.call(request)).to.throw(/1 accounts and 32769 slots: at most 32768 and 32768/);
  });

  it("is 21,000 for a plain transfer", () => {
    expect(estimate({ from: FROM, value: 1n })).to.equal(21_000n);
  });

  it("says what fails at the cap", () => {
    const failed = (request: Partial<CallRequest>) => {
      const result = engine.estimateGas({ header, to: TARGET, ...request });
      return "failed" in result ? result.failed : expect.fail("it should fail");
    };
    expect(failed({ to: CONTRACTS.reverter as Hex })).to.deep.include({
      status: "revert",
      message: "execution reverted",
    });
    expect(failed(code("fe")).message).to.equal("invalid opcode: INVALID");
    expect(failed(code("5b5f56")).message).to.equal("gas required exceeds allowance (16777216)");
    expect(failed({ ...code("620186a05a11600c575f80fd5b00"), gas: 50_000n }).status).to.equal("revert");
    expect(failed({ from: FROM, value: 2000n * ETHER, gasPrice: 1n }).message).to.equal(
      "insufficient funds for transfer",
    );
    expect(failed({ from: FROM, value: 2000n * ETHER, data: hex("00") }).message).to.match(
      /^failed with 16777216 gas: insufficient funds for gas \* price \+ value/,
    );
  });
});

describe("engine: access lists", () => {
  const chain = new TestChain(allocation());
  const engine = openEngine({ nodes: chain.nodes });
  const { header } = chain.genesis;

  it("lists what is touched, without sender, destination and precompiles", () => {
    const other: Hex = `0x${"88".repeat(20)}`;
    const text = `73${other.slice(2)}315073${FROM.slice(2)}31506001315060055450`;
    const { accessList, result } = engine.createAccessList({
      header,
      from: FROM,
      to: TARGET,
      stateOverrides: { [TARGET]: { code: hex(text) } },
    });
    expect(accessList).to.deep.equal([
      { address: other, storageKeys: [] },
      { address: TARGET, storageKeys: [hexWord(5n)] },
    ]);
    expect(result.status).to.equal("success");
  });

  it("follows what the list itself changes", () => {
    // SLOADs another slot where the first was cheap.
    const text = "5a600054505a90036103e81160145760015450005b60025450";
    const { accessList } = engine.createAccessList({
      header,
      to: TARGET,
      stateOverrides: { [TARGET]: { code: hex(text) } },
    });
    expect(accessList[0].storageKeys).to.deep.equal([hexWord(0n), hexWord(1n), hexWord(2n)]);
  });
});
