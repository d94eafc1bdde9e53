import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { bn254 } from "@noble/curves/bn254.js";
import { createMPT } from "@ethereumjs/mpt";
import { Account, hexToBytes } from "@ethereumjs/util";
import { toHex } from "../../protocol";
import { SolventError } from "../../protocol/errors";
import { createStateReader } from "../../node/state";
import type { Hex } from "../../protocol/types";
import { accountBlocks } from "../../zk/blocks";
import { collectNodes } from "../../zk/collect";
import { CEREMONY_TWIST, insecureTwist, makeInsecureSrs, requireSetup, setupName } from "../../zk/srs";
import { addressesAt, memoryStore, worldOf, type Alloc } from "./support/world";

const POINT_BYTES = 64;

describe("Blocks of an account trie", () => {
  it("are read from any node by proofs of accounts that need not exist, and from a node that hides one not at all", async () => {
    // Of some of them four nibbles are the same, so that there is an extension and a deep branch.
    const many = Array.from({ length: 40 }, (_, i) => `0x${(i + 1).toString(16).padStart(40, "0")}` as Hex);
    const twins = addressesAt("abcd", 2);
    const alloc: Alloc = Object.fromEntries(
      [...many, ...twins].map((address, i) => [address, { balance: `${i + 1}` }]),
    );
    const { stateRoot, nodes, trie } = worldOf(alloc);
    const { proof } = createStateReader(nodes, stateRoot);
    const asked: Hex[] = [];
    const found = await collectNodes(stateRoot, async (address) => {
      asked.push(address);
      return proof(address, []).accountProof;
    });
    expect(accountBlocks(found, stateRoot)).to.deep.equal(trie);
    expect(asked.length).to.be.at.most(trie.blocks.length);
    const hiding = collectNodes(stateRoot, async (address) => proof(address, []).accountProof.slice(0, -1));
    const error = await hiding.catch((reason: unknown) => reason);
    expect(error).to.include({ code: "preimage-missing" });
  });

  it("has every account once and their sum, whatever the trie's shape, by @ethereumjs/mpt", async () => {
    const account = fc.record({ nonce: fc.bigInt(0n, 2n ** 50n), balance: fc.bigInt(0n, 2n ** 120n - 1n) });
    await fc.assert(
      fc.asyncProperty(fc.array(account, { minLength: 1, maxLength: 40 }), async (accounts) => {
        const alloc: Alloc = {};
        const trie = await createMPT({ useKeyHashing: true });
        for (const [i, { nonce, balance }] of accounts.entries()) {
          const address = `0x${(i + 1).toString(16).padStart(40, "0")}` as const;
          alloc[address] = { nonce: `${nonce}`, balance: `${balance}` };
          await trie.put(hexToBytes(address), new Account(nonce, balance).serialize());
        }
        const { stateRoot, trie: found } = worldOf(alloc);
        expect(stateRoot).to.equal(toHex(trie.root()));
        expect([found.accounts, found.total]).to.deep.equal([
          accounts.length,
          accounts.reduce((sum, { balance }) => sum + balance, 0n),
        ]);
        let nodes = 0;
        await trie.walkTrie(trie.root(), (_, node, __, walk) => {
          nodes++;
          if (node !== null) walk?.allChildren(node);
        });
        expect(found.blocks.filter(({ hint }) => hint.length < 136)).to.have.length(nodes);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it("tells branches of all lengths, extensions and leaves apart", () => {
    const [a, b] = addressesAt("12", 2);
    const { trie } = worldOf({ [a]: { balance: "1" }, [b]: { balance: "2" } });
    expect(trie.blocks.map(({ hint }) => [hint.kind, hint.skip])).to.deep.equal([
      [2, 4],
      [1, 0],
      [3, 0],
      [3, 0],
    ]);
    const full: Alloc = Object.fromEntries(
      [..."0123456789abcdef"].map((nibble) => [addressesAt(nibble, 1)[0], { balance: "1" }]),
    );
    expect(
      worldOf(full)
        .trie.blocks.map(({ hint }) => hint.length)
        .slice(0, 4),
    ).to.deep.equal([136, 136, 136, 124]);
  });

  it("says which node of a trie is missing", () => {
    const { stateRoot } = worldOf({ [addressesAt("1", 1)[0]]: { balance: "1" } });
    expect(() => accountBlocks(memoryStore(), stateRoot)).to.throw(stateRoot);
  });
});

describe("Development setup", () => {
  it("is the powers of a number that is told beside them, and says so", async () => {
    const folder = mkdtempSync(join(tmpdir(), "solvent-srs-"));
    try {
      await makeInsecureSrs(folder, 4200);
      const points = readFileSync(join(folder, "bn254_g1.dat"));
      expect(points.length).to.equal(4200 * POINT_BYTES);
      const tau = 65_537n;
      // 4092 and 4114 begin with a zero byte, in y and in x.
      for (const power of [0, 1, 2, 4092, 4095, 4096, 4114, 4199]) {
        const { x, y } = bn254.G1.Point.BASE.multiply(bn254.fields.Fr.pow(tau, BigInt(power))).toAffine();
        const at = power * POINT_BYTES;
        const bytes = points.subarray(at, at + POINT_BYTES).toString("hex");
        expect(bytes, `power ${power}`).to.equal([x, y].map((part) => part.toString(16).padStart(64, "0")).join(""));
      }
      const { x, y } = bn254.G2.Point.BASE.multiply(tau).toAffine();
      expect(insecureTwist()).to.deep.equal([x.c1, x.c0, y.c1, y.c0]);
      expect(readFileSync(join(folder, "INSECURE.txt"), "utf8")).to.include("can forge");
      expect(setupName(folder, 4200)).to.match(/^[0-9a-f]{8}$/);
      expect(() => setupName(folder, 4201)).to.throw("has 4200 points, 4201 are needed");
      requireSetup(folder, 4200, insecureTwist());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is refused in place of the ceremony's, and so are files that are cut, compressed or damaged where it matters", async () => {
    const folder = mkdtempSync(join(tmpdir(), "solvent-srs-"));
    const file = join(folder, "bn254_g1.dat");
    const refuses = (change: (points: Buffer) => Uint8Array, code: string, why: string, twist = insecureTwist()) => {
      const points = readFileSync(file);
      writeFileSync(file, change(Buffer.from(points)));
      expect(() => requireSetup(folder, 64, twist))
        .to.throw(SolventError, why)
        .with.property("code", code);
      writeFileSync(file, points);
    };
    const flip = (at: number) => (points: Buffer) => {
      points[at] ^= 1;
      return points;
    };
    try {
      await makeInsecureSrs(folder, 64);
      refuses((points) => points, "zk-points-wrong", "point 1 is not the one", CEREMONY_TWIST);
      refuses((points) => points.subarray(1), "zk-points-missing", "has 63 points, 64 are needed");
      refuses((points) => points.subarray(0, 64 * 63), "zk-points-missing", "not compressed");
      refuses(flip(0), "zk-points-wrong", "its first point is not the generator");
      refuses(flip(POINT_BYTES), "zk-points-wrong", "point 1 is none of the curve");
      refuses(flip(POINT_BYTES * 63 + 5), "zk-points-wrong", "point 63 is none of the curve");
      // Every other point, on the curve but no row of powers.
      refuses(
        (points) => Buffer.concat([points.subarray(0, 128), points.subarray(192), points.subarray(0, 64)]),
        "zk-points-wrong",
        "point 63 is not the one",
      );
      refuses(
        (points) => Buffer.concat(Array.from({ length: 128 }, (_, i) => points.subarray(i * 64, i * 64 + 32))),
        "zk-points-missing",
        "points, 64 are needed",
      );
      expect(() => requireSetup(join(folder, "none"), 64, CEREMONY_TWIST)).to.throw("has 0 points");
      requireSetup(folder, 64, insecureTwist());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
