import { expect } from "chai";
import { run as blocks } from "../conformance/blocks";
import { run as keccak } from "../conformance/keccak";
import { run as opcodes } from "../conformance/opcodes";
import { run as precompiles } from "../conformance/precompiles";
import { run as rlp } from "../conformance/rlp";
import { run as state } from "../conformance/state";
import { run as transactions } from "../conformance/transactions";
import { run as trie } from "../conformance/trie";
import { quietly } from "../support/quietly";
import { vectors } from "../support/vectors";

/** A fixed sample where all would take too long: each n-th file, or so many vectors of a file. All of it: conformance.full.ts. */
const SUITES = [
  { name: "keccak", data: "keccak256-kat", run: keccak, options: [], least: 100 },
  { name: "rlp", data: "ethereum-tests-trie-rlp", run: rlp, options: [], least: 20 },
  { name: "trie", data: "ethereum-tests-trie-rlp", run: trie, options: [], least: 10 },
  { name: "opcodes", data: "geth-opcodes", run: opcodes, options: [], least: 500 },
  {
    name: "precompiles (the first 4 of a file)",
    data: "geth-precompiles",
    run: precompiles,
    options: ["4"],
    least: 60,
  },
  { name: "transactions", data: "ethereum-tests-transaction", run: transactions, options: [], least: 100 },
  { name: "state of Osaka (each 4th file)", data: "eest-state-v5.4.0", run: state, options: ["4"], least: 1000 },
  // Whole: a sample of blocks once left out those with the latest times there are.
  { name: "blocks of Osaka", data: "eest-blockchain-v5.4.0", run: blocks, options: [], least: 1000 },
  {
    name: "later blocks of Osaka (each 8th file)",
    data: "eest-blockchain-v5.7.0-alpha-new",
    run: blocks,
    options: ["8"],
    least: 50,
  },
];

describe("stf conformance", () => {
  for (const { name, data, run, options, least } of SUITES) {
    it(`passes the official vectors of ${name}`, async function () {
      this.timeout(120_000);
      const folder = vectors(data);
      if (folder === null) {
        console.log(
          `      skipped: ../shared/vectors/${data}.tar.gz is absent (SOLVENT_VECTORS_DIR names another folder)`,
        );
        return this.skip();
      }
      const { failures, tally } = await quietly(() => run([folder, ...options]));
      expect(failures.join("\n")).to.equal("");
      expect(tally.failed).to.equal(0);
      expect(tally.passed).to.be.at.least(least);
    });
  }
});
