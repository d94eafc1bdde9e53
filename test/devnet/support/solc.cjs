#!/usr/bin/env node
// solc of npm with the command line that forge expects of one: `--version`, and `--standard-json` on standard input.
const { readFileSync } = require("node:fs");
const solc = require("solc");

if (process.argv.includes("--version"))
  console.log(
    `solc, the solidity compiler commandline interface\nVersion: ${solc.version().replace(/\.Emscripten.*/, ".Linux.g++")}`,
  );
else process.stdout.write(solc.compile(readFileSync(0, "utf8")));
