import { expect } from "chai";
import { deflateRawSync } from "node:zlib";
import { concatBytes, encodeRlp, rlpInteger, type RlpItem } from "../../protocol";
import { encodeBody, encodeSegment } from "../../protocol/batch";
import { Random } from "../differential/support/random";
import { GENESIS_TIME, RULES, SIGNER, TestChain, type BatchInput } from "./support/chain";
import { invalidTransactions, transfer } from "./support/invalid";

const SEED = Number(process.env.SOLVENT_SEED ?? 1);
/** Cases of each random kind. */
const FLIPS = process.env.SOLVENT_FULL === undefined ? 25 : 2000;
const L1_TIME = GENESIS_TIME + 12n;
const VALID = transfer(0n);

/** Two blocks in two segments: the first has a transaction, the last a message. */
function goodBatch(): Uint8Array {
  const bodies = [
    encodeBody({ timestamp: GENESIS_TIME + 1n, messageCount: 0n, transactions: [transfer(0n)] }),
    encodeBody({ timestamp: GENESIS_TIME + 2n, messageCount: 1n, transactions: [] }),
  ];
  return concatBytes(encodeSegment([bodies[0]]), encodeSegment([bodies[1]]));
}

function segment(inflated: Uint8Array): Uint8Array {
  return withLength(deflateRawSync(inflated, { level: 9 }));
}

function withLength(stream: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(stream.length);
  return concatBytes(length, stream);
}

function body(fields: RlpItem): Uint8Array {
  return segment(encodeRlp(fields));
}

const T1 = rlpInteger(GENESIS_TIME + 1n);
const NONE = new Uint8Array(0);
const BROKEN: Readonly<Record<string, Uint8Array>> = {
  "no bytes": NONE,
  "one byte": Uint8Array.of(0),
  "a length past the end": Uint8Array.of(0, 0, 1, 0, 1),
  "a length of 2^32 - 1": Uint8Array.of(255, 255, 255, 255, 1),
  "an empty segment": Uint8Array.of(0, 0, 0, 0),
  "a stream of nothing": segment(NONE),
  "bytes behind the stream": withLength(concatBytes(deflateRawSync(encodeRlp([T1, NONE, []])), Uint8Array.of(7, 7))),
  "a block that is a string": segment(encodeRlp(Uint8Array.of(1, 2, 3))),
  "two fields": body([T1, NONE]),
  "four fields": body([T1, NONE, [], NONE]),
  "transactions that are a string": body([T1, NONE, NONE]),
  "a transaction that is a list": body([T1, NONE, [[NONE]]]),
  "a timestamp with a leading zero": body([concatBytes(Uint8Array.of(0), T1), NONE, []]),
  "a timestamp of 9 bytes": body([new Uint8Array(9).fill(1), NONE, []]),
  "a count of 2^64 - 1": body([T1, new Uint8Array(8).fill(255), []]),
  "a timestamp of 2^53": body([rlpInteger(2n ** 53n), NONE, []]),
  "a timestamp of 2^64 - 1": body([new Uint8Array(8).fill(255), NONE, []]),
  "the parent's timestamp": body([rlpInteger(GENESIS_TIME), NONE, []]),
  "a timestamp too far ahead": body([rlpInteger(L1_TIME + RULES.maxAhead + 1n), NONE, []]),
  "more messages than there are": body([T1, rlpInteger(2), []]),
  "more transactions than fit": body([T1, NONE, Array<RlpItem>(1429).fill(NONE)]),
  "a bomb of 100 MiB": segment(new Uint8Array(100 << 20)),
  "a bomb of 1 MiB and a byte": body([T1, NONE, [new Uint8Array(1_048_560)]]),
  "two blocks in more than 128 KiB": segment(
    concatBytes(encodeRlp([T1, NONE, [new Uint8Array(131_072)]]), encodeRlp([rlpInteger(GENESIS_TIME + 2n), NONE, []])),
  ),
  "120,001 bytes": concatBytes(goodBatch(), new Uint8Array(120_001 - goodBatch().length)),
  "1 MiB": new Uint8Array(1 << 20).fill(3),
};
/** Unusual, but a block. */
const ODD: Readonly<Record<string, Uint8Array>> = {
  "as many transactions as fit": body([T1, NONE, Array<RlpItem>(1428).fill(NONE)]),
  "one block of nearly 1 MiB": body([T1, NONE, [new Uint8Array(1_048_550)]]),
  "a batch of 120,000 bytes": concatBytes(goodBatch(), new Uint8Array(120_000 - goodBatch().length)),
  "the last second that is allowed": body([rlpInteger(L1_TIME + RULES.maxAhead), NONE, []]),
};

