import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import hre from "hardhat";
import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { ZeroHash, type TransactionReceipt } from "ethers";
import { Table } from "../support/game/table";
import { bothForks, type TwoForks } from "../support/nextFork";
import { expectPinned } from "../support/snapshot";
import { deployBothLayers, predeploys } from "./support/system";
import { assertNow, withdrawalOf } from "./support/withdrawals";

const FILE = "gas.next";
const MAX_TRANSACTION_GAS = 16_777_216;
/** A clone with its five words, as `assertState` makes it. */
const CLONE_BYTES = 45 + 5 * 32;

/** I5: what costs what after L1's next fork, by arithmetic over traces; nothing that is deployed breaks by it. */
describe("Gas after the next fork", function () {
  this.timeout(120_000);
  const rows: [name: string, cost: TwoForks][] = [];
  after(() => {
    for (const [name, { osaka, next, newSlots, rewrittenSlots }] of rows)
      console.log(`      ${name}: ${osaka} -> ${next} (${newSlots} slots made, ${rewrittenSlots} rewritten)`);
  });

  async function note(name: string, receipt: TransactionReceipt | null, codeBytes = 0): Promise<void> {
    const cost = await bothForks(receipt!, codeBytes);
    rows.push([name, cost]);
    expectPinned(FILE, name, cost.next, MAX_TRANSACTION_GAS);
  }

  it("plays each move of the game within a transaction", async () => {
    const table = await Table.lay({ heights: [10, 20, 20], rules: { runSteps: 3000 }, batches: 3 });
    const lie = table.lie();
    const [mine, theirs] = [table.root(table.truth), table.root(lie)];
    await note("queue: assert, the first child", await table.play(0, table.assert(table.truth)), CLONE_BYTES);
    await note("queue: assert, a rival", await table.play(1, table.assert(lie)), CLONE_BYTES);
    await note("game: bisect, the first at its place", await table.play(0, table.bisect(mine)));
    await note("game: bisect, the answer", await table.play(1, table.bisect(theirs)));
    const [leaf, rival] = await table.contest(lie, ({ at }) => at.level === 0 && at.height === 0);
    await note("game: open a leaf, the first", await table.play(0, table.open(leaf, table.truth)));
    await note("game: open a leaf, the rival", await table.play(1, table.open(rival, lie)));
  });

  it("posts batches, deposits, proves and finalises within a transaction", async () => {
    const system = await loadFixture(deployBothLayers);
    const post = system.inbox.connect(system.sequencer).getFunction("postBatch");
    const data = hre.ethers.hexlify(hre.ethers.randomBytes(120_000));
    await note("inbox: post batch of 120000 bytes", await (await post(0n, ZeroHash, 0n, ZeroHash, data)).wait());
    const sent = await system.user.sendTransaction({ to: system.portal.target, value: 1n });
    await note("portal: deposit ether", await sent.wait());
    const { messagePasser } = await predeploys();
    const start = messagePasser.connect(system.user).getFunction("initiateWithdrawal");
    // Not a random one: its hash is the withdrawal's place in the trie, and one in 16 would share a node with another and cost more to prove.
    const target = "0x00000000000000000000000000000000000f02c5";
    const withdrawal = await withdrawalOf(await (await start(target, 100_000n, "0x", { value: 1n })).wait());
    const asserted = await assertNow(system);
    const proof = asserted.storageProof(withdrawal.withdrawalHash);
    const proven = await system.portal.proveWithdrawalTransaction(withdrawal, asserted.index, asserted.proof, proof);
    await note("portal: prove", await proven.wait());
    await (await system.queue.decide(asserted.index, 1)).wait();
    await note("portal: finalize", await (await system.portal.finalizeWithdrawalTransaction(withdrawal)).wait());
  });

  it("proves the dearest step within a transaction: it writes two slots, and its calldata's floor is below what it runs", () => {
    const pins = JSON.parse(readFileSync(join(__dirname, "../snapshots/gas.vm.json"), "utf8")) as Record<
      string,
      number
    >;
    const limits = Object.entries(pins).filter(([name]) => name.includes("gas limit for"));
    expect(limits).to.have.length.greaterThan(3);
    for (const [name, limit] of limits) {
      expect(limit + 2 * 12_100, name).to.be.below(MAX_TRANSACTION_GAS);
      expect(15_000 + 64 * 45_000, "38,400 bytes of input and a witness").to.be.below(limit);
    }
  });
});
