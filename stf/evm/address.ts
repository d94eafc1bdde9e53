/*
 * Addresses of created contracts.
 */
import { copy32, copyBytes } from "../bytes";
import { keccak256 } from "../crypto/keccak";
import { Wide } from "./wide";

const BUFFER: usize = memory.data(96, 32);
const DIGEST: usize = memory.data(32, 32);

/** Writes keccak(rlp([sender, nonce]))[12..] to `to` (20 bytes). */
export function createAddress(to: usize, sender: usize, nonce: u64): void {
  store<u8>(BUFFER, 0x94, 1);
  copyBytes(BUFFER + 2, sender, 20);
  let length: u32 = 22;
  if (nonce < 0x80) {
    store<u8>(BUFFER, nonce == 0 ? 0x80 : u8(nonce), 22);
    length += 1;
  } else {
    const bytes = 8 - (u32(clz(nonce)) >>> 3);
    store<u8>(BUFFER, u8(0x80 + bytes), 22);
    store<u64>(BUFFER, Wide.swap(nonce << u64((8 - bytes) << 3)), 23);
    length += 1 + bytes;
  }
  store<u8>(BUFFER, u8(0xc0 + length - 1));
  keccak256(BUFFER, length, DIGEST);
  copyBytes(to, DIGEST + 12, 20);
}

/** Writes keccak(0xff, sender, salt, keccak(initcode))[12..] to `to` (20 bytes). */
export function createAddress2(to: usize, sender: usize, salt: usize, codeHash: usize): void {
  store<u8>(BUFFER, 0xff);
  copyBytes(BUFFER + 1, sender, 20);
  copy32(BUFFER + 21, salt);
  copy32(BUFFER + 53, codeHash);
  keccak256(BUFFER, 85, DIGEST);
  copyBytes(to, DIGEST + 12, 20);
}
