import { readFileSync } from "node:fs";
import { commit } from "../../../vm/commit/commit";
import { flatten } from "../../../vm/flatten";
import { emptyHost } from "../../../vm/host";
import { createMachine } from "../../../vm/machine";

/**
 * Child process of `npm run bench -- vm`: runs a program that writes all of its memory between any two checkpoints, commits at each,
 * goes back once, and prints its peak of resident memory over what it had before, as a multiple of the machine's memory.
 * Argument: the module's path.
 */
function main(path: string): void {
  const program = flatten(readFileSync(path));
  const start = {
    input: new Uint8Array(32).fill(1),
    inboxLimit: { batchCount: 0n, delayedCount: 0n },
    host: emptyHost,
  };
  // what the first machine needs once: compiled code, the hasher's instances
  const before = process.memoryUsage().rss;
  const machine = createMachine(program, start);
  for (let i = 1n; i <= 12n; i++) {
    machine.run(i << 26n);
    machine.checkpoint();
    commit(machine);
  }
  machine.run(5n << 26n);
  machine.run(13n << 26n);
  const peak = process.resourceUsage().maxRSS * 1024;
  console.log(((peak - before) / program.memorySize).toFixed(2));
}

main(process.argv[2]);
