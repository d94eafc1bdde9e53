import { expect } from "chai";
import { concat, getBytes, toBeHex, Wallet } from "ethers";
import { systemOf } from "../../actor/deployedSystem";
import { preimageFromStore } from "../../challenger/commitments/commitments";
import type { EdgesGame } from "../../games/edges";
import type { Challenger } from "../../challenger/challenger";
import { devAccount, ROLES } from "../../devnet/accounts";
import { encodeMoves, genesisAssertion, HonestPlayer, OutputTree, type Parent, type Truth } from "../../games/edges";
import { PatchedTree } from "../../games/history/patchedTree";
import { ZERO_HASH } from "../../protocol";
import type { Hex } from "../../protocol/types";
import { TestSystem, until } from "./support/system";

const RESPONSE_SECONDS = 60;
const BATCHES = 6;
const BLOCKS_A_BATCH = 4;
/** Two fill a block. */
const GAS = 15_000_000n;

describe("e2e: answering does not wait for blocks", function () {
  this.timeout(600_000);
  const system = new TestSystem({ responseTimeSeconds: RESPONSE_SECONDS });
  before(() => system.start());
  after(() => system.stop());

  /** Maps one field element after another to BLS12-381's first group until its gas is gone; each seed has other elements. */
  const worstCall = (seed: number): string => {
    const element = concat(["0x63", toBeHex(seed, 4), "0x602052"]); // mstore(32, seed)
    const next = "0x602051600101602052"; // mstore(32, mload(32) + 1)
    const map = "0x60806040604060006010" + "5afa50"; // staticcall(gas, 0x10, 0, 64, 64, 128)
    return concat([element, "0x5b", next, map, "0x600856"]);
  };
  let transactions = 0;
  const worstBlock = async (): Promise<Uint8Array[]> => {
    const { chainId } = systemOf(system.deployment);
    const fees = { maxFeePerGas: 100n * 10n ** 9n, maxPriorityFeePerGas: 1n };
    const sign = async (): Promise<Uint8Array> => {
      const [number, nonce] = [transactions % 10, Math.floor(transactions / 10)];
      const data = worstCall(++transactions * 65_536);
      const wallet = new Wallet(devAccount(number).privateKey);
      return getBytes(await wallet.signTransaction({ type: 2, chainId, nonce, gasLimit: GAS, data, ...fees }));
    };
    return [await sign(), await sign()];
  };

  /** A party that says that an idle run of the first assertion ends elsewhere, and bisects down to it. */
  const liarOf = ({ core, game }: Challenger<EdgesGame>): HonestPlayer => {
    const start = core.system.genesisOutputRoot;
    const inbox = { batchCount: 0, lastBatch: ZERO_HASH, delayedCount: 0, lastDelayed: ZERO_HASH };
    const from: Parent = { id: genesisAssertion(start), outputRoot: start, inbox };
    const height = game.parameters.heights[0];
    const tree = new PatchedTree(new OutputTree(height, [start]), 5, 6, `0x${"ab".repeat(32)}`);
    const nothing = (): undefined => undefined;
    const runs = { tree, output: preimageFromStore(core.store.nodes, start) };
    const truth: Truth = { runs: () => runs, machines: nothing, steps: nothing, witness: nothing };
    return new HonestPlayer(truth, {
      account: devAccount(ROLES.liar).address,
      from,
      propose: ({ id }) => id === from.id,
    });
  };

  it("N1 answers a lie within the response time while blocks of the dearest precompile calls arrive, full and in a row, and knows how soon it could answer", async () => {
    const honest = await system.startChallenger("honest", ROLES.challenger, {}, { propose: false });
    for (let i = 0; i < BATCHES; i++)
      await system.postBatch(await Promise.all(Array.from({ length: BLOCKS_A_BATCH }, worstBlock)));
    await until("it has seen them", () => honest.core.view.batchCount === BATCHES);

    const liar = liarOf(honest);
    const queue = system.contract("games/edges/StateRootQueue", system.deployment.addresses.queue, ROLES.liar);
    await (await queue.deposit({ value: honest.game.parameters.stakes[0] })).wait();
    const signer = system.signer(ROLES.liar);
    /** Moves of the lie that were sent, by calldata. */
    const told = new Set<Hex>();
    let opened: number | null = null;
    const started = Date.now();
    let longestTick = 0;
    for (let last = Date.now(); opened === null; last = Date.now()) {
      const { replica } = honest.game;
      const moves = liar.decide(replica).moves.filter((move) => !told.has(encodeMoves([move])));
      for (const move of moves) told.add(encodeMoves([move]));
      if (moves.length > 0)
        await signer.sendTransaction({ to: await queue.getAddress(), data: encodeMoves(moves), gasLimit: 3_000_000n });
      opened = [...replica.edges.values()].find(({ at }) => at.level === 1)?.created ?? null;
      if (Date.now() - started > 300_000) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
      longestTick = Math.max(longestTick, Date.now() - last);
    }
    expect(opened, "the claim of the machine's history under the contested run").to.not.equal(null);
    const { replica } = honest.game;
    const rivalled = [...replica.edges.values()].filter(({ mutualId }) => replica.mutual(mutualId)?.rivalledAt != null);
    const latencies = rivalled.map(({ mutualId, created }) => replica.mutual(mutualId)!.rivalledAt! - created);
    const deepest = Math.max(...rivalled.map(({ mutualId }) => replica.mutual(mutualId)!.rivalledAt!));
    const all = [...latencies, opened! - deepest];
    console.log(`      answers after ${Math.max(...all)} s at most, ${honest.core.chain.safe.number} blocks derived`);
    expect(Math.max(...all), "seconds for an answer").to.be.lessThan(RESPONSE_SECONDS);
    expect(honest.core.chain.safe.number, "blocks derived meanwhile").to.be.lessThan(BATCHES * BLOCKS_A_BATCH);
    expect(longestTick, "milliseconds that the actor's loop stood still").to.be.lessThan(5_000);

    const warning = await honest.measureSpeed();
    const [worst] = (await honest.core.registry.getSingleMetric("solvent_worst_answer_seconds")!.get()).values;
    console.log(`      the dearest runs, disputed at once, would be answered after ${worst.value.toFixed(0)} s`);
    expect(worst.value).to.be.greaterThan(0);
    expect(warning !== null, "whether it is warned of").to.equal(worst.value > RESPONSE_SECONDS);
  });
});
