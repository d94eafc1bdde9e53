import { expect } from "chai";
import { Wallet, getBytes, type TransactionLike } from "ethers";
import { Mempool, type PoolLimits } from "../../../sequencer/pool/mempool";
import type { Hex } from "../../../protocol/types";
import { randomOf } from "../../e2e/support/random";
import { KEYS } from "../support/anvil";

const limits = { chainId: 7n, blockGasLimit: 30_000_000n, minimumBaseFee: 10n, maxBytes: 100_000 };
const wallets = KEYS.map((key) => new Wallet(key));
const SMALL: PoolLimits = {
  ...{ total: 6, totalBytes: 10_000, perSender: 4 },
  ...{ queuedPerSender: 2, queuedTotal: 3, queuedBytes: 5_000, queuedSeconds: 60 },
};
const TO = "0x" + "42".repeat(20);

describe("mempool", () => {
  let states: Map<string, { nonce: bigint; balance: bigint }>;
  let pool: Mempool;
  let create: (more?: Partial<PoolLimits>) => Mempool;
  let now = 0;
  beforeEach(() => {
    states = new Map(wallets.map((w) => [w.address.toLowerCase(), { nonce: 5n, balance: 10n ** 18n }]));
    const account = (address: string) => states.get(address) ?? { nonce: 0n, balance: 0n };
    create = (more = {}) => new Mempool(account, limits, { ...SMALL, ...more }, () => now);
    pool = create();
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
    expect(pool.add(enough).dropped).to.deep.equal([first]);
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
    // What waits behind a gap makes room; then only what pays less does.
    for (const nonce of [5, 6]) expect(pool.add(await sign({ nonce }, 2)).dropped).to.have.length(1);
    const cheap = await sign({ nonce: 7 }, 2);
    expect(() => pool.add(cheap)).to.throw(/^txpool is full/);
    pool.add(await sign({ nonce: 7, maxPriorityFeePerGas: 200n }, 2));
    expect(pool.size).to.equal(6);
  });

  const text = (bytes: number) => ({ data: "0x" + "11".repeat(bytes), gasLimit: 1_000_000n });

  it("N6 is bounded in bytes, in all and behind gaps", async () => {
    pool = create({ total: 100, queuedTotal: 100 });
    pool.add(await sign({ nonce: 6, ...text(4_000) }));
    const gapped = await sign({ nonce: 7, ...text(4_000) }, 1);
    expect(() => pool.add(gapped)).to.throw(/^txpool is full/);
    pool.add(await sign(text(4_000), 2));
    const { dropped } = pool.add(await sign({ nonce: 6, ...text(4_000) }, 2));
    expect(dropped, "what waits behind a gap goes first, whatever it pays").to.have.length(1);
    const third = await sign({ nonce: 7, ...text(4_000) }, 2);
    expect(() => pool.add(third)).to.throw(/^txpool is full/);
    expect(pool.sizeBytes).to.be.below(10_000);
    expect(pool.counts()).to.deep.equal({ pending: 2, queued: 0 });
  });

  it("N7 keeps space for what is next: transactions behind gaps have their own, and go first", async () => {
    pool = create({ total: 4, queuedTotal: 3 });
    const tips = { maxPriorityFeePerGas: 900n };
    const hashes = [];
    for (const [signer, nonce] of [
      [0, 6],
      [0, 7],
      [1, 6],
    ])
      hashes.push(pool.add(await sign({ nonce, ...tips }, signer)).entry.hash);
    const fourth = await sign({ nonce: 7, maxPriorityFeePerGas: 100n }, 1);
    expect(() => pool.add(fourth)).to.throw(/^txpool is full/);
    pool.add(await sign({ maxPriorityFeePerGas: 1n }, 2));
    const { dropped } = pool.add(await sign({ nonce: 6, maxPriorityFeePerGas: 1n }, 2));
    expect(dropped).to.have.length(1);
    expect(hashes).to.include(dropped[0]);
    pool.add(await sign({ nonce: 7, maxPriorityFeePerGas: 1n }, 2));
    pool.add(await sign({ nonce: 8, maxPriorityFeePerGas: 1n }, 2));
    expect(pool.counts()).to.deep.equal({ pending: 4, queued: 0 });
    const gapped = await sign({ nonce: 6, ...tips }, 1);
    expect(() => pool.add(gapped), "nothing behind a gap takes the place of what is next").to.throw(/^txpool is full/);
    const cheap = await sign({ maxPriorityFeePerGas: 1n }, 1);
    expect(() => pool.add(cheap)).to.throw(/^txpool is full/);
    expect(pool.size).to.equal(4);
  });

  it("N7 drops what has waited behind a gap for too long, and nothing that is next", async () => {
    now = 0;
    pool.add(await sign({}, 1));
    const early = pool.add(await sign({ nonce: 6 })).entry.hash;
    now = 30_000;
    const late = pool.add(await sign({ nonce: 7 })).entry.hash;
    now = 61_000;
    expect(pool.refresh()).to.deep.equal([early]);
    now = 91_000;
    expect(pool.refresh()).to.deep.equal([late]);
    expect(pool.counts()).to.deep.equal({ pending: 1, queued: 0 });
  });

  it("N7 files by the gap through every change: the numbers are those that a count gives", async () => {
    const random = randomOf(7);
    const pick = (count: number): number => Math.floor(random() * count);
    pool = create({ total: 12, perSender: 8, queuedPerSender: 4, queuedTotal: 5, totalBytes: 2_000 });
    for (let step = 0; step < 400; step++) {
      now += 1_000;
      const signer = pick(3);
      const address = wallets[signer].address.toLowerCase();
      const state = states.get(address)!;
      if (pick(6) === 0) {
        states.set(address, { ...state, nonce: state.nonce + BigInt(pick(3)) - (state.nonce > 5n ? 1n : 0n) });
        pool.refresh();
      } else {
        const tip = BigInt(1 + pick(50)) * 10n;
        const raw = await sign({ nonce: Number(state.nonce) + pick(6), maxPriorityFeePerGas: tip }, signer);
        try {
          pool.add(raw);
        } catch (error) {
          expect((error as { code: string }).code).to.match(/^tx-/);
        }
      }
      const all = [...pool.pending(), ...pool.queued()];
      expect(all.length).to.equal(pool.size);
      expect(pool.counts()).to.deep.equal({ pending: pool.pending().length, queued: pool.queued().length });
      expect(pool.sizeBytes).to.equal(all.reduce((sum, { raw }) => sum + raw.length, 0));
      expect(pool.sizeBytes).to.be.at.most(2_000);
      for (const { from, nonce } of pool.queued()) expect(nonce > pool.nextNonce(from)!).to.equal(true);
      for (const wallet of wallets) {
        const own = wallet.address.toLowerCase() as Hex;
        const nonces = new Set(all.filter(({ from }) => from === own).map(({ nonce }) => nonce));
        let next = states.get(own)!.nonce;
        while (nonces.has(next)) next++;
        if (nonces.size > 0) expect(pool.nextNonce(own)).to.equal(next);
      }
    }
  });

  it("N7 drops what its account can no longer pay", async () => {
    const { hash } = pool.add(await sign({ value: 10n ** 17n })).entry;
    states.set(wallets[0].address.toLowerCase(), { nonce: 5n, balance: 10n ** 16n });
    expect(pool.refresh()).to.deep.equal([hash]);
  });

  it("N8 offers candidates by the gas that they take at least, not by what they ask for", async () => {
    for (const [signer, tip] of [
      [0, 900n],
      [1, 800n],
      [2, 10n],
    ] as const)
      pool.add(await sign({ gasLimit: 16_777_216n, maxPriorityFeePerGas: tip }, signer));
    expect(pool.candidates(10n, 30_000_000n, 10 ** 6)).to.have.length(3);
    expect(pool.candidates(10n, 40_000n, 10 ** 6)).to.have.length(2);
  });
});
