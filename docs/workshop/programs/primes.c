// A program of one's own in C: how many primes lie below the number in the last byte of its input, times eight.
//   clang --target=wasm32 -O2 -nostdlib -Wl,--no-entry -Wl,--export=run -Wl,--initial-memory=131072 -Wl,--max-memory=131072 \
//     -o docs/workshop/programs/primes.wasm docs/workshop/programs/primes.c
//   npm run solvent -- prove docs/workshop/programs/primes.wasm --input 0x2a

#define HOST(name) __attribute__((import_module("solvent"), import_name(#name)))

HOST(input) void input(unsigned char *to);
HOST(output) void output(const unsigned char *from);

static unsigned char words[2][32] __attribute__((aligned(32)));
static unsigned char composite[2048];

__attribute__((visibility("default"))) void run(void) {
  input(words[0]);
  unsigned limit = 8 * words[0][31];
  unsigned count = 0;
  for (unsigned n = 2; n < limit; n++) {
    if (composite[n]) continue;
    count++;
    for (unsigned multiple = 2 * n; multiple < limit; multiple += n) composite[multiple] = 1;
  }
  words[1][30] = (unsigned char)(count >> 8);
  words[1][31] = (unsigned char)count;
  output(words[1]);
}
