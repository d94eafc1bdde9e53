/*
 * Who signed: through the host, as the ecrecover precompile answers.
 */
import { copy32, copyBytes, zeroBytes } from "../bytes";
import { keccak256 } from "../crypto/keccak";
import { hint, HINT_PRECOMPILE, preimage, PREIMAGE_PRECOMPILE } from "../host";

const ECRECOVER_GAS: u64 = 3000;
const REQUEST_BYTES: u32 = 224;

/** Tag, address, gas, then hash, v, r, s: seven words. */
const request = memory.data(224, 32);
const key = memory.data(32, 32);
const answer = memory.data(64, 32);

/**
 * Recovers the signer of `hash`.
 * @param hash 32 bytes. @param parity 0 or 1. @param r, s 32 big-endian bytes. @param addressOut Receives 20 bytes.
 * @returns false when r or s is out of range (s over half the order, too: EIP-2) or no key fits.
 */
export function recoverSigner(hash: usize, parity: u32, r: usize, s: usize, addressOut: usize): bool {
  if (!isInOrder(r) || !isLowS(s)) return false;
  writeRequestHead();
  copy32(request + 96, hash);
  zeroBytes(request + 128, 32);
  store<u8>(request + 159, <u8>(27 + parity));
  copy32(request + 160, r);
  copy32(request + 192, s);
  keccak256(request, REQUEST_BYTES, key);
  hint(HINT_PRECOMPILE, request, REQUEST_BYTES);
  const length = preimage(PREIMAGE_PRECOMPILE, key, 0, answer);
  if (length != 33) return false;
  preimage(PREIMAGE_PRECOMPILE, key, 32, answer + 32);
  if (load<u8>(answer) != 1) return false;
  copyBytes(addressOut, answer + 13, 20);
  return true;
}

/** TAG("precompile"), address 1, gas 3,000. */
function writeRequestHead(): void {
  store<u64>(request, 0xa5c14f1c61dac134);
  store<u64>(request, 0xb10aa911c817f568, 8);
  store<u64>(request, 0x0a5f3e35985cc673, 16);
  store<u64>(request, 0x986e635627205108, 24);
  zeroBytes(request + 32, 64);
  store<u8>(request + 63, 1);
  store<u64>(request + 88, bswap<u64>(ECRECOVER_GAS));
}

/** 1 <= value < n. */
function isInOrder(value: usize): bool {
  return (
    !isZero(value) && isBelow(value, 0xffffffffffffffff, 0xfffffffffffffffe, 0xbaaedce6af48a03b, 0xbfd25e8cd0364141)
  );
}

/** 1 <= value <= n / 2. */
function isLowS(value: usize): bool {
  return (
    !isZero(value) && isBelow(value, 0x7fffffffffffffff, 0xffffffffffffffff, 0x5d576e7357a4501d, 0xdfe92f46681b20a1)
  );
}

function isZero(value: usize): bool {
  return (load<u64>(value) | load<u64>(value, 8) | load<u64>(value, 16) | load<u64>(value, 24)) == 0;
}

/** The 32 big-endian bytes are below the number of these limbs, most significant first. */
function isBelow(value: usize, a: u64, b: u64, c: u64, d: u64): bool {
  const v0 = bswap<u64>(load<u64>(value));
  if (v0 != a) return v0 < a;
  const v1 = bswap<u64>(load<u64>(value, 8));
  if (v1 != b) return v1 < b;
  const v2 = bswap<u64>(load<u64>(value, 16));
  if (v2 != c) return v2 < c;
  return bswap<u64>(load<u64>(value, 24)) < d;
}
