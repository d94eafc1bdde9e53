import { expect } from "chai";
import type { Hex } from "../../../protocol/types";
import { genesisFromJson } from "../../../node/state";
import { OverlayNodeStore } from "../../../node/store/nodeStore";
import { Liabilities, type SumCache } from "../../../games/sums/liabilities";
import { verifyLiability } from "../../../protocol/liability";
import { supplyChange } from "../../../verifier/audit/supply";

const address = (i: number): Hex => `0x${(i + 1).toString(16).padStart(40, "0")}`;

describe("audit", () => {
  const nodes = new OverlayNodeStore();
  const state = (entries: [number, bigint][]): Hex => {
    const alloc = Object.fromEntries(
      entries.map(([i, balance]) => [address(i), { balance: String(balance), nonce: 1 }]),
    );
    return genesisFromJson({ alloc, gasLimit: 30_000_000 }, nodes).stateRoot;
  };
  const many = Array.from({ length: 300 }, (_, i): [number, bigint] => [i, BigInt(i) * 10n ** 18n]);

  it("follows the supply from state to state, whatever came and went", () => {
    const first = state(many);
    const second = state(
      many.filter(([i]) => i % 7 !== 0).map(([i, balance]) => [i, i === 8 ? balance + 5n : balance]),
    );
    const cache: SumCache = new Map();
    const sum = (root: Hex): bigint => new Liabilities(nodes, root, cache).total;
    expect(sum(first)).to.equal(BigInt((299 * 300) / 2) * 10n ** 18n);
    expect(supplyChange(nodes, first, second)).to.equal(sum(second) - sum(first));
    expect(supplyChange(nodes, second, first)).to.equal(sum(first) - sum(second));
    expect(supplyChange(nodes, first, first)).to.equal(0n);
    for (const few of [[], [3], [3, 4]] as number[][]) {
      const small = state(few.map((i) => [i, 9n]));
      expect(supplyChange(nodes, first, small)).to.equal(sum(small) - sum(first));
    }
  });

  it("proves each balance as part of the total, and no other balance", () => {
    const liabilities = new Liabilities(nodes, state(many));
    expect(liabilities.total).to.equal(BigInt((299 * 300) / 2) * 10n ** 18n);
    for (const i of [1, 2, 150, 299]) {
      const proof = liabilities.prove(address(i))!;
      expect(proof.balance).to.equal(String(BigInt(i) * 10n ** 18n));
      expect(verifyLiability(proof)).to.equal(true);
      expect(verifyLiability({ ...proof, balance: String(BigInt(proof.balance) - 1n) })).to.equal(false);
      expect(verifyLiability({ ...proof, address: address(400) })).to.equal(false);
      expect(verifyLiability({ ...proof, total: String(BigInt(proof.total) - 1n) })).to.equal(false);
    }
    expect(liabilities.prove(address(0))!.balance).to.equal("0");
    expect(liabilities.prove(address(400))).to.equal(undefined);
  });

  it("keeps the sums of what did not change, and holds no more of them than it may", () => {
    const root = state(many);
    const cache: SumCache = new Map();
    const first = new Liabilities(nodes, root, cache);
    const { size } = cache;
    const next = new Liabilities(nodes, state([...many.slice(0, -1), [299, 1n]]), cache);
    expect(next.total).to.equal(first.total - 299n * 10n ** 18n + 1n);
    // One leaf and the way to it.
    expect(cache.size - size).to.be.at.most(5);
    expect(new Liabilities(nodes, root, cache).sum).to.deep.equal(first.sum);
    expect(() => new Liabilities(nodes, root, new Map(), size - 1)).to.throw(/more than/);
    expect(new Liabilities(nodes, root, new Map(), size).sum).to.deep.equal(first.sum);
    expect(() => new Liabilities(new OverlayNodeStore(), root)).to.throw(/not in the store/);
    expect(new Liabilities(nodes, state([])).total).to.equal(0n);
  });
});
