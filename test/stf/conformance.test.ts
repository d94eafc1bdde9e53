import { expect } from "chai";
import { run as keccak } from "../../scripts/conformance/keccak";
import { run as precompiles } from "../../scripts/conformance/precompiles";
import { run as rlp } from "../../scripts/conformance/rlp";
import { run as trie } from "../../scripts/conformance/trie";
import { vectors } from "../support/vectors";

const SUITES = [
  { name: "keccak", data: "keccak256-kat", run: keccak, options: [], least: 100 },
  { name: "rlp", data: "ethereum-tests-trie-rlp", run: rlp, options: [], least: 20 },
  { name: "trie", data: "ethereum-tests-trie-rlp", run: trie, options: [], least: 10 },
  {
    name: "precompiles (a sample)",
    data: "geth-precompiles",
    run: precompiles,
    options: process.env.SOLVENT_FULL === undefined ? ["4"] : [],
    least: 60,
  },
];

describe("stf conformance of the parts", () => {
  for (const { name, data, run, options, least } of SUITES) {
    it(`passes the official vectors of ${name}`, async function () {
      const folder = vectors(data);
      if (folder === null) return this.skip();
      const tally = await run([folder, ...options]);
      expect(tally.failed).to.equal(0);
      expect(tally.passed).to.be.at.least(least);
    });
  }
});
