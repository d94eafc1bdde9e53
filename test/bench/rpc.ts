import { measureMemory } from "./rpc/memory";
import { measureSpeed } from "./rpc/speed";
import { measureSync } from "./rpc/sync";

/** Speed against other nodes and of a verifier's sync, then memory of each process. */
export async function bench(): Promise<string> {
  return `${await measureSpeed(measureSync)}\n\n${await measureMemory()}`;
}
