import { expect } from "chai";
import { openEngine, type SimulatedBlock, type SimulateRequest } from "../../../node/engine";
import { blockHash, fromHex, toBigInt, toHex, word } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { allocation, CONTRACTS, sign, WALLETS } from "../../differential/support/transactions";
import { TestChain } from "../../vm/support/chain";

const FROM = WALLETS[0].address.toLowerCase() as Hex;
const TARGET: Hex = `0x${"77".repeat(20)}`;
const ELSEWHERE: Hex = "0x0000000000000000000000000000000000123456";
const SHA256: Hex = "0x0000000000000000000000000000000000000002";
const GWEI = 10n ** 9n;
/** sha256 of no bytes. */
const SHA256_OF_NOTHING = "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

describe("engine: simulated blocks", () => {
  const chain = new TestChain(allocation());
  const engine = openEngine({ nodes: chain.nodes });
  const { header } = chain.genesis;
  const hash = blockHash(header);
  const at = (name: keyof typeof CONTRACTS) => CONTRACTS[name] as Hex;
  const next = (index = 1) => ({
    number: BigInt(header.number + index),
    timestamp: BigInt(header.timestamp + 12 * index),
  });
  const request = (blocks: SimulateRequest["blocks"], more: Partial<SimulateRequest> = {}): SimulateRequest => ({
    ...{ base: header, baseHash: hash, blocks, isValidated: false, withTransfers: false, minimumBaseFee: 1n },
    ...more,
  });
  const run = (blocks: SimulateRequest["blocks"], more: Partial<SimulateRequest> = {}): SimulatedBlock[] => {
    const result = engine.simulate(request(blocks, more));
    if ("failed" in result) throw new Error(result.failed.message);
    return result;
  };

  it("makes the roots and gas of a block that was built of the same transactions", async () => {
    const baseFee = 7n;
    const fields = { maxFeePerGas: 20n * GWEI, maxPriorityFeePerGas: GWEI };
    const sent = [
      { to: at("counter"), gasLimit: 100_000n, value: 0n, data: "0x" as Hex },
      { to: at("reverter"), gasLimit: 60_000n, value: 0n, data: "0x" as Hex },
      { to: at("caller"), gasLimit: 90_000n, value: 10n, data: `0x${"00".repeat(12)}${TARGET.slice(2)}` as Hex },
      { to: null, gasLimit: 200_000n, value: 1n, data: "0x60fe60005360016000f3" as Hex },
    ];
    const signed = await Promise.all(
      sent.map((tx, nonce) => sign(WALLETS[0], { type: 2, chainId: 4242n, nonce, ...fields, ...tx })),
    );
    const { number, timestamp } = next();
    const built = engine.executeBlock(
      {
        parentHash: hash,
        parentStateRoot: header.stateRoot,
        number,
        timestamp,
        gasLimit: header.gasLimit,
        baseFee,
        coinbase: header.miner,
        prevRandao: `0x${"00".repeat(32)}`,
        extraData: new Uint8Array(0),
        parentBeaconBlockRoot: `0x${"00".repeat(32)}`,
        chainId: 0n,
      },
      signed,
    );
    expect(built.excluded).to.deep.equal([]);
    const [block] = run(
      [
        {
          overrides: { number, timestamp, baseFee },
          calls: sent.map(({ gasLimit, data, ...tx }, nonce) => ({
            ...tx,
            ...fields,
            from: FROM,
            gas: gasLimit,
            data: fromHex(data),
            nonce: BigInt(nonce),
          })),
        },
      ],
      { isValidated: true },
    );
    const { stateRoot, receiptsRoot, logsBloom, gasUsed } = built;
    expect(block.header).to.deep.include({ stateRoot, receiptsRoot, logsBloom, gasUsed });
    expect(block.calls.map(({ status }) => status)).to.deep.equal(["success", "revert", "success", "success"]);
  });

  it("builds each block on the one before, and leaves nothing behind", () => {
    const calls = [{ from: FROM, to: at("counter") }];
    const blocks = [1, 2].map((index) => ({ overrides: next(index), calls }));
    const first = run(blocks);
    expect(first.map(({ calls: [call] }) => toBigInt(call.logs[0].data))).to.deep.equal([1n, 2n]);
    expect(first[1].header.parentHash).to.equal(first[0].hash);
    expect(run(blocks)).to.deep.equal(first);
  });

  it("R4 gives a call the gas it asks for, up to fifty million in all", () => {
    // GAS, returned.
    const gasOf = (gas?: bigint) =>
      engine.call({
        ...{ header, to: TARGET, gas, stateOverrides: { [TARGET]: { code: fromHex("0x5a60005260206000f3") } } },
      });
    expect(toBigInt(gasOf().returnData)).to.equal(50_000_000n - 21_002n);
    expect(toBigInt(gasOf(30_000_000n).returnData)).to.equal(30_000_000n - 21_002n);
    expect(toBigInt(gasOf(10n ** 12n).returnData)).to.equal(50_000_000n - 21_002n);
    // Memory of 90,000 words twice, 18 million gas each.
    const heavy = "622c000060005262420000600052";
    const result = engine.call({ header, to: TARGET, stateOverrides: { [TARGET]: { code: fromHex(`0x${heavy}`) } } });
    expect(result.status).to.equal("success");
  });

  for (const [what, code] of [
    ["memory", "5b61ffff595260005600"],
    ["storage", "5b5a5a5500".replace("00", "600056")],
    ["transient storage", "5b5a5a5d600056"],
    ["logs", "5b6120006000a0600056"],
    ["calls to accounts", "5b600060006000600060005a5af150600056"],
    ["stack and frames", "5b30303030303030303030600060006000600060003061fffff45b600056"],
  ])
    it(`R4 holds fifty million gas of ${what}`, () => {
      const stateOverrides = { [TARGET]: { code: fromHex(`0x${code}`) } };
      expect(engine.call({ header, to: TARGET, stateOverrides }).status).to.equal("halt");
    });

  it("R8 runs overridden code that is longer than any creation makes", () => {
    const code = Uint8Array.from({ length: 24_577 }, () => 0x5b);
    code.set(fromHex("0x385f5260205ff3"), 24_570);
    const result = engine.call({ header, to: TARGET, stateOverrides: { [TARGET]: { code } } });
    expect(result.message).to.equal("");
    expect(toBigInt(result.returnData)).to.equal(24_577n);
  });

  it("moves a precompile, takes an overridden one away, and puts all back", () => {
    const stateOverrides = { [SHA256]: { code: new Uint8Array(0), movePrecompileTo: ELSEWHERE } };
    const [{ calls }] = run([{ overrides: next(), stateOverrides, calls: [{ to: ELSEWHERE }, { to: SHA256 }] }]);
    expect(calls.map(({ returnData }) => toHex(returnData))).to.deep.equal([SHA256_OF_NOTHING, "0x"]);
    expect(toHex(engine.call({ header, to: SHA256 }).returnData)).to.equal(SHA256_OF_NOTHING);
    const refused = engine.simulate(
      request([{ overrides: next(), stateOverrides: { [TARGET]: { movePrecompileTo: ELSEWHERE } }, calls: [] }]),
    );
    expect(refused).to.have.nested.property("failed.reason", "override");
  });

  it("logs transfers of ether where asked, and none of a call that failed", () => {
    const calls = [
      { from: FROM, to: at("caller"), value: 10n, data: fromHex(`0x${"00".repeat(12)}${TARGET.slice(2)}`) },
    ];
    const [
      {
        calls: [sent],
      },
    ] = run([{ overrides: next(), calls }], { withTransfers: true });
    expect(sent.logs.map(({ data, topics }) => [toBigInt(data), topics[2].slice(26)])).to.deep.equal([
      [10n, at("caller").slice(2)],
      [5n, TARGET.slice(2)],
    ]);
    const reverted = run([{ overrides: next(), calls: [{ from: FROM, to: at("reverter"), value: 1n }] }], {
      withTransfers: true,
    });
    expect(reverted[0].calls[0]).to.deep.include({ status: "revert", logs: [] });
  });

  it("sees the base fee of the block, and pays nothing where nothing is offered", () => {
    const code = fromHex("0x485f5260205ff3");
    const [{ calls }] = run([
      {
        overrides: { ...next(), baseFee: 5n },
        stateOverrides: { [TARGET]: { code } },
        calls: [{ from: `0x${"88".repeat(20)}`, to: TARGET }],
      },
    ]);
    expect(toHex(calls[0].returnData)).to.equal(toHex(word(5n)));
  });

  const rich = { from: FROM, to: TARGET, maxFeePerGas: GWEI };
  const refusals: [
    what: string,
    call: SimulateRequest["blocks"][number]["calls"][number],
    reason: string,
    more?: Partial<SimulateRequest>,
  ][] = [
    ["a nonce below", { ...rich, nonce: 0n }, "nonce-low"],
    ["a nonce above", { ...rich, nonce: 9n }, "nonce-high"],
    ["a fee below the base fee", { from: FROM, to: TARGET }, "fee-below-base"],
    ["a tip above the fee", { ...rich, maxPriorityFeePerGas: 2n * GWEI }, "tip-above-fee"],
    ["too little gas", { ...rich, gas: 20_999n }, "intrinsic-gas"],
    ["too little money", { from: `0x${"88".repeat(20)}`, to: TARGET, value: 1n }, "funds", { isValidated: false }],
    ["more gas than the block has", { ...rich, gas: 30_000_001n }, "block-gas"],
    ["initcode that is too long", { ...rich, to: null, data: new Uint8Array(49_153) }, "initcode-size"],
  ];
  for (const [what, call, reason, more] of refusals)
    it(`refuses ${what}`, () => {
      const overrides = { ...next(), baseFee: 1n };
      const calls = [rich, call];
      const result = engine.simulate(request([{ overrides, calls }], { isValidated: true, ...more }));
      expect(result).to.have.nested.property("failed.reason", reason);
    });

  it("gives all blocks of a simulation fifty million gas together", () => {
    const burn = { to: at("loop"), gas: 30_000_000n };
    const result = engine.simulate(request([1, 2, 3].map((index) => ({ overrides: next(index), calls: [burn] }))));
    expect(result).to.have.nested.property("failed.reason", "gas-cap");
  });
});
