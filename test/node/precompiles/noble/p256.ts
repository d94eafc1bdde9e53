import { p256 } from "@noble/curves/nist.js";
import { slice, toBigInt } from "../../../../node/precompiles/bytes";

const { p: FIELD, n: ORDER } = p256.Point.CURVE();

/** 0x100 P256VERIFY: 1 in 32 bytes, or nothing where the signature is not valid; never fails. Source: EIP-7951. */
export function p256Verify(input: Uint8Array): Uint8Array {
  const none = new Uint8Array(0);
  if (input.length !== 160) return none;
  const [r, s, x, y] = [32, 64, 96, 128].map((offset) => toBigInt(slice(input, offset, 32))) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  if (r === 0n || r >= ORDER || s === 0n || s >= ORDER || x >= FIELD || y >= FIELD || (x === 0n && y === 0n))
    return none;
  const key = pointOf(x, y);
  if (key === null) return none;
  const valid = p256.verify(slice(input, 32, 64), slice(input, 0, 32), key.toBytes(), { prehash: false, lowS: false });
  if (!valid) return none;
  const output = new Uint8Array(32);
  output[31] = 1;
  return output;
}

/** The point with these coordinates, or null where there is none; y = 0 belongs to none. */
function pointOf(x: bigint, y: bigint): typeof p256.Point.BASE | null {
  try {
    const point = p256.Point.fromAffine({ x, y });
    point.assertValidity();
    return point;
  } catch {
    return null;
  }
}
