// Benchmark: 256-bit arithmetic on words of four little-endian limbs: x = x * y + z, y = y + x, compared and swapped.

const X: usize = 1 << 12;
const Y: usize = X + 32;
const Z: usize = Y + 32;
const PRODUCT: usize = Z + 32;

let high: u64 = 0;

/** Low half of the 128-bit product; the high half goes to `high`. */
function multiply(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const low = a0 * b0;
  const middle = a1 * b0 + (low >> 32);
  const cross = a0 * b1 + (middle & 0xffffffff);
  high = a1 * b1 + (middle >> 32) + (cross >> 32);
  return (cross << 32) | (low & 0xffffffff);
}

function add(target: usize, a: usize, b: usize): void {
  let carry: u64 = 0;
  for (let at: usize = 0; at < 32; at += 8) {
    const x = load<u64>(a + at);
    const sum = x + load<u64>(b + at);
    const total = sum + carry;
    carry = u64(sum < x) + u64(total < sum);
    store<u64>(target + at, total);
  }
}

function mul(target: usize, a: usize, b: usize): void {
  for (let at: usize = 0; at < 32; at += 8) store<u64>(target + at, 0);
  for (let i: usize = 0; i < 32; i += 8) {
    let carry: u64 = 0;
    for (let j: usize = 0; i + j < 32; j += 8) {
      const low = multiply(load<u64>(a + i), load<u64>(b + j));
      const x = load<u64>(target + i + j);
      const sum = x + low;
      const total = sum + carry;
      carry = high + u64(sum < x) + u64(total < sum);
      store<u64>(target + i + j, total);
    }
  }
}

function less(a: usize, b: usize): bool {
  for (let end: usize = 32; end > 0; end -= 8) {
    const x = load<u64>(a + end - 8);
    const y = load<u64>(b + end - 8);
    if (x != y) return x < y;
  }
  return false;
}

/** Does `rounds` rounds. @returns the lowest limb of x. */
export function work(rounds: u32): u64 {
  for (let at: usize = 0; at < 96; at += 8) store<u64>(X + at, 0x9e3779b97f4a7c15 * (at + 1));
  for (let round: u32 = 0; round < rounds; ++round) {
    mul(PRODUCT, X, Y);
    add(X, PRODUCT, Z);
    add(Y, Y, X);
    if (less(X, Y)) store<u64>(Z, load<u64>(Z) + 1);
  }
  return load<u64>(X);
}
