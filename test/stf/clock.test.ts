import { expect } from "chai";
import { blockHash, decodeHeader, encodeHeader, keccak256, toHex } from "../../protocol";
import { encodeBody, encodeSegment } from "../../protocol/batch";
import { Random } from "../differential/support/random";
import { GENESIS_TIME, RULES, TestChain, type BatchInput, type MessageInput } from "./support/chain";

const SEED = Number(process.env.SOLVENT_SEED ?? 1);
const CASES = process.env.SOLVENT_FULL === undefined ? 40 : 1000;
const LAST_SECOND = 2n ** 53n - 1n;
const L1_TIME = GENESIS_TIME + 12n;
const NOTHING = new Uint8Array(0);
/** A quarter of a block: the most that a message may ask for. */
const MOST_GAS = RULES.blockGasLimit / 4n;

type Derived = ReturnType<TestChain["derive"]>;

/** A batch of blocks with these times, all in one segment. */
function at(...times: bigint[]): Uint8Array {
  return encodeSegment(times.map((timestamp) => encodeBody({ timestamp, messageCount: 0n, transactions: [] })));
}

function timesOf(blocks: Derived): bigint[] {
  return blocks.map(({ block }) => BigInt(block.header.timestamp));
}

describe("L2's clock", () => {
  const chain = new TestChain();
  const free = new TestChain({ ...RULES, maxDelay: 0n, maxAhead: 0n });
  const tight = new TestChain({ ...RULES, maxDelay: 1n, maxAhead: 1n });

  it("V42 is not moved by any number of empty batches in one second of L1", () => {
    const batches = Array.from({ length: 700 }, () => ({ data: NOTHING, l1Time: L1_TIME }));
    const blocks = chain.derive([...batches, { data: at(L1_TIME + 1n), l1Time: L1_TIME + 2n }]);
    expect(blocks).to.have.length(701);
    expect(timesOf(blocks.slice(0, -1)).every((time) => time === L1_TIME)).to.equal(true);
    // Who comes honestly after them is none too late.
    expect(blocks.at(-1)!.model.kind).to.equal("sequenced");
  });

  it("V42 is not moved by the many message blocks of one batch, behind the last second that is allowed", () => {
    const last = L1_TIME + RULES.maxAhead;
    const messages = Array.from({ length: 20 }, (): MessageInput => ({ gasLimit: MOST_GAS, data: NOTHING }));
    const burners = messages.map((message): MessageInput => ({
      ...message,
      isCreation: true,
      data: Uint8Array.of(0xfe),
    }));
    const blocks = chain.derive([{ data: at(last), l1Time: L1_TIME }], burners);
    expect(blocks.map(({ model }) => model.kind)).to.deep.equal(["sequenced", ...Array<string>(5).fill("message")]);
    expect(timesOf(blocks)).to.deep.equal(Array<bigint>(6).fill(last));
  });

  it("V42 is not moved by batches that each begin where the last block ended", () => {
    const last = L1_TIME + RULES.maxAhead;
    const blocks = chain.derive([last, last + 1n, last + 2n].map((time) => ({ data: at(time), l1Time: L1_TIME })));
    expect(timesOf(blocks)).to.deep.equal([last, last, last]);
  });

  it("V42 goes by single seconds where the bounds are one second", () => {
    const times = [L1_TIME - 2n, L1_TIME - 1n, L1_TIME, L1_TIME + 1n, L1_TIME + 2n];
    const kinds = times.map((time) => tight.derive([{ data: at(time), l1Time: L1_TIME }])[0].model.kind);
    expect(kinds).to.deep.equal(["message", "sequenced", "sequenced", "sequenced", "message"]);
  });

  it("V41 never wraps and never falls where it has no bounds: behind its last second come message blocks of the same time", () => {
    const times = [GENESIS_TIME + 1n, LAST_SECOND - 1n, LAST_SECOND, LAST_SECOND + 1n, 2n ** 64n - 1n, 0n, 1n];
    const blocks = free.derive(times.map((time) => ({ data: at(time), l1Time: L1_TIME })));
    expect(timesOf(blocks)).to.deep.equal([times[0], times[1], ...Array<bigint>(5).fill(LAST_SECOND)]);
    expect(blocks.map(({ model }) => model.kind)).to.deep.equal([
      ...Array<string>(3).fill("sequenced"),
      ...Array<string>(4).fill("message"),
    ]);
  });

  it("V41 is read exactly up to its last second, and a header behind that is refused rather than rounded", () => {
    const { block } = free.derive([{ data: at(LAST_SECOND), l1Time: L1_TIME }])[0];
    expect(BigInt(block.header.timestamp)).to.equal(LAST_SECOND);
    expect(toHex(keccak256(encodeHeader(block.header)))).to.equal(block.blockHash);
    expect(blockHash(decodeHeader(block.headerRlp))).to.equal(block.blockHash);
    const beyond = encodeHeader({ ...block.header, timestamp: 2 ** 53 });
    expect(() => decodeHeader(beyond)).to.throw("2^53");
  });

  it(`V41 V42 keeps to its bounds whatever stands in the batches (seed ${SEED})`, function () {
    this.timeout(CASES > 100 ? 1_800_000 : 300_000);
    const random = new Random(SEED);
    for (let i = 0; i < CASES; i++) {
      const [subject, maxAhead] = random.oneIn(3) ? ([tight, 1n] as const) : ([chain, RULES.maxAhead] as const);
      const { batches, messages } = randomInbox(random, maxAhead);
      requireBounds(subject.derive(batches, messages), batches, maxAhead);
    }
  });
});

type WholeBatch = Required<Omit<BatchInput, "isBlob">>;

/** Batches around the edges of what is allowed, at times of L1 that stand still as often as not. */
function randomInbox(random: Random, maxAhead: bigint): { batches: WholeBatch[]; messages: MessageInput[] } {
  const messages = Array.from({ length: random.int(8) }, () => ({
    gasLimit: random.oneIn(2) ? 21_000n : MOST_GAS,
    isCreation: random.oneIn(2),
    data: random.oneIn(2) ? Uint8Array.of(0xfe) : NOTHING,
  }));
  const delayed = BigInt(messages.length);
  let l1Time = GENESIS_TIME;
  let delayedCount = 0n;
  const batches = Array.from({ length: 1 + random.int(8) }, () => {
    l1Time += [0n, 0n, 1n, 12n, maxAhead * 2n][random.int(5)];
    delayedCount += BigInt(random.int(Number(delayed - delayedCount) + 1));
    const edges = [
      l1Time - 1n,
      l1Time + 1n,
      l1Time + maxAhead - 1n,
      l1Time + maxAhead,
      l1Time + maxAhead + 1n,
      LAST_SECOND,
    ];
    const times = Array.from({ length: random.int(4) }, () => edges[random.int(edges.length)]);
    const sorted = random.oneIn(4) ? times : times.sort((a, b) => (a < b ? -1 : 1));
    return { data: times.length === 0 || random.oneIn(5) ? NOTHING : at(...sorted), delayedCount, l1Time };
  });
  return { batches, messages };
}

function requireBounds(blocks: Derived, batches: readonly WholeBatch[], maxAhead: bigint): void {
  let before = GENESIS_TIME;
  for (const { block, model } of blocks) {
    const time = BigInt(block.header.timestamp);
    expect(time >= before + (model.kind === "sequenced" ? 1n : 0n), `${time} after ${before}`).to.equal(true);
    const { l1Time } = batches[Number(block.cursor.batch)];
    expect(time <= l1Time + maxAhead, `${time} at ${l1Time} of L1`).to.equal(true);
    before = time;
  }
}
