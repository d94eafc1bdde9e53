import { runActor } from "../node/cli";
import { readDeployment } from "../node/deployment";
import { systemOf } from "../node/deployedSystem";
import { openExecution } from "../node/execution";
import { createLogger } from "../node/log";
import { sequencerConfig } from "./config";
import { Sequencer } from "./sequencer";

void runActor({
  name: "sequencer",
  description: "Orders transactions, builds blocks, posts them to L1 in batches",
  schema: sequencerConfig,
  create: (config) =>
    Sequencer.create(config, {
      system: systemOf(readDeployment(config.deployment)),
      open: openExecution,
      log: createLogger("sequencer", config.logLevel),
    }),
});
