// A chain whose blocks do next to nothing, for disputes over the real prover: the state root of an output root's preimage is the
// output root after the next run. Each run asks for input, a preimage and a batch, and works a little.

import { inbox, input, output, preimage } from "../../../../stf/solvent";

const INPUT: usize = 1024;
const NEXT: usize = 1056;
const RECORD: usize = 1088;
const SUMS: usize = 2048;

export function run(): void {
  input(INPUT);
  preimage(0, INPUT, 32, NEXT);
  const found = inbox(0, 0, RECORD);
  let sum: u64 = load<u64>(NEXT) + found;
  for (let i: usize = 0; i < 6; ++i) {
    sum = (sum << 7) ^ (sum >>> 3) ^ load<u64>(RECORD + ((i & 3) << 3));
    store<u64>(SUMS + (i << 3), sum);
  }
  // A state root of ones: the run traps.
  if (load<u64>(NEXT) == u64.MAX_VALUE) unreachable();
  // A state root of zeros: there is no next block, the run is idle.
  output((load<u64>(NEXT) | load<u64>(NEXT + 8)) == 0 ? INPUT : NEXT);
}
