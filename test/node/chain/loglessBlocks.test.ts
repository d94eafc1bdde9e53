import { expect } from "chai";
import { LoglessBlocks } from "../../../node/chain/loglessBlocks";
import type { ChainBlock } from "../../../node/chain/types";

const EMPTY = `0x${"00".repeat(256)}`;
const FULL = `0x${"00".repeat(255)}01`;

describe("chain: blocks without logs", () => {
  const block = (number: number, logsBloom: string): ChainBlock => ({ header: { number, logsBloom } }) as ChainBlock;
  const known = (blocks: LoglessBlocks, numbers: number[]): number[] => numbers.filter((number) => blocks.has(number));

  it("knows what it was told, far up too, and nothing of others", () => {
    const blocks = new LoglessBlocks();
    expect(blocks.note(7, EMPTY)).to.equal(true);
    expect(blocks.note(8, FULL)).to.equal(false);
    expect(blocks.note(1_000_003, EMPTY)).to.equal(true);
    expect(known(blocks, [6, 7, 8, 9, 999_999, 1_000_003, 5_000_000])).to.deep.equal([7, 1_000_003]);
  });

  it("follows the chain: what replaces an empty block may hold logs", () => {
    const blocks = new LoglessBlocks();
    blocks.onHead({ dropped: [], added: [block(1, EMPTY), block(2, EMPTY), block(3, EMPTY)] });
    expect(known(blocks, [1, 2, 3])).to.deep.equal([1, 2, 3]);
    blocks.onHead({ dropped: [block(3, EMPTY), block(2, EMPTY)], added: [block(2, FULL)] });
    expect(known(blocks, [1, 2, 3])).to.deep.equal([1]);
  });
});
