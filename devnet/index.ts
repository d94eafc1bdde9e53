import { Devnet, type DevnetOptions } from "./devnet";
import { managementMethods } from "./manage";

export { Devnet, type DevnetOptions } from "./devnet";
export type { ActorStatus, FaultReport } from "./manage";

/** A devnet that runs; `await using` ends it with its block. */
export type RunningDevnet = Devnet & AsyncDisposable;

/** Ports that nobody has chosen: several devnets run beside each other. */
const ANY_PORTS = { l1Port: 0, sequencerPort: 0, verifierPort: 0 };

/**
 * Starts a whole devnet for a test: L1, contracts, all actors, on any free ports. Its processes end with it, or with this one.
 * @param options - as the devnet's own; each may be left out.
 * @throws as `Devnet.start`; nothing runs then.
 */
export async function startDevnet(options: Partial<DevnetOptions> = {}): Promise<RunningDevnet> {
  const devnet = createDevnet({ ...ANY_PORTS, ...options });
  await devnet.start();
  devnet.rounds?.go();
  return Object.assign(devnet, { [Symbol.asyncDispose]: () => devnet.stop() });
}

/** A devnet with all its methods, not yet started. */
export function createDevnet(options: Partial<DevnetOptions> = {}): Devnet {
  const devnet = new Devnet(options);
  devnet.methods = managementMethods(devnet);
  return devnet;
}
