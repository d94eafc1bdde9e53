// Benchmark: fills the memory from 1 MiB on with words that never repeat, round after round, for ever.

const FIRST: usize = 1 << 20;

export function run(): void {
  const last = (<usize>memory.size()) << 16;
  let value: u64 = 1;
  for (;;) {
    for (let at = FIRST; at < last; at += 8) {
      value = value * 6364136223846793005 + 1442695040888963407;
      store<u64>(at, value);
    }
  }
}
