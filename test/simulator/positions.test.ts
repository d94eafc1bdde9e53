import { expect } from "chai";
import { answerTo, depthOf, indexOf, leafOf } from "../../games/claims/position";

/** The deepest tree that a deployment may have: heights of 51 together, and one for the border between blocks and steps. */
const BOTTOM = 52;
const TOP = 17;

describe("positions of claims, where numbers end", () => {
  const leftmost = 2 ** BOTTOM;
  const rightmost = 2 ** (BOTTOM + 1) - 1;
  const exactLeaf = (position: number): bigint =>
    (BigInt(position) - 2n ** BigInt(BOTTOM)) % 2n ** BigInt(BOTTOM - TOP);

  it("are exact at the deepest level of the tallest tree, at both of its ends", () => {
    for (const position of [leftmost, leftmost + 1, rightmost - 1, rightmost]) {
      expect(depthOf(position)).to.equal(BOTTOM);
      expect(BigInt(indexOf(position))).to.equal(BigInt(position) - 2n ** BigInt(BOTTOM));
      expect(BigInt(leafOf(position, TOP, BOTTOM))).to.equal(exactLeaf(position));
    }
  });

  it("lead there by answers from the level above", () => {
    const above = 2 ** BOTTOM - 1;
    expect(depthOf(above)).to.equal(BOTTOM - 1);
    expect(answerTo(above, true)).to.equal(rightmost - 1);
    expect(answerTo(above - 1, false)).to.equal(rightmost - 1);
    expect(answerTo(2 ** (BOTTOM - 1), true)).to.equal(leftmost);
  });
});
