import { expect } from "chai";
import { changedFunctions, hasSameLayout } from "../../vm/changes";
import { flatten } from "../../vm/flatten";
import { code, exportFunction, functions, memory, types, wasmModule, type Part } from "./support/wasmBytes";

/** i32.store of a constant at 0. */
const put = (value: number): Part => [0x41, 0, 0x41, value, 0x36, 2, 0];
const call = (index: number): Part => [0x10, index];
/** `run` and two functions behind it. */
const program = (run: Part, first: Part, second: Part) =>
  flatten(
    wasmModule(types([[], []]), functions(0, 0, 0), memory(1), exportFunction("run", 0), code(run, first, second)),
  );

describe("vm: what differs between two programs", () => {
  const run = [...call(1), ...call(2)];
  const before = program(run, put(5), put(7));

  it("finds nothing between a program and itself", () => {
    expect(changedFunctions(before, program(run, put(5), put(7)))).to.deep.equal([]);
  });

  it("finds the function with another constant, and nothing that moved", () => {
    const after = program(run, put(6), put(7));
    expect(changedFunctions(before, after).map(({ wasmIndex }) => wasmIndex)).to.deep.equal([1]);
    expect(hasSameLayout(before, after)).to.equal(true);
  });

  it("finds the function that grew, but not those that it moved, nor who calls them", () => {
    const after = program(run, [...put(5), ...put(6)], put(7));
    expect(changedFunctions(before, after).map(({ wasmIndex }) => wasmIndex)).to.deep.equal([1]);
    expect(hasSameLayout(before, after)).to.equal(false);
  });
});
