import { expect } from "chai";
import { runScript, scriptsOf } from "../conformance/wasm/suite";
import { StepSampler } from "../conformance/wasm/onchain";
import { vectors } from "../support/vectors";

/** Integer asserts that must at least run in each official suite. */
const SUITES: [name: string, least: number][] = [
  ["wasm-core-1.0", 3000],
  ["wasm-core-2.0", 7500],
];

const ON_CHAIN = process.env.SOLVENT_FULL ? 1000 : 40;

describe("official WebAssembly suites", function () {
  this.timeout(600_000);
  for (const [name, least] of SUITES)
    it(`V30: ${name}: fast interpreter, reference and V8 give what the suite expects; L1 agrees on ${ON_CHAIN} of the steps`, async function () {
      const folder = vectors(name);
      if (folder === null) return this.skip();
      const sampler = new StepSampler(ON_CHAIN);
      const results = scriptsOf(folder).flatMap((path) => runScript(path, (reference) => sampler.watch(reference)));
      const { results: onChain, summary } = await sampler.proveAll();
      console.log(`        ${summary.split(";")[0]}`);
      const failed = [...results, ...onChain].filter(({ verdict }) => verdict === "failed");
      expect(failed).to.deep.equal([]);
      expect(results.filter(({ verdict }) => verdict === "passed").length).to.be.greaterThan(least);
      expect(onChain.length).to.equal(ON_CHAIN);
    });
});
