import { expect } from "chai";
import { getBytes, Wallet } from "ethers";
import type { Hex } from "../../../protocol/types";
import { ForwardedPool } from "../../../verifier/forwarded";

const WALLET = new Wallet(`0x${"42".repeat(32)}`);
const ADDRESS = WALLET.address.toLowerCase() as Hex;

async function sign(nonce: number, data = "0x"): Promise<Uint8Array> {
  const fees = { maxFeePerGas: 10n ** 9n, maxPriorityFeePerGas: 1n, gasLimit: 10_000_000n };
  return getBytes(await WALLET.signTransaction({ type: 2, chainId: 5n, to: WALLET.address, nonce, data, ...fees }));
}

describe("verifier: transactions that it handed on", () => {
  let [mined, now] = [0n, 0];
  let pool: ForwardedPool;
  beforeEach(() => {
    [mined, now] = [3n, 0];
    pool = new ForwardedPool(
      () => mined,
      () => now,
    );
  });

  it("counts what follows without a gap from the chain's nonce", async () => {
    expect(pool.nextNonce(ADDRESS)).to.equal(undefined);
    for (const nonce of [3, 4, 6]) pool.note(await sign(nonce));
    expect(pool.nextNonce(ADDRESS)).to.equal(5n);
    expect(pool.counts()).to.deep.equal({ pending: 2, queued: 1 });
    expect(pool.queued().map(({ nonce }) => nonce)).to.deep.equal([6n]);
    pool.note(await sign(5));
    expect(pool.nextNonce(ADDRESS)).to.equal(7n);
  });

  it("shows nothing that is in a block, and shows it again where the block leaves the chain", async () => {
    pool.note(await sign(3));
    const [{ hash }] = pool.pending();
    mined = 4n;
    expect(pool.get(hash)).to.equal(undefined);
    expect(pool.counts()).to.deep.equal({ pending: 0, queued: 0 });
    expect(pool.nextNonce(ADDRESS)).to.equal(4n);
    mined = 3n;
    expect(pool.get(hash)).to.include({ hash, nonce: 3n, from: ADDRESS });
    expect(pool.nextNonce(ADDRESS)).to.equal(4n);
  });

  it("keeps the last one of a nonce, and none longer than five minutes", async () => {
    pool.note(await sign(3));
    pool.note(await sign(3, "0x01"));
    pool.note(await sign(3, "0x01"));
    expect(pool.pending()).to.have.length(1);
    now = 299_000;
    pool.note(await sign(4));
    expect(pool.nextNonce(ADDRESS)).to.equal(5n);
    now = 301_000;
    expect(pool.nextNonce(ADDRESS)).to.equal(3n);
    expect(pool.counts()).to.deep.equal({ pending: 0, queued: 1 });
    now = 600_000;
    expect(pool.nextNonce(ADDRESS)).to.equal(undefined);
  });

  it("is bounded in number and bytes: the oldest go first", async () => {
    const { length } = await sign(3);
    for (const bounds of [
      { count: 4, bytes: 1_000_000 },
      { count: 1_000, bytes: 4 * length },
    ]) {
      pool = new ForwardedPool(
        () => mined,
        () => now,
        bounds,
      );
      for (let nonce = 3; nonce < 12; nonce++) pool.note(await sign(nonce));
      expect(pool.queued().map(({ nonce }) => Number(nonce))).to.deep.equal([8, 9, 10, 11]);
    }
  });
});
