import { expect } from "chai";
import { KEPT_MS, Recent } from "../../../challenger/commitments/recent";

describe("challenger: what was computed", () => {
  it("is kept as long as somebody asks for it, and forgotten a while after nobody does", () => {
    let now = 0;
    const recent = new Recent<number>(Infinity, () => now);
    recent.set("asked", 1);
    recent.set("left", 2);
    now = KEPT_MS;
    expect(recent.get("asked")).to.equal(1);
    // At the bound it is kept, one millisecond later it is not.
    recent.set("new", 3);
    expect(recent.size).to.equal(3);
    now++;
    recent.set("newer", 4);
    expect(["asked", "left", "new", "newer"].map((key) => recent.get(key))).to.deep.equal([1, undefined, 3, 4]);
  });

  it("is no more than so many, the longest unasked forgotten first", () => {
    const recent = new Recent<number>(2, () => 0);
    recent.set("a", 1);
    recent.set("b", 2);
    expect(recent.get("a")).to.equal(1);
    recent.set("c", 3);
    expect(["a", "b", "c"].map((key) => recent.get(key))).to.deep.equal([1, undefined, 3]);
    recent.set("c", 4);
    expect([recent.size, recent.get("a"), recent.get("c")]).to.deep.equal([2, 1, 4]);
  });

  it("is forgotten when that is asked", () => {
    const recent = new Recent<number>();
    recent.set("a", 1);
    recent.delete("a");
    expect(recent.get("a")).to.equal(undefined);
  });
});
