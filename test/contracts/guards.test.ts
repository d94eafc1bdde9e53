import { expect } from "chai";
import { listCustomErrors } from "../support/customErrors";

/** Sources whose guards are checked. */
const COVERED =
  /contracts\/(inbox|bridge|games|l2|settlement|deploy|liquidity|solvency|vm|interfaces\/I(Brake|HeldReleases|Claims|Tournament|Wide|Dispute|DisputeGame|Settlement|Exit|ExitMarket|Inbox|Sequencing|Rotation|Portal|RollupHealth|TokenBridge|L2Bridge|StateRootQueue|SumRoots))/;

describe("Guards", () => {
  it("V65 are each expected by a test: no custom error is dead, none untested", () => {
    const holes = listCustomErrors()
      .filter(({ declaredIn }) => declaredIn.every((file) => COVERED.test(file)))
      .filter(({ declaredIn, expectedBy }) => expectedBy.length < declaredIn.length)
      .map(({ name, declaredIn }) => `${name} (${declaredIn.join(", ")})`);
    expect(holes, "list them with: npx tsx test/tools/guards.ts").to.deep.equal([]);
  });
});
