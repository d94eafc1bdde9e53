import { expect } from "chai";
import { runScript, scriptsOf } from "../../scripts/support/wasm-suite";
import { vectors } from "../support/vectors";

/** Integer asserts that must at least run in each official suite. */
const SUITES: [name: string, least: number][] = [
  ["wasm-core-1.0", 3000],
  ["wasm-core-2.0", 7500],
];

describe("official WebAssembly suites", () => {
  for (const [name, least] of SUITES)
    it(`V30: ${name}: fast interpreter, reference and V8 give what the suite expects`, function () {
      const folder = vectors(name);
      if (folder === null) return this.skip();
      const results = scriptsOf(folder).flatMap((script) => runScript(script));
      expect(results.filter(({ verdict }) => verdict === "failed")).to.deep.equal([]);
      expect(results.filter(({ verdict }) => verdict === "passed").length).to.be.greaterThan(least);
    });
});
