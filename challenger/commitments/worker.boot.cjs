"use strict";
// Worker threads do not inherit the TypeScript loader of the main thread.
require("tsx/cjs");
const { workerData } = require("node:worker_threads");
require(workerData.module);
