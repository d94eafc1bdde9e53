"use strict";
// Worker threads do not inherit the TypeScript loader of the main thread.
const { workerData } = require("node:worker_threads");
if (workerData.module.endsWith(".ts")) require("tsx/cjs");
require(workerData.module);
