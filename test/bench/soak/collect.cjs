"use strict";
// Loaded before an actor: SIGUSR2 collects its garbage, so that what it is seen to hold is what it keeps.
if (require("node:worker_threads").isMainThread) {
  require("node:v8").setFlagsFromString("--expose-gc");
  const collect = require("node:vm").runInNewContext("gc");
  process.on("SIGUSR2", () => collect());
}
