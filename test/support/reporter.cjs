"use strict";
// Mocha's spec reporter, which also writes the counts and the titles of failed tests to the file named by SOLVENT_TALLY.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class TallyReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.SOLVENT_TALLY;
    if (!file) return;
    const failed = [];
    runner.on("fail", (test, error) =>
      failed.push(`${test.fullTitle()}: ${String(error?.message ?? error).split("\n")[0]}`),
    );
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending, titles: failed }));
    });
  }
};
