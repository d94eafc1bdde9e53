// A program for tests and benches: permutes a keccak state and keeps each result, for ever.

import { permute } from "../../../vm/commit/keccakf.as";

const STATE: usize = 1 << 16;
const KEPT: usize = 1 << 20;
const KEPT_BYTES: usize = 1 << 20;

export function run(): void {
  for (let round: usize = 0; ; ++round) {
    permute(STATE);
    store<u64>(KEPT + ((round << 5) & (KEPT_BYTES - 1)), load<u64>(STATE));
  }
}
