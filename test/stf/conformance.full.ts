import { expect } from "chai";
import { run as blocks } from "../conformance/blocks";
import { run as precompiles } from "../conformance/precompiles";
import { run as state } from "../conformance/state";
import { quietly } from "../support/quietly";
import { vectors } from "../support/vectors";

/** What conformance.test.ts only samples, with the number of cases that must pass. */
const SUITES = [
  { name: "precompiles", data: "geth-precompiles", run: precompiles, passed: 1271 },
  { name: "state of Osaka", data: "eest-state-v5.4.0", run: state, passed: 6990 },
  { name: "blocks of Osaka", data: "eest-blockchain-v5.4.0", run: blocks, passed: 1089 },
  { name: "later blocks of Osaka", data: "eest-blockchain-v5.7.0-alpha-new", run: blocks, passed: 751 },
];

describe("stf conformance, complete", () => {
  for (const { name, data, run, passed } of SUITES) {
    it(`passes all official vectors of ${name}`, async function () {
      this.timeout(900_000);
      const folder = vectors(data);
      if (folder === null) {
        console.log(
          `      skipped: ../shared/vectors/${data}.tar.gz is absent (SOLVENT_VECTORS_DIR names another folder)`,
        );
        return this.skip();
      }
      const { failures, tally } = await quietly(() => run([folder]));
      expect(failures.join("\n")).to.equal("");
      expect(tally).to.include({ passed, failed: 0 });
    });
  }
});
