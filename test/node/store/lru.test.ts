import { randomBytes } from "node:crypto";
import { expect } from "chai";
import { ENTRY_BYTES, Lru, LruBytes } from "../../../node/store/lru";
import { heldBytes } from "../../support/collect";

const MiB = 2 ** 20;

describe("a cache bounded by bytes", () => {
  it("forgets what nobody has asked for longest, and nothing at the bound", () => {
    const cache = new Lru<number>(10, (value) => value);
    cache.set("a", 4);
    cache.set("b", 3);
    cache.set("c", 3);
    expect([cache.get("a"), cache.get("b"), cache.get("c"), cache.sizeBytes]).to.deep.equal([4, 3, 3, 10]);
    expect(cache.get("a")).to.equal(4);
    cache.set("d", 1);
    expect([cache.get("b"), cache.get("c"), cache.get("a"), cache.get("d")]).to.deep.equal([undefined, 3, 4, 1]);
    cache.set("c", 1);
    expect(cache.sizeBytes).to.equal(6);
  });

  it("keeps nothing that is larger than all of it", () => {
    const cache = new LruBytes(1_000);
    cache.set("small", new Uint8Array(100));
    cache.set("large", new Uint8Array(1_001 - ENTRY_BYTES));
    expect([cache.get("small"), cache.get("large"), cache.sizeBytes]).to.deep.equal([undefined, undefined, 0]);
  });

  for (const length of [33, 532])
    it(`takes what it says with values of ${length} bytes, entries included`, function () {
      this.timeout(60_000);
      const before = heldBytes();
      const cache = new LruBytes(16 * MiB);
      for (let i = 0; i < 100_000; i++) cache.set(randomBytes(32).toString("latin1"), new Uint8Array(length).fill(1));
      expect((heldBytes() - before) / cache.sizeBytes).to.be.within(0.5, 1.3);
      expect(cache.sizeBytes).to.be.within(15 * MiB, 16 * MiB);
    });
});
