import type { RollupSystem } from "../../actor/system";
import type { SequencerConfig } from "../config";
import { Failover, type FailoverDeps } from "./failover";

/** The failover that a configuration asks for; null where this is the only process of its key. */
export function openFailover(
  config: SequencerConfig["failover"],
  system: RollupSystem,
  deps: FailoverDeps,
): Failover | null {
  if (config === undefined) return null;
  // Read where it is needed: few sequencers have a log.
  const { NatsLog } = require("./nats/log") as typeof import("./nats/log.js");
  const { url, replicas, leaseMs: timeoutMs } = config;
  // The genesis binds its inbox, so it names one system.
  const name = `SOLVENT_${system.chainId}_${system.genesisOutputRoot.slice(2, 18)}`;
  return new Failover(config, NatsLog.open({ url, name, replicas, timeoutMs }), deps);
}
