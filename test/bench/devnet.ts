import { measureSpeed } from "./rpc/speed";
import { measureIdle } from "./devnet/idle";
import { measureSnapshots } from "./devnet/snapshots";
import { measureStarts } from "./devnet/starts";

/** A devnet as its user meets it: until it is ready, back to a snapshot, left alone, under load. Linux only: read from /proc. */
export async function bench(): Promise<string> {
  const parts: string[] = [];
  for (const measure of [measureStarts, measureSnapshots, measureIdle, measureSpeed]) parts.push(await measure());
  return parts.map((part) => part.trim()).join("\n\n");
}
