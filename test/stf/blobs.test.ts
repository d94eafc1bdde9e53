import { expect } from "chai";
import { concatBytes } from "../../protocol";
import { BLOB_BYTES, decodeBlob, encodeBlob } from "../../protocol/blob";
import { encodeBody, encodeSegment, MAX_BATCH_BYTES } from "../../protocol/batch";
import { Random } from "../differential/support/random";
import { dataOfBlob } from "./support/derivation";
import { GENESIS_TIME, TestChain } from "./support/chain";
import { transfer } from "./support/invalid";

const SEED = Number(process.env.SOLVENT_SEED ?? 1);
const FLIPS = process.env.SOLVENT_FULL === undefined ? 25 : 2000;
const L1_TIME = GENESIS_TIME + 12n;
/** Around the borders of the first elements, and of the whole. */
const LENGTHS = [0, 1, 30, 31, 32, 61, 62, 63, 4096, MAX_BATCH_BYTES - 1, MAX_BATCH_BYTES];

/** Two blocks in two segments. */
const GOOD = concatBytes(
  encodeSegment([encodeBody({ timestamp: GENESIS_TIME + 1n, messageCount: 0n, transactions: [transfer(0n)] })]),
  encodeSegment([encodeBody({ timestamp: GENESIS_TIME + 2n, messageCount: 1n, transactions: [] })]),
);

/** A blob that says another length. */
function saying(length: bigint, data = GOOD): Uint8Array {
  const blob = encodeBlob(data);
  blob.set(Buffer.from(length.toString(16).padStart(64, "0"), "hex"));
  return blob;
}

describe("batches in blobs", () => {
  const chain = new TestChain();
  const run = (data: Uint8Array) => chain.derive([{ data, isBlob: true, l1Time: L1_TIME }], [{}]);
  const kinds = (data: Uint8Array) => run(data).map(({ model }) => model.kind);

  it("V41 give back what was put in, of every length, by both readings", () => {
    const random = new Random(SEED);
    for (const length of LENGTHS) {
      const data = random.bytes(length);
      const blob = encodeBlob(data);
      expect(blob.length).to.equal(BLOB_BYTES);
      // Below the order of the field: no element has a first byte.
      for (let i = 0; i < BLOB_BYTES; i += 32) expect(blob[i]).to.equal(0);
      for (const read of [decodeBlob, dataOfBlob]) expect(Buffer.compare(read(blob), data), `${length}`).to.equal(0);
    }
  });

  it("V41 make the blocks that the same bytes make as calldata", () => {
    const [asBlob, asCalldata] = [encodeBlob(GOOD), GOOD].map((data, i) =>
      chain.derive([{ data, isBlob: i === 0, l1Time: L1_TIME }], [{}]).map(({ block }) => block.outputRoot),
    );
    expect(asBlob).to.have.length(2).and.deep.equal(asCalldata);
  });

  it("V41 may be as long as calldata, and no longer", () => {
    const whole = concatBytes(GOOD, new Uint8Array(MAX_BATCH_BYTES - GOOD.length));
    expect(kinds(encodeBlob(whole))).to.deep.equal(["sequenced", "sequenced"]);
    for (const length of [MAX_BATCH_BYTES + 1, 122_880, 122_881, BLOB_BYTES])
      expect(kinds(saying(BigInt(length)))).to.deep.equal(["message"]);
  });

  for (const bit of [32n, 64n, 128n, 192n, 248n, 255n])
    it(`V41 are empty where they say a length with bit ${bit}`, () => {
      expect(kinds(saying((1n << bit) | BigInt(GOOD.length)))).to.deep.equal(["message"]);
    });

  it("V41 end where they say, whatever stands behind", () => {
    const blob = saying(BigInt(GOOD.length - 1));
    expect(kinds(blob)).to.deep.equal(["sequenced", "message"]);
    expect(kinds(saying(0n))).to.deep.equal(["message"]);
    expect(kinds(new Uint8Array(BLOB_BYTES))).to.deep.equal(["message"]);
  });

  it("V41 say nothing by the first bytes of their elements but the length's", () => {
    const blob = encodeBlob(GOOD);
    for (let i = 32; i < BLOB_BYTES; i += 32) blob[i] = 0x73;
    expect(kinds(blob)).to.deep.equal(["sequenced", "sequenced"]);
    blob[0] = 1;
    expect(kinds(blob)).to.deep.equal(["message"]);
  });

  it("V41 V47 with flipped bits are read as the second implementation reads them", function () {
    this.timeout(FLIPS > 100 ? 1_800_000 : 600_000);
    const random = new Random(SEED + 3);
    const good = encodeBlob(GOOD);
    const near = 32 * (2 + Math.ceil(GOOD.length / 31));
    let sequenced = 0;
    for (let i = 0; i < FLIPS; i++) {
      const blob = good.slice();
      for (let flips = 1 + random.int(3); flips > 0; flips--) blob[random.int(near)] ^= 1 << random.int(8);
      sequenced += kinds(blob).filter((kind) => kind === "sequenced").length;
    }
    expect(sequenced, `seed ${SEED}`).to.be.greaterThan(0);
  });
});
