/** Loops that run until their gas is used up or `iterations` are done; code in hex without prefix. */
export interface Program {
  name: string;
  /** @param iterations - at most 2^32 - 1. */
  code(iterations: number): string;
}

const push = (bytes: number, hex: string): string => (0x5f + bytes).toString(16) + hex.padStart(bytes * 2, "0");
/** A start value with all 256 bits in use. */
const SEED = push(32, "c0ffee254729296a45a3885639ac7e10f9d54979b5d6b2c1a3e5f7091b2d3f4e");
const SEED_BYTES = 33;
const COUNT_BYTES = 5;
const RETURN_TOP = "5060005260206000f3";

/** Stack within: [.., a, n]; the body leaves [.., a', n]. Ends with the last `a` as its output. */
function loop(body: string): (iterations: number) => string {
  const start = SEED_BYTES + COUNT_BYTES;
  // n - 1; while that is not zero, again.
  const next = `6001900380${push(2, start.toString(16))}57`;
  return (iterations) => SEED + push(4, iterations.toString(16)) + `5b${body}${next}${RETURN_TOP}`;
}

export const PROGRAMS: readonly Program[] = [
  {
    // a' = ~(a - (x ^ (x >> 13))) with x = a * a + c
    name: "arithmetic",
    code: loop(`8180 02 ${push(16, "1b873593cc9e2d51".repeat(2))} 01 80 600d 1c 18 82 03 19 9150`.replace(/ /g, "")),
  },
  {
    // a' = ~((a / d) * (a % e) + a / f, signed), with d, e and f of 160, 192 and 128 bits
    name: "division",
    code: loop(
      `${push(20, "f3a1".repeat(10))} 82 04 ${push(24, "e5c7".repeat(12))} 83 06 02 ${push(16, "d1b3".repeat(8))} 83 05 01 19 9150`.replace(
        / /g,
        "",
      ),
    ),
  },
  {
    // a' = keccak of a and what stands behind it, 64 bytes
    name: "keccak",
    code: loop("81600052604060002091 50".replace(" ", "")),
  },
];
