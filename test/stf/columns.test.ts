import { expect } from "chai";
import { deflateRawSync } from "node:zlib";
import { concatBytes, rlpInteger, toHex } from "../../protocol";
import { decodeBatch, encodeBody, encodeSegment } from "../../protocol/batch";
import { ColumnsError, fromColumns, toColumns } from "../../protocol/columns";
import { Random } from "../differential/support/random";
import { createSigner, signTransaction } from "../differential/support/sign";
import { CHAIN_ID, GENESIS_TIME, SIGNER, TestChain } from "./support/chain";
import { rowsOfColumns } from "./support/columns";
import { invalidTransactions, transfer } from "./support/invalid";

const SEED = Number(process.env.SOLVENT_SEED ?? 1);
const CASES = process.env.SOLVENT_FULL === undefined ? 40 : 3000;
const L1_TIME = GENESIS_TIME + 12n;
const HEAD_BYTES = 77;
const MAX_BYTES = 1_048_576;
const NONE = new Uint8Array(0);

/** A segment of columns as they stand, one stream. */
function segmentOf(columns: readonly Uint8Array[]): Uint8Array {
  const stream = deflateRawSync(concatBytes(...columns), { level: 6 });
  const length = Buffer.alloc(4);
  length.writeUInt32BE(stream.length);
  return concatBytes(length, stream);
}

/** Columns with the lengths in front that they have. */
function withHead(columns: readonly Uint8Array[]): Uint8Array[] {
  const head = Buffer.alloc(HEAD_BYTES);
  head[0] = 1;
  columns.forEach(({ length }, index) => head.writeUInt32BE(length, 1 + 4 * index));
  return [head, ...columns];
}

function rowsOf(count: number, transactionsOf: (block: number) => Uint8Array[]): Uint8Array[] {
  return Array.from({ length: count }, (_, i) =>
    encodeBody({ timestamp: GENESIS_TIME + 1n + BigInt(i), messageCount: 0n, transactions: transactionsOf(i) }),
  );
}

function randomTransaction(random: Random): Uint8Array {
  if (random.oneIn(6)) return random.pick(Object.values(invalidTransactions()));
  const number = (): bigint => random.word() >> BigInt(random.int(256));
  const type = random.pick([0, 1, 2, 2, 2, 4] as const);
  const fields = {
    chainId: random.oneIn(4) ? number() >> 200n : CHAIN_ID,
    nonce: BigInt(random.int(300)),
    isUnprotected: random.oneIn(5),
    maxFee: 10n ** BigInt(random.int(12)),
    maxTip: BigInt(random.int(3)),
    gasLimit: 21_000n + BigInt(random.int(3)) * 1_000n,
    to: random.oneIn(6) ? null : createSigner(random.int(5)).address,
    value: random.oneIn(3) ? number() : BigInt(random.int(1_000)) * 1_000n ** BigInt(random.int(8)),
    data: random.oneIn(3) ? random.bytes(random.int(100)) : NONE,
    accessList: random.oneIn(6) ? [{ address: SIGNER.address, keys: [1n] }] : [],
    authorizations: [],
  };
  return signTransaction({ type, ...fields }, createSigner(random.int(5)));
}

/** Two blocks of transactions of both kinds that are taken apart, and one that goes as it is. */
function goodColumns(): Uint8Array[] {
  const legacy = transfer(1n, { type: 0, value: 10n ** 15n });
  const creation = transfer(3n, { to: null, data: Uint8Array.of(0x60, 0, 0x60, 0, 0xf3) });
  const rows = rowsOf(2, (i) => (i === 0 ? [transfer(0n), legacy] : [transfer(2n, { type: 1 }), creation]));
  return toColumns(rows)!;
}

/** The good columns with one of them changed, and the lengths right again. */
function changed(index: number, change: (column: Uint8Array) => Uint8Array): Uint8Array {
  return segmentOf(
    withHead(
      goodColumns()
        .slice(1)
        .map((column, i) => (i === index ? change(column) : column)),
    ),
  );
}

const without = (column: Uint8Array): Uint8Array => column.subarray(0, -1);
const and =
  (...bytes: number[]) =>
  (column: Uint8Array) =>
    concatBytes(column, Uint8Array.from(bytes));