describe("malformed input", () => {
  const chain = new TestChain();
  const run = (data: Uint8Array, more: Partial<BatchInput> = {}) =>
    chain.derive([{ data, l1Time: L1_TIME, ...more }], [{}]);

  for (const [name, data] of Object.entries(BROKEN)) {
    it(`V41 makes one message block of ${name}`, () => {
      const blocks = run(data);
      expect(blocks.map(({ model }) => model.kind)).to.deep.equal(["message"]);
      expect(blocks[0].block.transactions).to.have.length(1);
    });
  }

  for (const [name, data] of Object.entries(ODD)) {
    it(`V41 reads ${name}`, () => {
      expect(run(data)[0].model.kind).to.equal("sequenced");
    });
  }

  it("V41 makes blocks of a batch cut at every byte", function () {
    this.timeout(FLIPS > 100 ? 1_800_000 : 600_000);
    const data = goodBatch();
    const counts = new Set<number>();
    for (let length = 0; length <= data.length; length++) counts.add(run(data.subarray(0, length)).length);
    expect([...counts].sort()).to.deep.equal([1, 2]);
  });

  it("V41 V47 reads batches with flipped bits as the second implementation does", function () {
    this.timeout(FLIPS > 100 ? 1_800_000 : 600_000);
    const random = new Random(SEED);
    const good = goodBatch();
    let sequenced = 0;
    for (let i = 0; i < FLIPS; i++) {
      const data = good.slice();
      for (let flips = 1 + random.int(3); flips > 0; flips--) data[random.int(data.length)] ^= 1 << random.int(8);
      sequenced += run(data).filter(({ model }) => model.kind === "sequenced").length;
    }
    expect(sequenced, `seed ${SEED}`).to.be.greaterThan(0);
  });

  it("V41 V47 reads blocks with flipped bits inside intact streams as the second implementation does", function () {
    this.timeout(FLIPS > 100 ? 1_800_000 : 600_000);
    const random = new Random(SEED + 1);
    const inflated = concatBytes(
      ...[1n, 2n].map((n) =>
        encodeBody({ timestamp: GENESIS_TIME + n, messageCount: 0n, transactions: [transfer(n - 1n), transfer(n)] }),
      ),
    );
    for (let i = 0; i < FLIPS; i++) {
      const data = inflated.slice();
      for (let flips = 1 + random.int(3); flips > 0; flips--) data[random.int(data.length)] ^= 1 << random.int(8);
      run(segment(data));
    }
  });

  it("V41 V47 reads garbage as the second implementation does", function () {
    this.timeout(FLIPS > 100 ? 1_800_000 : 600_000);
    const random = new Random(SEED + 2);
    for (let i = 0; i < FLIPS; i++) {
      const bytes = random.bytes(random.int(random.oneIn(10) ? 5000 : 60));
      run(random.oneIn(2) ? bytes : withLength(bytes));
      run(segment(bytes));
    }
  });

  it("V41 skips invalid transactions of every kind and keeps the valid ones between them", () => {
    const invalid = invalidTransactions();
    const transactions = [...Object.values(invalid), VALID, ...Object.values(invalid), transfer(1n)];
    const data = encodeSegment([encodeBody({ timestamp: GENESIS_TIME + 1n, messageCount: 0n, transactions })]);
    const [{ block }] = run(data);
    expect(block.transactions.map((raw) => Buffer.from(raw).toString("hex"))).to.deep.equal(
      [VALID, transfer(1n)].map((raw) => Buffer.from(raw).toString("hex")),
    );
  });

  for (const [name, raw] of Object.entries(invalidTransactions())) {
    it(`V41 skips a transaction with ${name}`, () => {
      const data = encodeSegment([encodeBody({ timestamp: GENESIS_TIME + 1n, messageCount: 0n, transactions: [raw] })]);
      expect(run(data)[0].block.transactions).to.have.length(0);
    });
  }

  it("V42 consumes messages in order, never more than the batch covers, never twice", () => {
    const messages = Array.from({ length: 5 }, (_, index) => ({ value: BigInt(index) }));
    const batch = (messageCount: bigint, n: bigint) =>
      encodeSegment([encodeBody({ timestamp: GENESIS_TIME + n, messageCount, transactions: [] })]);
    const blocks = chain.derive(
      [
        { data: batch(1n, 1n), delayedCount: 1n },
        { data: batch(2n, 2n), delayedCount: 2n },
        { data: batch(0n, 13n), delayedCount: 4n },
        { data: batch(1n, 30n), delayedCount: 5n },
      ],
      messages,
    );
    expect(blocks.map(({ block, model }) => [model.kind, Number(block.cursor.delayed)])).to.deep.equal([
      ["sequenced", 1],
      ["message", 2],
      ["sequenced", 2],
      ["message", 4],
      ["sequenced", 5],
    ]);
  });

  it("V42 bounds a block's time by its batch's, in both directions", () => {
    const at = (timestamp: bigint) => encodeSegment([encodeBody({ timestamp, messageCount: 0n, transactions: [] })]);
    const l1Time = GENESIS_TIME + 10_000n;
    const kinds = [
      l1Time - RULES.maxDelay - 1n,
      l1Time - RULES.maxDelay,
      l1Time + RULES.maxAhead,
      l1Time + RULES.maxAhead + 1n,
    ].map((timestamp) => chain.derive([{ data: at(timestamp), l1Time }])[0].model.kind);
    expect(kinds).to.deep.equal(["message", "sequenced", "sequenced", "message"]);
  });

  it("V41 ends a flood of messages over as many blocks as it takes", () => {
    const messages = Array.from({ length: 10 }, () => ({ gasLimit: RULES.blockGasLimit / 4n, to: SIGNER.address }));
    const blocks = chain.derive([{ data: NONE }], messages);
    expect(blocks.at(-1)!.block.cursor.delayed).to.equal(10n);
  });

  it("V41 executes messages that cannot run: too little gas, too much value, initcode that is too long", () => {
    const messages = [
      { gasLimit: 20_999n },
      { gasLimit: 100_000n, value: 1n << 255n, mint: 0n },
      { gasLimit: 7_500_000n, isCreation: true, data: new Uint8Array(24_576).fill(0x5b) },
      { gasLimit: 7_500_000n, isCreation: true, data: Uint8Array.of(0xfe) },
      { gasLimit: 0n, mint: (1n << 256n) - 1n },
    ];
    const [{ block }] = chain.derive([{ data: NONE }], messages);
    expect(block.transactions).to.have.length(5);
    expect(block.receipts.map((receipt) => receipt[4] === 1)).to.deep.equal([false, false, true, false, false]);
  });
});
