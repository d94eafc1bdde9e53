import { runActor } from "../actor/cli";
import { readDeployment } from "../deployment";
import { systemOf } from "../actor/deployedSystem";
import { openExecution } from "../actor/execution";
import { createLogger } from "../actor/log";
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
