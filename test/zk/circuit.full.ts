import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "../../protocol/types";
import type { Block } from "../../zk/blocks";
import { compileCircuit, type Circuit } from "../../zk/circuit";
import { solve, type Statement } from "../../zk/prove";
import { CACHE } from "../../zk/cache";
import { addressesAt, requireProver, worldOf, type Alloc } from "./support/world";

/** Room for all of the worlds below. */
const SIZE = 6;
const RUNS = 12;
const SEED = Number(process.env.SOLVENT_SEED ?? 1);
const L1 = { chainId: 1n, l1Contract: `0x${"11".repeat(20)}` as Hex };
const [LEFT, RIGHT] = [addressesAt("3", 1)[0], addressesAt("a", 1)[0]];

describe("Circuit of the sum of an account trie", () => {
  let circuit: Circuit;

  before(async function () {
    requireProver(this);
    this.timeout(600_000);
    circuit = await compileCircuit(SIZE, CACHE);
  });

  /** What the circuit says; null where it takes it. */
  async function verdict(
    statement: Omit<Statement, "chainId" | "l1Contract">,
    blocks: Block[],
  ): Promise<string | null> {
    return solve(circuit, { ...L1, ...statement }, blocks).then(
      () => null,
      (error: Error) => error.message,
    );
  }

  /** Two accounts under a branch: blocks 0 (branch), 1 and 2 (leaves). */
  function twoAccounts(left: Alloc[string] = { balance: "5", nonce: 3 }) {
    const { stateRoot, trie } = worldOf({ [LEFT]: left, [RIGHT]: { balance: "7" } });
    return { stateRoot, total: trie.total, blocks: trie.blocks };
  }

  const SHAPES: [string, Alloc][] = [
    ["one account", { [LEFT]: { balance: "5" } }],
    ["two accounts", { [LEFT]: { balance: "5" }, [RIGHT]: { balance: "7" } }],
    ["an extension above a branch", Object.fromEntries(addressesAt("12", 2).map((at) => [at, { balance: "9" }]))],
    ["an extension of one nibble", Object.fromEntries(addressesAt("5", 2).map((at) => [at, { balance: "9" }]))],
    ["a branch of two blocks", Object.fromEntries([..."0159"].map((at) => [addressesAt(at, 1)[0], { balance: "1" }]))],
    [
      "contracts",
      {
        [LEFT]: { balance: "1", code: "0x6001", storage: { [`0x${"00".repeat(32)}`]: `0x${"01".padStart(64, "0")}` } },
      },
    ],
    ["the longest leaf", { [LEFT]: { balance: `${2n ** 120n - 1n}`, nonce: 2 ** 53 - 1 } }],
  ];
  for (const [name, alloc] of SHAPES) {
    it(`takes ${name}`, async () => {
      const { stateRoot, trie } = worldOf(alloc);
      expect(await verdict({ stateRoot, total: trie.total }, trie.blocks)).to.equal(null);
    }).timeout(120_000);
  }

  for (const balance of [0n, 1n, 0x7fn, 0x80n, 0xffn, 0x100n, 2n ** 64n, 2n ** 119n]) {
    it(`takes a balance of ${balance} wei, and no other sum`, async () => {
      const { stateRoot, total, blocks } = twoAccounts({ balance: `${balance}`, nonce: Number(balance % 1000n) });
      expect(total).to.equal(balance + 7n);
      expect(await verdict({ stateRoot, total }, blocks)).to.equal(null);
      for (const wrong of [total - 1n, total + 1n, total + 2n ** 100n])
        expect(await verdict({ stateRoot, total: wrong }, blocks)).to.include("another sum");
    }).timeout(120_000);
  }

  it("takes any small world with its sum alone", async () => {
    const account = fc.record({
      balance: fc.bigInt(0n, 2n ** 120n - 1n).map(String),
      nonce: fc.integer({ min: 0, max: 2 ** 40 }),
    });
    const world = fc.dictionary(fc.integer({ min: 1, max: 2 ** 40 }).map(toAddress), account, {
      minKeys: 1,
      maxKeys: 3,
    });
    const check = fc.asyncProperty(world, async (alloc) => {
      const { stateRoot, trie } = worldOf(alloc);
      fc.pre(trie.blocks.length <= SIZE);
      expect(await verdict({ stateRoot, total: trie.total }, trie.blocks)).to.equal(null);
      expect(await verdict({ stateRoot, total: trie.total + 1n }, trie.blocks)).to.include("another sum");
    });
    await fc.assert(check, { numRuns: RUNS, seed: SEED });
  }).timeout(600_000);

  describe("refuses", () => {
    type Attack = (world: ReturnType<typeof twoAccounts>) => { total: bigint; blocks: Block[]; stateRoot?: Hex };
    const withHint = (block: Block, hint: Partial<Block["hint"]>): Block => ({
      ...block,
      hint: { ...block.hint, ...hint },
    });
    const withByte = (block: Block, at: number, byte: number): Block => {
      const data = block.data.slice();
      data[at] = byte;
      return { ...block, data };
    };
    /** What is said, in the words of the rule that is broken. */
    const ATTACKS: [string, string, Attack][] = [
      ["a state of which nothing is opened", "not opened", () => ({ total: 0n, blocks: [] })],
      ["a hidden account, at the end", "not opened", ({ blocks }) => ({ total: 5n, blocks: blocks.slice(0, 2) })],
      [
        "a hidden account, by an unused block in its place",
        "not opened",
        ({ blocks: [branch, left, right] }) => ({ total: 5n, blocks: [branch, left, withHint(right, { kind: 0 })] }),
      ],
      [
        "an account in the place of another",
        "another node",
        ({ blocks: [branch, left] }) => ({ total: 10n, blocks: [branch, left, left] }),
      ],
      [
        "accounts in another order",
        "another node",
        ({ blocks: [branch, left, right] }) => ({ total: 12n, blocks: [branch, right, left] }),
      ],
      ["a leaf below no root", "another node", ({ blocks }) => ({ total: 12n, blocks: blocks.slice(1) })],
      [
        "an account that is opened twice",
        "nothing left to open",
        ({ blocks }) => ({ total: 19n, blocks: [...blocks, blocks[2]] }),
      ],
      [
        "a smaller balance in a leaf",
        "another node",
        ({ blocks: [branch, left, right] }) => ({
          total: 6n,
          blocks: [branch, left, withByte(right, right.data.indexOf(7, 40), 1)],
        }),
      ],
      [
        "a leaf as an extension",
        "",
        ({ blocks: [branch, left, right] }) => ({
          total: 5n,
          blocks: [branch, left, withHint(right, { kind: 2, skip: 36 })],
        }),
      ],
      [
        "a leaf as a branch",
        "",
        ({ blocks: [branch, left, right] }) => ({ total: 5n, blocks: [branch, left, withHint(right, { kind: 1 })] }),
      ],
      ["a branch as a leaf", "", ({ blocks }) => ({ total: 0n, blocks: [withHint(blocks[0], { kind: 3 })] })],
      [
        "an unknown kind",
        "unknown kind",
        ({ blocks: [branch, left, right] }) => ({ total: 5n, blocks: [branch, left, withHint(right, { kind: 4 })] }),
      ],
      [
        "a leaf that goes on in the next block",
        "",
        ({ blocks: [branch, left, right] }) => ({
          total: 5n,
          blocks: [branch, left, withHint(right, { length: 136 })],
        }),
      ],
      [
        "a branch that is cut off",
        "",
        ({ blocks: [branch, left] }) => ({
          total: 5n,
          blocks: [withHint(branch, { length: branch.hint.length - 33 }), left],
        }),
      ],
      [
        "bytes behind a node's end",
        "behind the node's end",
        ({ blocks: [branch, left, right] }) => ({ total: 12n, blocks: [branch, left, withByte(right, 135, 1)] }),
      ],
      [
        "another length of balance",
        "",
        ({ blocks: [branch, left, right] }) => ({ total: 5n, blocks: [branch, left, withHint(right, { balance: 2 })] }),
      ],
      [
        "the nonce as the balance",
        "",
        ({ blocks: [branch, left, right] }) => ({
          total: 10n,
          blocks: [branch, withHint(left, { nonce: 2, balance: 1 }), right],
        }),
      ],
      [
        "another root",
        "another node",
        ({ blocks, total }) => ({ total, blocks, stateRoot: worldOf({ [LEFT]: { balance: "1" } }).stateRoot }),
      ],
    ];
    for (const [name, rule, attack] of ATTACKS) {
      it(name, async () => {
        const world = twoAccounts();
        const said = await verdict({ stateRoot: world.stateRoot, ...attack(world) }, attack(world).blocks);
        expect(said).to.be.a("string").and.include(rule);
      }).timeout(120_000);
    }

    it("a balance of 2^120 wei and more, a negative one among them, however it is told", async () => {
      for (const balance of [2n ** 120n, 2n ** 128n, 2n ** 256n - 5n]) {
        const { stateRoot, blocks } = twoAccounts({ balance: `${balance}` });
        const [branch, left, right] = blocks;
        for (const length of [left.hint.balance, 1, 2, 16])
          for (const total of [7n, 2n, (balance + 7n) % 2n ** 128n]) {
            const told = [branch, withHint(left, { balance: length }), right];
            expect(await verdict({ stateRoot, total }, told), `${balance} ${length}`).to.be.a("string");
          }
      }
    }).timeout(600_000);

    it("a statement that names no rollup", async () => {
      const { stateRoot, total, blocks } = twoAccounts();
      const nobody: Hex = `0x${"00".repeat(20)}`;
      for (const l1 of [
        { ...L1, l1Contract: nobody },
        { ...L1, chainId: 0n },
      ]) {
        const solved = solve(circuit, { stateRoot, total, ...l1 }, blocks);
        expect(
          await solved.then(
            () => null,
            (error: Error) => error.message,
          ),
        ).to.include("names its rollup");
      }
    }).timeout(120_000);

    it("a trie that is too large for the circuit", async () => {
      const alloc = Object.fromEntries([..."0123456"].map((at) => [addressesAt(at, 1)[0], { balance: "1" }]));
      const { stateRoot, trie } = worldOf(alloc);
      expect(await verdict({ stateRoot, total: 7n }, trie.blocks)).to.include("the circuit has 6");
    });
  });
});

function toAddress(number: number): string {
  return `0x${number.toString(16).padStart(40, "0")}`;
}
