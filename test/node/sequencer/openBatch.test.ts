import { expect } from "chai";
import { randomBytes } from "node:crypto";
import { NO_SEGMENT } from "../../../protocol";
import { decodeBatch, encodeBody, MAX_BATCH_BYTES } from "../../../protocol/batch";
import { OpenBatch } from "../../../sequencer/batch/openBatch";

const body = (timestamp: number, bytes: number, isRandom = false): Uint8Array =>
  encodeBody({
    timestamp: BigInt(timestamp),
    messageCount: 0n,
    transactions: bytes === 0 ? [] : [isRandom ? randomBytes(bytes) : Buffer.alloc(bytes, 0xc1)],
  });

describe("open batch", () => {
  for (const sizes of [
    [0, 0, 100],
    [70_000, 70_000, 10],
    [200_000, 5, 90_000, 90_000],
    [131_060, 1],
  ])
    it(`puts blocks of ${sizes.join(", ")} bytes where a reader finds them`, () => {
      const batch = new OpenBatch(3);
      const places = sizes.map((size, i) => {
        const bytes = body(i + 1, size);
        const place = batch.place(bytes.length);
        expect(batch.append(bytes, place)).to.equal(true);
        return place;
      });
      const found = decodeBatch(batch.encode());
      expect(found.map(({ segment, offset }) => ({ batch: 3, segment, offset }))).to.deep.equal(places);
      expect(found.map(({ timestamp }) => Number(timestamp))).to.deep.equal(sizes.map((_, i) => i + 1));
      expect(places.every(({ segment }) => segment < NO_SEGMENT)).to.equal(true);
    });

  it("refuses what does not compress below L1's limit, and changes nothing", () => {
    const batch = new OpenBatch(0);
    for (let i = 0; ; i++) {
      const bytes = body(i + 1, 30_000, true);
      const before = batch.encode();
      if (!batch.append(bytes, batch.place(bytes.length))) {
        expect(i).to.equal(3);
        expect(Buffer.compare(batch.encode(), before)).to.equal(0);
        break;
      }
    }
    expect(batch.encode().length).to.be.at.most(MAX_BATCH_BYTES);
    expect(decodeBatch(batch.encode())).to.have.length(3);
  });

  it("refuses a place that is not the next one", () => {
    const batch = new OpenBatch(0);
    const bytes = body(1, 10);
    const place = batch.place(bytes.length);
    expect(batch.append(bytes, place)).to.equal(true);
    expect(batch.append(bytes, place)).to.equal(false);
    expect(batch.blockCount).to.equal(1);
  });
});