const first =
  (...bytes: number[]) =>
  (column: Uint8Array) =>
    concatBytes(Uint8Array.from(bytes), column.subarray(1));

const VARINT_OF_NINE = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00];
const BROKEN: Readonly<Record<string, Uint8Array>> = {
  "the mark alone": segmentOf([Uint8Array.of(1)]),
  "a head that is cut": segmentOf([new Uint8Array(76).fill(0).fill(1, 0, 1)]),
  "no blocks": segmentOf(withHead(Array<Uint8Array>(19).fill(NONE))),
  "a byte behind the columns": segmentOf([...goodColumns(), Uint8Array.of(0)]),
  "a column past the end": segmentOf([
    goodColumns()[0].map((byte, i) => (i === 76 ? byte + 1 : byte)),
    ...goodColumns().slice(1),
  ]),
  "a column of 2^32 - 1 bytes": segmentOf([
    goodColumns()[0].map((byte, i) => (i > 72 ? 255 : byte)),
    ...goodColumns().slice(1),
  ]),
  "a kind that is none": changed(1, first(1)),
  "a kind above all": changed(1, first(6)),
  "a block more than there are counts": changed(0, and(1)),
  "a number of nine bytes": changed(0, (column) => concatBytes(Uint8Array.from(VARINT_OF_NINE), column.subarray(1))),
  "a block of 2^56 - 1 transactions": changed(0, and(1, 0, 255, 255, 255, 255, 255, 255, 255, 127)),
  "a block after the last second": changed(0, and(255, 255, 255, 255, 255, 255, 255, 127, 0, 0)),
  "an address that is not met yet": changed(2, first(2)),
  "a recipient far beyond": changed(2, first(255, 255, 255, 255, 255, 255, 255, 127)),
  "data of 2^56 - 1 bytes": changed(4, (column) =>
    concatBytes(Uint8Array.from([255, 255, 255, 255, 255, 255, 255, 127]), column.subarray(1)),
  ),
  "a shape that is none": changed(6, first(231)),
  "a value above 2^256": changed(16, first(33 + 32)),
  "a legacy chain id of 2^62": segmentOf(withHead(legacyOn(2n ** 62n))),
  "two blocks in more than 128 KiB": segmentOf(toColumns(rowsOf(2, () => [new Uint8Array(66_000)]))!),
  ...Object.fromEntries(
    goodColumns()
      .slice(1)
      .flatMap((column, i) => [
        ...(column.length === 0 ? [] : [[`a byte less in column ${i}`, changed(i, without)] as const]),
        [`a byte more in column ${i}`, changed(i, and(0))] as const,
      ]),
  ),
};

/** One legacy transaction of this chain. */
function legacyOn(chainId: bigint): Uint8Array[] {
  const [, ...columns] = toColumns(rowsOf(1, () => [transfer(0n, { type: 0, chainId: 2n ** 62n - 1n })]))!;
  const digits = rlpInteger(chainId);
  return columns.map((column, i) => (i === 6 ? Uint8Array.of(digits.length) : i === 7 ? digits : column));
}

/** A block of so many transactions of no bytes. */
function emptyTransactions(count: number): Uint8Array[] {
  const columns = Array<Uint8Array>(19).fill(NONE);
  const [, blocks] = toColumns(rowsOf(1, () => []))!;
  const varint = [(count & 127) | 128, ((count >> 7) & 127) | 128, count >> 14];
  columns[0] = concatBytes(blocks.subarray(0, -1), Uint8Array.from(varint));
  columns[1] = new Uint8Array(count);
  columns[4] = new Uint8Array(count);
  return columns;
}

/** Columns of a block whose row has so many bytes: transfers that columns shorten, and one transaction of no sense. */
function ofRowBytes(bytes: number): Uint8Array[] {
  const transfers = Array.from({ length: 20 }, (_, i) => transfer(BigInt(i)));
  const row = (length: number): Uint8Array => rowsOf(1, () => [...transfers, new Uint8Array(length)])[0];
  const columns = toColumns([row(1_000_000 + bytes - row(1_000_000).length)])!;
  expect(columns.reduce((sum, { length }) => sum + length, 0)).to.be.below(MAX_BYTES);
  return columns;
}

