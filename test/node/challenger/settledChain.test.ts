import { expect } from "chai";
import { hasFuture, SettledChain } from "../../../games/settled";
import type { Parent } from "../../../games/truth";
import { ZERO_HASH } from "../../../protocol";
import type { AssertionInfo } from "../../../games/types";
import type { Hex } from "../../../protocol/types";

type View = ReadonlySet<string>;

const parentOf = (number: number): Parent => {
  const id = `0x${number.toString(16).padStart(64, "0")}` as Hex;
  const inbox = { batchCount: 0, lastBatch: ZERO_HASH, delayedCount: 0, lastDelayed: ZERO_HASH };
  return { id, outputRoot: id, inbox };
};
const viewOf = (...numbers: number[]): View => new Set(numbers.map((number) => parentOf(number).id));
const chainOf = (...numbers: number[]): SettledChain<View, { parent: Parent }> => {
  const chain = new SettledChain<View, { parent: Parent }>(parentOf(0), (view, { parent }) => view.has(parent.id));
  for (const number of numbers) chain.add({ parent: parentOf(number) });
  return chain;
};

describe("games: the settled part of a chain", () => {
  it("begins at the first parent, and ends at what was settled last", () => {
    expect(chainOf().last(viewOf())).to.deep.equal(parentOf(0));
    expect(chainOf(1, 2, 3).last(viewOf(1, 2, 3))).to.deep.equal(parentOf(3));
  });

  it("ends before the first place that another view does not have settled, for good", () => {
    const chain = chainOf(1, 2, 3);
    expect(chain.last(viewOf(1, 3))).to.deep.equal(parentOf(1));
    expect(chain.last(viewOf(1, 2, 3))).to.deep.equal(parentOf(1));
    chain.add({ parent: parentOf(2) });
    expect(chain.last(viewOf())).to.deep.equal(parentOf(0));
  });

  it("loses its end where the same view has it settled no more", () => {
    const view = new Set(viewOf(1, 2, 3));
    const chain = chainOf(1, 2, 3);
    chain.last(view);
    view.delete(parentOf(3).id);
    expect(chain.last(view)).to.deep.equal(parentOf(2));
  });

  it("is not where an assertion with the same id came again behind another inbox", () => {
    const parent = parentOf(1);
    const again = (childInbox: Parent["inbox"]): AssertionInfo =>
      ({ ...parent, childInbox }) as unknown as AssertionInfo;
    expect(hasFuture(again(parent.inbox), parent)).to.equal(true);
    expect(hasFuture(again({ ...parent.inbox, delayedCount: 1 }), parent)).to.equal(false);
  });

  it("knows 1,024 places and no more", () => {
    const numbers = Array.from({ length: 1_025 }, (_, i) => i + 1);
    expect(chainOf(...numbers).last(viewOf(...numbers.slice(1)))).to.deep.equal(parentOf(1_025));
    expect(chainOf(...numbers.slice(1)).last(viewOf(...numbers))).to.deep.equal(parentOf(1_025));
  });
});
