import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { EMPTY_CODE_HASH, EMPTY_TRIE_ROOT, encodeRlp, fromHex, keccak256, rlpInteger, toHex } from "../../protocol";
import type { Hex } from "../../protocol/types";
import { cutNode, type Block } from "../../zk/blocks";
import { compileCircuit, SOURCES } from "../../zk/circuit";
import { solve } from "../../zk/prove";
import { CACHE } from "../../zk/cache";
import { addressesAt, requireProver, worldOf } from "./support/world";

const SIZE = 3;
const L1 = { chainId: 1n, l1Contract: `0x${"11".repeat(20)}` as Hex };
const [LEFT, RIGHT] = [addressesAt("3", 1)[0], addressesAt("a", 1)[0]];
const LEAF = { length: 0, kind: 3, skip: 0, nonce: 1, balance: 1 };
const BRANCH = { ...LEAF, kind: 1 };

interface Attack {
  stateRoot: Hex;
  total: bigint;
  blocks: Block[];
}

interface Mutant {
  name: string;
  file: string;
  rule: string;
  attack: () => Attack;
}

/** Two accounts under a branch, of 5 and 7 wei. */
function twoAccounts(left = 5n): Attack {
  const { stateRoot, trie } = worldOf({ [LEFT]: { balance: `${left}` }, [RIGHT]: { balance: "7" } });
  return { stateRoot, total: trie.total, blocks: trie.blocks };
}

/** A root of one node that a liar made. */
function forged(node: Uint8Array, hint: typeof LEAF, total: bigint): Attack {
  return { stateRoot: toHex(keccak256(node)), total, blocks: cutNode(node, hint) };
}

function leafOf(flag: number): Uint8Array {
  const path = Uint8Array.from({ length: 33 }, (_, i) => (i === 0 ? flag : i));
  return encodeRlp([
    path,
    encodeRlp([rlpInteger(1), rlpInteger(5), fromHex(EMPTY_TRIE_ROOT), fromHex(EMPTY_CODE_HASH)]),
  ]);
}

/** Rules of the circuit, each with what goes through without it. */
const MUTANTS: Mutant[] = [
  {
    name: "hides an account",
    file: "main.nr",
    rule: 'assert(opened == known, "a node was not opened");',
    attack: () => ({ ...twoAccounts(), total: 5n, blocks: twoAccounts().blocks.slice(0, 2) }),
  },
  {
    name: "takes an account for another",
    file: "main.nr",
    rule: 'assert(ends * (digest_of(state) - queue[opened]) == 0, "another node than the one that is due");',
    attack: () => {
      const [branch, left] = twoAccounts().blocks;
      return { ...twoAccounts(), total: 10n, blocks: [branch, left, left] };
    },
  },
  {
    name: "takes a wrong sum",
    file: "main.nr",
    rule: 'assert(sum == total as Field, "another sum");',
    attack: () => ({ ...twoAccounts(), total: 1n }),
  },
  {
    name: "takes a balance of 2^200 wei for none",
    file: "leaf.nr",
    rule: "(is_leaf * (balance - 1)).assert_max_bit_size::<4>();",
    attack: () => ({ ...twoAccounts(2n ** 200n), total: 7n }),
  },
  {
    name: "takes an extension for an account",
    file: "leaf.nr",
    rule: "(is_leaf * (data[3] - 0x20)).assert_max_bit_size::<5>();",
    attack: () => forged(leafOf(0x00), LEAF, 5n),
  },
  {
    name: "takes a leaf that states another length",
    file: "leaf.nr",
    rule: "require(is_leaf, data[1], length - 2);",
    attack: () =>
      forged(
        leafOf(0x20).map((byte, i) => (i === 1 ? byte + 1 : byte)),
        LEAF,
        5n,
      ),
  },
  {
    name: "takes a list of 60 items for a branch",
    file: "walk.nr",
    rule: 'assert(is_end * (self.items - 1 - 16 * is_branch) == 0, "another count of items");',
    attack: () => forged(encodeRlp(Array.from({ length: 60 }, () => new Uint8Array(0))), BRANCH, 0n),
  },
];

describe("Circuit of the sum of an account trie: what each rule keeps out", () => {
  before(function () {
    requireProver(this);
  });

  for (const mutant of MUTANTS)
    it(`without "${mutant.rule.slice(0, 40)}...", ${mutant.name}`, async () => {
      const whole = await compileCircuit(SIZE, CACHE);
      const without = await compileMutant(mutant);
      const { blocks, ...statement } = mutant.attack();
      const isTaken = (circuit: typeof whole): Promise<boolean> =>
        solve(circuit, { ...L1, ...statement }, blocks).then(
          () => true,
          () => false,
        );
      expect([await isTaken(whole), await isTaken(without)]).to.deep.equal([false, true]);
    }).timeout(600_000);
});

async function compileMutant({ file, rule }: Mutant): Promise<Awaited<ReturnType<typeof compileCircuit>>> {
  const sources = mkdtempSync(join(tmpdir(), "solvent-mutant-"));
  try {
    cpSync(SOURCES, sources, { recursive: true });
    const path = join(sources, "src", file);
    const parts = readFileSync(path, "utf8").split(rule);
    expect(parts, `${file} has the rule once`).to.have.length(2);
    writeFileSync(path, parts.join(""));
    return await compileCircuit(SIZE, join(sources, "built"), sources);
  } finally {
    rmSync(sources, { recursive: true });
  }
}
