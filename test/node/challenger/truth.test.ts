import { expect } from "chai";
import { Commitments } from "../../../challenger/commitments/commitments";
import { MachinePool } from "../../../challenger/commitments/pool";
import { RecordingStore } from "../../../challenger/commitments/recording";
import { BackgroundTruth } from "../../../challenger/truth";
import type { InboxState } from "../../../games/types";
import type { Parent, TruthKey } from "../../../games/truth";
import { openProgram } from "../../../node/engine";
import { toHex, ZERO_HASH } from "../../../protocol";
import type { Hex, InboxView } from "../../../protocol/types";
import { TestChain } from "../../vm/support/chain";

const HEIGHTS: [number, number, number] = [4, 17, 17];

describe("challenger: what it holds for true", function () {
  this.timeout(120_000);
  const chain = new TestChain();
  const pool = new MachinePool(1);
  after(() => pool.close());

  /** The first batches as an inbox of their own. */
  const inboxOf = (batches: number): InboxState => ({
    batchCount: batches,
    lastBatch: toHex(chain.batchRecord(BigInt(batches - 1))),
    delayedCount: 0,
    lastDelayed: ZERO_HASH,
  });

  function viewOf({ batchCount }: InboxState): InboxView {
    const record = (index: bigint): Uint8Array => chain.batchRecord(index);
    return { batchCount: BigInt(batchCount), delayedCount: 0n, batchRecord: record, messageHash: record };
  }

  async function filled(truth: BackgroundTruth, key: TruthKey): Promise<void> {
    truth.fill([key]);
    while (truth.isBusy) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(truth.problem).to.equal(null);
  }

  it("goes by the inbox that is behind an assertion now: one that L1 took back may come again behind another", async () => {
    const to = `0x${"77".repeat(20)}`;
    for (let i = 0; i < 3; i++) chain.addBatch([[await chain.sign({ to, value: 1n })]]);
    const store = new RecordingStore(chain.nodes);
    const options = { program: openProgram({ nodes: store }), store, pool, heights: HEIGHTS, cacheDir: null };
    const source = new Commitments({ ...options, inboxView: viewOf });
    const truth = new BackgroundTruth(source, HEIGHTS);
    const id: Hex = `0x${"a1".repeat(32)}`;
    const at = (batches: number): Parent => ({ id, outputRoot: chain.genesis.outputRoot, inbox: inboxOf(batches) });
    const [before, after] = [at(2), at(3)];
    await filled(truth, { parent: before });
    const first = truth.runs(before)!.tree;
    expect(first.leaf(2)).to.equal(first.leaf(1));
    expect(truth.runs(after)).to.equal(undefined);

    await filled(truth, { parent: after });
    const second = truth.runs(after)!.tree;
    expect([0, 1].map((leaf) => second.leaf(leaf))).to.deep.equal([0, 1].map((leaf) => first.leaf(leaf)));
    expect(second.leaf(2)).to.not.equal(second.leaf(1));
    expect(await truth.startOf(after, 3)).to.equal(second.leaf(2));
    // The run of the third block ends where the tree says; behind the older inbox it was idle.
    await filled(truth, { parent: after, run: 2 });
    expect(truth.machines(before, 2)).to.equal(undefined);
    await filled(truth, { parent: before, run: 2 });
    const [moved, idle] = [after, before].map((parent) => truth.machines(parent, 2)!);
    expect(moved.tree.root).to.not.equal(idle.tree.root);
    // A run is made whose start was forgotten, or never asked for.
    const forgetful = new BackgroundTruth(source, HEIGHTS);
    await filled(forgetful, { parent: after, run: 2 });
    expect(forgetful.machines(after, 2)!.tree.root).to.equal(moved.tree.root);
    // What was known before is known still.
    expect(truth.runs(before)!.tree.root).to.equal(first.root);
  });
});
