import { expect } from "chai";
import { AnswerCache, openEngine, openProgram } from "../../../node/engine";
import { encodeSegment } from "../../../protocol/batch";
import { decodeTransaction } from "../../../node/transactions";
import { CHAIN_ID, TestChain } from "../../vm/support/chain";

/** Counts what has to be worked out. */
class CountingCache extends AnswerCache {
  computed = 0;

  override put(key: Uint8Array, answer: Uint8Array): void {
    this.computed++;
    super.put(key, answer);
  }
}

describe("engine: answers of precompiles", () => {
  it("recovers a sender once for pool, engine and program", async () => {
    const chain = new TestChain();
    const answers = new CountingCache();
    const engine = openEngine({ nodes: chain.nodes, precompileAnswers: answers });
    const program = openProgram({ nodes: chain.nodes, precompileAnswers: answers });
    const to = `0x${"aa".repeat(20)}`;
    const candidates = [];
    for (const fields of [{ type: 0 }, { type: 0, chainId: 0n }, { type: 1 }, { type: 2 }])
      candidates.push(await chain.sign({ to, value: 1n, gasLimit: 21_000n, chainId: CHAIN_ID, ...fields }));
    for (const raw of candidates) answers.rememberSender(decodeTransaction(raw));
    expect(answers.computed).to.equal(candidates.length);

    const parentOutputRoot = chain.genesis.outputRoot;
    const timestamp = BigInt(chain.genesis.header.timestamp) + 2n;
    const place = { batch: 0n, segment: 0, offset: 0 };
    const built = engine.buildBlock({ parentOutputRoot, timestamp, messageCount: 0, inbox: chain, candidates, place });
    expect(built.transactions).to.have.length(candidates.length);
    chain.addRawBatch(encodeSegment([built.body]), timestamp);
    expect(program.advance(parentOutputRoot, chain)!.outputRoot).to.equal(built.outputRoot);
    expect(answers.computed).to.equal(candidates.length);
  });

  it("forgets the oldest when it is full", () => {
    const cache = new AnswerCache(1_000);
    const key = (i: number): Uint8Array => new Uint8Array(32).fill(i);
    for (let i = 0; i < 20; i++) cache.put(key(i), new Uint8Array(33));
    expect(cache.get(key(0))).to.equal(undefined);
    expect(cache.get(key(19))).to.have.length(33);
  });
});
