import { expect } from "chai";
import { readPins, requirePinned } from "../../stf/build/pins";
import { builtHashes } from "../../stf/build/stf";
import { readProgramFile } from "../../deployment/program";

const [OLD, NEW] = ["0a".repeat(32), "0b".repeat(32)];

describe("pins of the program", () => {
  it("holds for what stands in build/", () => {
    requirePinned(readPins(), { ...builtHashes(), programHash: readProgramFile().programHash });
  });

  for (const [name, sources] of [
    ["stf.wasm", "stf/"],
    ["engine.wasm", "stf/"],
    ["programHash", "stf/, vm/ \\(flattening, commitment\\)"],
  ]) {
    it(`refuses another ${name} with both hashes, and says which side is old in which case`, () => {
      const check = () => requirePinned({ [name]: OLD }, { [name]: NEW });
      expect(check).to.throw(new RegExp(`${name}.*${NEW}, but stf/pins\\.json says ${OLD}`));
      expect(check).to.throw(
        new RegExp(`If ${sources} or the compiler was changed on purpose, the pin is old: run "npx tsx .* --pin"`),
      );
      expect(check).to.throw(/If not, the sources or node_modules are old/);
    });
  }

  it("takes equal hashes, and what was never pinned", () => {
    requirePinned({ "stf.wasm": NEW }, { "stf.wasm": NEW, "engine.wasm": NEW });
  });
});
