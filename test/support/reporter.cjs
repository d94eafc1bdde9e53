"use strict";
// Mocha's spec reporter, which also writes the counts, the titles of failed tests and what took long to the file named by SOLVENT_TALLY.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

/** Milliseconds from which a test or a hook is told. */
const SLOW_MS = 3_000;

module.exports = class TallyReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.SOLVENT_TALLY;
    if (!file) return;
    const failed = [];
    runner.on("fail", (test, error) =>
      failed.push(`${test.fullTitle()}: ${String(error?.message ?? error).split("\n")[0]}`),
    );
    const slow = [];
    for (const event of ["test end", "hook end"])
      runner.on(event, (one) => {
        // A hook that has run for each test tells its own time at each.
        if (one.duration >= SLOW_MS) slow.push({ title: one.fullTitle(), ms: one.duration });
      });
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending, titles: failed, slow }));
    });
  }
};