describe("blocks in columns", () => {
  const chain = new TestChain();
  const run = (data: Uint8Array) => chain.derive([{ data, l1Time: L1_TIME }]);

  for (const [name, data] of Object.entries(BROKEN))
    it(`V41 makes one message block of columns with ${name}`, () => {
      expect(run(data).map(({ model }) => model.kind)).to.deep.equal(["message"]);
      expect(decodeBatch(data)).to.deep.equal([]);
    });

  it("V41 makes one message block of columns that list more transactions than fit", () => {
    const segments = [1428, 1429, 60_000].map((count) => segmentOf(withHead(emptyTransactions(count))));
    const kinds = segments.map((data) => run(data)[0].model.kind);
    expect(kinds).to.deep.equal(["sequenced", "message", "message"]);
  });

  it("V41 reads a legacy chain id of 2^62 - 1", () => {
    expect(run(segmentOf(withHead(legacyOn(2n ** 62n - 1n))))[0].model.kind).to.equal("sequenced");
  });

  it("V41 reads rows of 1 MiB from columns, and of no byte more", () => {
    const kinds = [MAX_BYTES, MAX_BYTES + 1].map((bytes) => run(segmentOf(ofRowBytes(bytes)))[0].model.kind);
    expect(kinds).to.deep.equal(["sequenced", "message"]);
  });

  it("V41 V47 reads the same blocks in columns as in rows, whatever transactions they hold", function () {
    this.timeout(600_000);
    const random = new Random(SEED);
    for (let i = 0; i < CASES; i++) {
      const rows = rowsOf(1 + random.int(4), () =>
        Array.from({ length: random.int(6) }, () => randomTransaction(random)),
      );
      const columns = toColumns(rows);
      expect(columns, `seed ${SEED}`).not.to.equal(null);
      const inColumns = segmentOf(columns!);
      expect(decodeBatch(inColumns).map(read)).to.deep.equal(decodeBatch(segmentOf(rows)).map(read), `seed ${SEED}`);
      const roots = [inColumns, segmentOf(rows)].map((data) => run(data).map(({ block }) => block.outputRoot));
      expect(roots[0]).to.deep.equal(roots[1], `seed ${SEED}`);
    }
  });

  it("V41 V47 reads columns with flipped bits inside intact streams as the second implementation does", function () {
    this.timeout(600_000);
    const random = new Random(SEED + 1);
    const good = concatBytes(...goodColumns());
    let sequenced = 0;
    for (let i = 0; i < 3 * CASES; i++) {
      const data = good.slice();
      for (let flips = 1 + random.int(2); flips > 0; flips--) data[random.int(data.length)] ^= 1 << random.int(8);
      sequenced += run(segmentOf([data])).filter(({ model }) => model.kind === "sequenced").length;
      if (data[0] === 1) expect(rowsOrNull(data), `seed ${SEED}`).to.deep.equal(rowsOfColumns(data));
    }
    expect(sequenced, `seed ${SEED}`).to.be.greaterThan(0);
  });

  it("takes the shorter form, and goes by the bytes of no transaction", () => {
    const few = encodeSegment(rowsOf(1, () => [transfer(0n)]));
    const many = encodeSegment(rowsOf(20, (i) => Array.from({ length: 10 }, (_, n) => transfer(BigInt(10 * i + n)))));
    expect(decodeBatch(few).flatMap(({ transactions }) => transactions)).to.have.length(1);
    expect(decodeBatch(many).flatMap(({ transactions }) => transactions)).to.have.length(200);
    expect(many.length / 200).to.be.below(69);
  });
});

function rowsOrNull(data: Uint8Array): Uint8Array | null {
  try {
    return fromColumns(data, MAX_BYTES);
  } catch (error) {
    expect(error).to.be.instanceOf(ColumnsError);
    return null;
  }
}

function read({ timestamp, messageCount, transactions, ...place }: ReturnType<typeof decodeBatch>[number]) {
  return { timestamp, messageCount, transactions: transactions.map(toHex), ...place };
}
