/*
 * Products and quotients of 64-bit limbs that WebAssembly has no instruction for. Static inline methods: the compiler must not
 * leave a call in the inner loops.
 */

const LOW32: u64 = 0xffffffff;

export class Wide {
  /** The upper 64 bits of a * b. */
  @inline static high(a: u64, b: u64): u64 {
    const a0 = a & LOW32;
    const a1 = a >>> 32;
    const b0 = b & LOW32;
    const b1 = b >>> 32;
    const t = a1 * b0 + ((a0 * b0) >>> 32);
    const w = a0 * b1 + (t & LOW32);
    return a1 * b1 + (t >>> 32) + (w >>> 32);
  }

  /** 1 if the sum `sum = x + y` of which `x` is a part wrapped, else 0. */
  @inline static carry(sum: u64, x: u64): u64 {
    return u64(sum < x);
  }

  /** The eight bytes in reverse order. */
  @inline static swap(x: u64): u64 {
    const pairs = ((x >>> 8) & 0x00ff00ff00ff00ff) | ((x & 0x00ff00ff00ff00ff) << 8);
    const quads = ((pairs >>> 16) & 0x0000ffff0000ffff) | ((pairs & 0x0000ffff0000ffff) << 16);
    return rotl<u64>(quads, 32);
  }
}

/**
 * floor((2^128 - 1) / d) - 2^64 for a normalised d (top bit set).
 * Source: Möller and Granlund, "Improved division by invariant integers", algorithm 3; the table is replaced by one 32-bit division.
 */
export function reciprocal(d: u64): u64 {
  const odd = d & 1;
  const d40 = (d >>> 24) + 1;
  const d63 = (d >>> 1) + odd;
  const v0 = u64(<u32>0x7fd00 / u32(d >>> 55));
  const v1 = (v0 << 11) - ((v0 * v0 * d40) >>> 40) - 1;
  const v2 = (v1 << 13) + ((v1 * (((<u64>1) << 60) - v1 * d40)) >>> 47);
  const e = ((v2 >>> 1) & (0 - odd)) - v2 * d63;
  const v3 = (Wide.high(v2, e) >>> 1) + (v2 << 31);
  const low = v3 * d;
  return v3 - (Wide.high(v3, d) + Wide.carry(low + d, d) + d);
}

/**
 * Reciprocal for dividing three limbs by the two limbs (d1, d0), d1 normalised.
 * Source: Möller and Granlund, algorithm 6.
 */
export function reciprocalOfTwo(d1: u64, d0: u64): u64 {
  let v = reciprocal(d1);
  let p = d1 * v + d0;
  if (p < d0) {
    v -= 1;
    if (p >= d1) {
      v -= 1;
      p -= d1;
    }
    p -= d1;
  }
  const t1 = Wide.high(v, d0);
  p += t1;
  if (p < t1) {
    v -= 1;
    if (p > d1 || (p == d1 && v * d0 + d0 >= d0)) v -= 1;
  }
  return v;
}
