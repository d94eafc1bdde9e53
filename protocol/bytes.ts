import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import type { Hex } from "./types";

/** Node's own conversion is several times faster than any in JavaScript; a browser has none. */
const isNode = typeof Buffer !== "undefined";
const digitsOf = isNode
  ? (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")
  : bytesToHex;
const bytesOf = isNode ? (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits, "hex")) : hexToBytes;

/** Lower-case 0x hex of the bytes. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${digitsOf(bytes)}`;
}

/** The bytes of 0x hex with an even number of digits. @throws Error on anything else. */
export function fromHex(hex: string): Uint8Array {
  if (!/^0x([0-9a-fA-F]{2})*$/.test(hex)) throw new Error(`not 0x hex of whole bytes: ${hex.slice(0, 80)}`);
  return bytesOf(hex.slice(2));
}

/** A 32-byte big-endian word. @throws Error unless 0 <= value < 2^256. */
export function word(value: bigint | number): Uint8Array {
  const digits = BigInt(value).toString(16);
  if (digits.startsWith("-") || digits.length > 64) throw new Error(`no 256-bit word: ${value}`);
  return bytesOf(digits.padStart(64, "0"));
}

/** Bytes (an address, a hash) at the right end of a 32-byte word. */
export function leftPad32(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(32);
  padded.set(bytes, 32 - bytes.length);
  return padded;
}

/** The big-endian integer of the bytes; 0 for none. */
export function toBigInt(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(toHex(bytes));
}

/** Shortest big-endian bytes of an integer; none for 0. */
export function toMinimalBytes(value: bigint | number): Uint8Array {
  const digits = BigInt(value).toString(16);
  if (digits === "0") return new Uint8Array(0);
  return bytesOf(digits.length % 2 === 0 ? digits : `0${digits}`);
}

/** One array of all parts. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
