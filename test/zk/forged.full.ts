import { expect } from "chai";
import { encodeRlp, EMPTY_CODE_HASH, EMPTY_TRIE_ROOT, fromHex, keccak256, rlpInteger, toHex } from "../../protocol";
import type { RlpItem } from "../../protocol";
import type { Hex } from "../../protocol/types";
import { cutNode, type Hint } from "../../zk/blocks";
import { compileCircuit, type Circuit } from "../../zk/circuit";
import { solve } from "../../zk/prove";
import { CACHE } from "../../zk/cache";
import { requireProver } from "./support/world";

const SIZE = 6;
const L1 = { chainId: 1n, l1Contract: `0x${"11".repeat(20)}` as Hex };
const BALANCE = 500n;
const EMPTY = new Uint8Array(0);
const HASHES = [fromHex(EMPTY_TRIE_ROOT), fromHex(EMPTY_CODE_HASH)];
const FIELDS: RlpItem[] = [rlpInteger(1), rlpInteger(BALANCE), ...HASHES];

/** The path of a leaf or an extension of so many bytes: flag nibble first. */
const path = (flag: number, length = 33): Uint8Array => Uint8Array.from({ length }, (_, i) => (i === 0 ? flag : i));
const leaf = (fields: RlpItem[] = FIELDS, flag = 0x20): Uint8Array => encodeRlp([path(flag), encodeRlp(fields)]);
const withByte = (node: Uint8Array, at: number, change: number): Uint8Array =>
  node.map((byte, i) => (i === at ? byte + change : byte));
const branch = (items: number, others: RlpItem[] = []): Uint8Array =>
  encodeRlp([...others, ...Array.from({ length: items - others.length }, () => EMPTY)]);

/** Nodes as a liar could put them under a root: none is a node of an account trie. */
const FORGED: [string, Uint8Array][] = [
  ["a leaf with a byte behind it", Uint8Array.from([...leaf(), 0])],
  ["a leaf that states a byte more", withByte(leaf(), 1, 1)],
  ["a leaf that states a byte less", withByte(leaf(), 1, -1)],
  ["a leaf whose value states a byte less", withByte(leaf(), 37, -1)],
  ["a leaf whose account states a byte less", withByte(leaf(), 39, -1)],
  ["a leaf whose account is a string", withByte(leaf(), 38, -0x40)],
  ["a leaf with the path of an extension", leaf(FIELDS, 0x00)],
  ["a leaf with a path of neither", leaf(FIELDS, 0x40)],
  ["a leaf with a path of 34 bytes", encodeRlp([path(0x20, 34), encodeRlp(FIELDS)])],
  ["an account of three fields", leaf(FIELDS.slice(0, 3))],
  ["an account of five fields", leaf([...FIELDS, EMPTY])],
  ["an account of five fields, the balance twice", leaf([rlpInteger(1), rlpInteger(BALANCE), ...FIELDS.slice(1)])],
  ["an account whose storage root has 31 bytes", leaf([FIELDS[0], FIELDS[1], HASHES[0].slice(1), HASHES[1]])],
  ["an account whose balance is a list", leaf([FIELDS[0], [rlpInteger(BALANCE)], ...HASHES])],
  ["a branch of no child and 16 items", branch(16)],
  ["a branch of 18 items", branch(18, [HASHES[0]])],
  ["a branch with a short value", branch(17, [...Array.from({ length: 16 }, () => EMPTY), rlpInteger(BALANCE)])],
  ["a branch with a leaf inside", branch(17, [HASHES[0], [path(0x20, 3), rlpInteger(BALANCE)]])],
  ["a branch with a child of 31 bytes", branch(17, [HASHES[0].slice(1), HASHES[1]])],
  ["an extension without a child", encodeRlp([path(0x00, 3), EMPTY])],
  ["an extension to 31 bytes", encodeRlp([path(0x00, 3), HASHES[0].slice(1)])],
  ["an extension with the path of a leaf", encodeRlp([path(0x20, 3), HASHES[0]])],
  ["an extension with a third item", encodeRlp([path(0x00, 3), HASHES[0], HASHES[1]])],
];

describe("Circuit of the sum of an account trie: forged nodes", () => {
  let circuit: Circuit;

  before(async function () {
    requireProver(this);
    this.timeout(600_000);
    circuit = await compileCircuit(SIZE, CACHE);
  });

  /** Whether the circuit takes a root of this one node, and nothing behind it, with any hints. */
  async function isTaken(node: Uint8Array): Promise<boolean> {
    const stateRoot = toHex(keccak256(node));
    for (const hint of hints())
      for (const total of [0n, BALANCE]) {
        const solved = solve(circuit, { ...L1, stateRoot, total }, cutNode(node, hint));
        const said = await solved.then(
          () => null,
          (error: Error) => error.message,
        );
        if (said === null) return true;
        // Not for want of a child: the node itself is refused.
        expect(said).not.to.match(/another sum|not opened/);
      }
    return false;
  }

  it("takes the honest leaf that they are made from, with its own hints", async () => {
    const hint = { length: 0, kind: 3, skip: 0, nonce: 1, balance: 3 };
    const stateRoot = toHex(keccak256(leaf()));
    await solve(circuit, { ...L1, stateRoot, total: BALANCE }, cutNode(leaf(), hint));
  }).timeout(60_000);

  for (const [name, node] of FORGED)
    it(`refuses ${name}, however it is told`, async () => {
      expect(await isTaken(node)).to.equal(false);
    }).timeout(300_000);
});

/** All kinds, with the lengths that could fit. */
function* hints(): Generator<Hint> {
  const plain = { length: 0, skip: 0, nonce: 1, balance: 1 };
  yield { ...plain, kind: 1 };
  for (const skip of [2, 4, 5]) yield { ...plain, kind: 2, skip };
  for (const nonce of [1, 2]) for (const balance of [1, 3, 4]) yield { ...plain, kind: 3, nonce, balance };
}
