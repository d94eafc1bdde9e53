import { runActor } from "../actor/cli";
import { readDeployment } from "../deployment";
import { systemOf } from "../actor/deployedSystem";
import { openExecution } from "../actor/execution";
import { createLogger } from "../actor/log";
import { sequencerConfig } from "../sequencer/config";
import { Sequencer } from "../sequencer/sequencer";
import { twoFaced } from "./twoFaced";

void runActor({
  name: "equivocating-sequencer",
  description: "The honest sequencer with one patch: who asks twice what it signed is shown a second block",
  schema: sequencerConfig,
  create: (config) => {
    const system = systemOf(readDeployment(config.deployment));
    return Sequencer.create(config, {
      system,
      open: openExecution,
      log: createLogger("sequencer", config.logLevel),
      showPromises: twoFaced(system, config.privateKey),
    });
  },
});
