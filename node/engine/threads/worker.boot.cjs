"use strict";
// Worker threads do not inherit the TypeScript loader of the main thread.
require("tsx/cjs");
require("./worker.ts");
