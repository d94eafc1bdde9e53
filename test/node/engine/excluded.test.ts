import { expect } from "chai";
import { openEngine } from "../../../node/engine";
import { isErrorCode } from "../../../protocol/errors";
import { allocation, CODED, POOR, sign, withHighS, WALLETS } from "../../differential/support/transactions";
import { CHAIN_ID, TestChain } from "../../vm/support/chain";

const [ALICE, BOB] = WALLETS;
const GWEI = 10n ** 9n;
const ETHER = 10n ** 18n;
/** One gwei in genesis, which used no gas: an eighth less. */
const BASE_FEE = (GWEI * 7n) / 8n;

describe("engine: candidates that are no part of a block", () => {
  const chain = new TestChain(allocation());
  const engine = openEngine({ nodes: chain.nodes });
  const request = {
    parentOutputRoot: chain.genesis.outputRoot,
    timestamp: BigInt(chain.genesis.header.timestamp) + 1n,
    messageCount: 0,
    inbox: chain,
    place: { batch: 0n, segment: 0, offset: 0 },
  };
  const build = (...candidates: Uint8Array[]) => engine.buildBlock({ ...request, candidates });
  const to = BOB.address;

  const cases: [text: string, retry: boolean, raw: () => Promise<Uint8Array>][] = [
    ["rlp: transaction is malformed or not canonical", false, async () => Uint8Array.of(0xc0)],
    ["transaction type not supported", false, async () => Uint8Array.of(3, 0xc0)],
    ["invalid transaction v, r, s values", false, async () => withHighS(await sign(ALICE, { to }))],
    [`invalid chain id for signer: have 1 want ${CHAIN_ID}`, false, () => sign(ALICE, { to, chainId: 1n })],
    [
      "transaction gas limit too high (cap: 16777216, tx: 16777217)",
      false,
      () => sign(ALICE, { to, gasLimit: 16777217n }),
    ],
    ["intrinsic gas too low: have 20999, want 21000", false, () => sign(ALICE, { to, gasLimit: 20_999n })],
    [
      "insufficient gas for floor data gas cost: have 22600, want 25000",
      false,
      () => sign(ALICE, { to, gasLimit: 22_600n, data: `0x${"ff".repeat(100)}` }),
    ],
    [
      "max initcode size exceeded: code size 49153 limit 49152",
      false,
      () => sign(ALICE, { data: `0x${"00".repeat(49_153)}`, gasLimit: 2_000_000n }),
    ],
    [
      `max fee per gas less than block base fee: address ${ALICE.address}, maxFeePerGas: 2, baseFee: ${BASE_FEE}`,
      true,
      () => sign(ALICE, { to, maxFeePerGas: 2n, maxPriorityFeePerGas: 0n }),
    ],
    [`nonce too high: address ${ALICE.address}, tx: 5 state: 0`, true, () => sign(ALICE, { to, nonce: 5 })],
    [`sender not an eoa: address ${CODED.address}, len(code): 1`, false, () => sign(CODED, { to })],
    [
      `insufficient funds for gas * price + value: address ${ALICE.address} have ${1000n * ETHER} want ${2000n * ETHER + 200_000n * 20n * GWEI}`,
      false,
      () => sign(ALICE, { to, value: 2000n * ETHER }),
    ],
    [
      `insufficient funds for gas * price + value: address ${POOR.address} have 0 want ${200_000n * 20n * GWEI}`,
      false,
      () => sign(POOR, { to }),
    ],
  ];

  for (const [text, retry, raw] of cases) {
    it(`says "${text.slice(0, 60)}"`, async () => {
      const { excluded, transactions } = build(await raw());
      expect(transactions).to.deep.equal([]);
      expect(excluded).to.have.length(1);
      expect(excluded[0]).to.include({ index: 0, message: text, retry });
    });
  }

  it("takes the valid ones around an invalid one, and says a nonce that is used up", async () => {
    const valid = [await sign(ALICE, { to }), await sign(ALICE, { to, nonce: 1 })];
    const { transactions, excluded } = build(valid[0], valid[0], valid[1]);
    expect(transactions).to.deep.equal(valid);
    expect(excluded.map(({ index, message }) => [index, message])).to.deep.equal([
      [1, `nonce too low: address ${ALICE.address}, tx: 0 state: 1`],
    ]);
  });

  it("leaves for later what does not fit in gas or bytes", async () => {
    const big = { to: null, data: "0xfe", gasLimit: 16_000_000n };
    const gas = build(await sign(ALICE, big), await sign(BOB, big));
    expect(gas.excluded).to.deep.equal([{ index: 1, code: 5, message: "gas limit reached", retry: true }]);
    const raws = [await sign(ALICE, { to }), await sign(ALICE, { to, nonce: 1 }), await sign(BOB, { to })];
    const bytes = engine.buildBlock({ ...request, candidates: raws, maxBytes: 20 + raws[0].length + raws[2].length });
    expect(bytes.excluded).to.deep.include({ index: 2, code: 19, message: "block size limit reached", retry: true });
    expect(bytes.body.length).to.be.at.most(20 + raws[0].length + raws[2].length);
  });

  it("refuses a block that cannot stand there, and says which rule", () => {
    const refuses = (change: Partial<typeof request>, text: RegExp) =>
      expect(() => engine.buildBlock({ ...request, ...change, candidates: [] })).to.throw(text);
    refuses({ timestamp: request.timestamp - 1n }, /is not above the parent's/);
    refuses({ messageCount: 1 }, /1 messages asked for, the inbox has 0 more/);
    refuses({ parentOutputRoot: `0x${"12".repeat(32)}` }, /no header behind output root/);
    try {
      engine.buildBlock({ ...request, parentOutputRoot: `0x${"12".repeat(32)}`, candidates: [] });
    } catch (error) {
      expect(isErrorCode(error, "preimage-missing")).to.equal(true);
    }
  });
});
