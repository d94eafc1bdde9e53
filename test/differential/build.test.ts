import { expect } from "chai";
import type { Wallet } from "ethers";
import type { Hex } from "../../protocol/types";
import { openEngine, openProgram, type BuiltBlock } from "../../node/engine";
import { decodeCursor } from "../../protocol";
import { encodeSegment } from "../../protocol/batch";
import { Random, seedOfRun } from "../../simulator/random";
import { TestChain } from "../vm/support/chain";
import { allocation, CONTRACTS, randomTransaction, WALLETS } from "./support/transactions";

const BATCHES = 8;
const BLOCKS = 4;
const CANDIDATES = 24;

describe("differential: engine.wasm builds what stf.wasm derives", function () {
  this.timeout(120_000);
  const random = new Random(seedOfRun());
  const chain = new TestChain(allocation());
  const engine = openEngine({ nodes: chain.nodes });
  const program = openProgram({ nodes: chain.nodes });
  let head: Hex = chain.genesis.outputRoot;
  let timestamp = BigInt(chain.genesis.header.timestamp);

  it(`builds ${BATCHES * BLOCKS} random blocks (seed ${random.seed})`, async () => {
    const seen = { taken: 0, excluded: new Set<number>(), deposits: 0 };
    for (let batch = 0; batch < BATCHES; batch++) {
      const built = await buildBatch();
      for (const block of built) {
        const derived = program.advance(head, chain)!;
        const { body: _body, excluded, ...made } = block;
        expect(derived).to.deep.equal(made);
        head = derived.outputRoot;
        seen.deposits += derived.transactions.filter((raw) => raw[0] === 0x7e).length;
        seen.taken += derived.transactions.length;
        excluded.forEach(({ code }) => seen.excluded.add(code));
      }
      // Messages that no block asked for come in a message block of the batch.
      const rest = program.advance(head, chain);
      if (rest !== null) head = rest.outputRoot;
      expect(program.advance(head, chain)).to.equal(null);
      timestamp = BigInt(chain.header(head).timestamp);
    }
    expect(seen.taken).to.be.greaterThan(BATCHES * BLOCKS * 5);
    expect(seen.deposits).to.be.greaterThan(0);
    expect(seen.excluded.size).to.be.greaterThan(8);
  });

  /** Builds the blocks of one batch, in one segment or one each, and posts it. */
  async function buildBatch(): Promise<BuiltBlock[]> {
    for (let i = random.below(4); i > 0; i--) chain.addMessage(randomMessage());
    const built: BuiltBlock[] = [];
    const segments: Uint8Array[] = [];
    let bodies: Uint8Array[] = [];
    let parent = head;
    for (let i = 0; i < BLOCKS; i++) {
      if (bodies.length > 0 && random.chance(0.3)) {
        segments.push(encodeSegment(bodies));
        bodies = [];
      }
      timestamp += BigInt(1 + random.below(5));
      const left = Number(chain.delayedCount - decodeCursor(chain.header(parent).extraData).delayed);
      const block = engine.buildBlock({
        parentOutputRoot: parent,
        timestamp,
        messageCount: random.below(left + 1),
        inbox: chain,
        candidates: await randomCandidates(parent),
        place: { batch: chain.batchCount, segment: length(segments), offset: length(bodies) },
        maxBytes: random.chance(0.2) ? 1500 : undefined,
      });
      built.push(block);
      bodies.push(block.body);
      parent = block.outputRoot;
    }
    segments.push(encodeSegment(bodies));
    chain.addRawBatch(Buffer.concat(segments), timestamp);
    return built;
  }

  async function randomCandidates(parent: Hex): Promise<Uint8Array[]> {
    const nonces = new Map<Wallet, number>(WALLETS.map((wallet) => [wallet, chain.nonce(parent, wallet.address)]));
    const candidates: Uint8Array[] = [];
    for (let i = 0; i < CANDIDATES; i++) candidates.push(await randomTransaction(random, nonces));
    return candidates;
  }

  function randomMessage() {
    return {
      to: random.pick(Object.values(CONTRACTS)) as Hex,
      sender: random.pick(WALLETS).address.toLowerCase() as Hex,
      isCreation: random.chance(0.2),
      mint: random.chance(0.5) ? BigInt(random.below(1e6)) : 0n,
      value: BigInt(random.below(1000)),
      gasLimit: BigInt(21_000 + random.below(200_000)),
      data: random.bytes(random.below(300)),
    };
  }
});

const length = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.length, 0);
