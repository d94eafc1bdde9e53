import { expect } from "chai";
import { Wallet, getBytes, type TransactionLike } from "ethers";
import { Mempool } from "../../../sequencer/pool/mempool";
import { KEYS } from "../support/anvil";

const limits = { chainId: 7n, blockGasLimit: 30_000_000n, minimumBaseFee: 10n, maxBytes: 100_000 };
const wallets = KEYS.map((key) => new Wallet(key));
const TO = "0x" + "42".repeat(20);

describe("mempool", () => {
  let states: Map<string, { nonce: bigint; balance: bigint }>;
  let pool: Mempool;
  beforeEach(() => {
    states = new Map(wallets.map((w) => [w.address.toLowerCase(), { nonce: 5n, balance: 10n ** 18n }]));
    const account = (address: string) => states.get(address) ?? { nonce: 0n, balance: 0n };
    pool = new Mempool(account, limits, { total: 6, perSender: 4, queuedPerSender: 2 });
  });

  const sign = async (fields: TransactionLike = {}, signer = 0): Promise<Uint8Array> => {
    const fees = { maxFeePerGas: 1_000n, maxPriorityFeePerGas: 100n };
    const base = { type: 2, chainId: 7n, nonce: 5, to: TO, gasLimit: 21_000n, value: 1n, ...fees };
    return getBytes(await wallets[signer].signTransaction({ ...base, ...fields }));
  };

  const refusals: [string, TransactionLike, RegExp][] = [
    ["a nonce used up", { nonce: 4 }, /^nonce too low/],
    ["more value than there is", { value: 10n ** 19n }, /^insufficient funds for gas \* price \+ value/],
    ["too little gas", { gasLimit: 20_999n }, /^intrinsic gas too low/],
    ["gas under the calldata floor", { data: "0x" + "11".repeat(1_000), gasLimit: 40_000n }, /floor data gas cost/],
    ["more gas than a block has", { gasLimit: 30_000_001n }, /^exceeds block gas limit/],
    ["more gas than a transaction may have", { gasLimit: 16_777_217n }, /^transaction gas limit too high/],
    ["another chain", { chainId: 8n }, /^invalid chain id for signer/],
    ["a fee under the minimum", { maxFeePerGas: 9n, maxPriorityFeePerGas: 9n }, /^transaction underpriced/],
  ];
  for (const [what, fields, message] of refusals)
    it(`refuses ${what}`, async () => {
      const raw = await sign(fields);
      expect(() => pool.add(raw)).to.throw(message);
      expect(pool.size).to.equal(0);
    });

  it("refuses what it knows, and what is no transaction", async () => {
    const raw = await sign();
    pool.add(raw);
    expect(() => pool.add(raw)).to.throw(/^already known/);
    expect(() => pool.add(Uint8Array.of(5, 1))).to.throw(/transaction type not supported/);
    expect(() => pool.add(raw.subarray(0, 50))).to.throw(/rlp/);
  });

  it("replaces only for a tenth more on both fees", async () => {
    const first = pool.add(await sign()).entry.hash;
    const nearly = await sign({ maxFeePerGas: 1_100n, maxPriorityFeePerGas: 109n });
    expect(() => pool.add(nearly)).to.throw(/^replacement transaction underpriced/);
    const enough = await sign({ maxFeePerGas: 1_100n, maxPriorityFeePerGas: 110n });
    expect(pool.add(enough).replaced).to.equal(first);
    expect(pool.size).to.equal(1);
  });

  it("offers the dearest first, each sender's in order, and nothing behind a gap", async () => {
    const at = async (signer: number, nonce: number, tip: bigint) =>
      pool.add(await sign({ nonce, maxPriorityFeePerGas: tip }, signer)).entry.hash;
    const [b, a, c, gap] = [await at(0, 6, 900n), await at(0, 5, 50n), await at(1, 5, 70n), await at(1, 7, 1_000n)];
    expect(pool.candidates(10n, 10n ** 9n, 10 ** 6).map((entry) => entry.hash)).to.deep.equal([c, a, b]);
    expect(pool.counts()).to.deep.equal({ pending: 3, queued: 1 });
    expect(pool.queued().map((entry) => entry.hash)).to.deep.equal([gap]);
    expect(pool.nextNonce(wallets[0].address.toLowerCase() as never)).to.equal(7n);
    expect(pool.candidates(2_000n, 10n ** 9n, 10 ** 6)).to.deep.equal([]);
  });

  it("knows whether a transaction is next in its account's order", async () => {
    pool.add(await sign({ nonce: 6 }));
    expect(pool.hasExecutable).to.equal(false);
    pool.add(await sign({ nonce: 5 }));
    expect(pool.hasExecutable).to.equal(true);
  });

  it("drops what the new head has used up", async () => {
    const hashes = [pool.add(await sign()).entry.hash, pool.add(await sign({ nonce: 6 })).entry.hash];
    states.set(wallets[0].address.toLowerCase(), { nonce: 6n, balance: 10n ** 18n });
    expect(pool.refresh()).to.deep.equal([hashes[0]]);
    expect(pool.pending().map((entry) => entry.hash)).to.deep.equal([hashes[1]]);
  });

  it("is bounded: by sender, behind gaps, in all, and makes room for dearer ones", async () => {
    for (const nonce of [5, 6, 7, 8]) pool.add(await sign({ nonce }));
    const fifth = await sign({ nonce: 9 });
    expect(() => pool.add(fifth)).to.throw(/^account limit exceeded/);
    for (const nonce of [7, 8]) pool.add(await sign({ nonce }, 1));
    const gapped = await sign({ nonce: 9 }, 1);
    expect(() => pool.add(gapped)).to.throw(/nonce gap/);
    const cheap = await sign({}, 2);
    expect(() => pool.add(cheap)).to.throw(/^txpool is full/);
    pool.add(await sign({ maxPriorityFeePerGas: 200n }, 2));
    expect(pool.size).to.equal(6);
  });
});
