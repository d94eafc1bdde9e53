import { expect } from "chai";

/** Fails with the list of everything that is wrong. */
export function expectNone(found: readonly string[], what = "the game"): void {
  expect(found, `${what} is in order`).to.deep.equal([]);
}
