import { concatBytes, encodeRlp, fromHex, keccak256, rlpInteger } from "../../protocol";
import type { Hex } from "../../protocol/types";
import { recoverAddress } from "./recover";
import type { Authorization } from "./types";

const MAGIC = 0x05;
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** Whose authorization it is (EIP-7702), or null where nobody could have signed it. */
export function authorityOf({ chainId, address, nonce, yParity, r, s }: Authorization): Hex | null {
  if (yParity > 1 || r === 0n || r >= ORDER || s === 0n || s > ORDER / 2n) return null;
  const message = encodeRlp([rlpInteger(chainId), fromHex(address as Hex), rlpInteger(nonce)]);
  return recoverAddress(keccak256(concatBytes(Uint8Array.of(MAGIC), message)), r, s, yParity) as Hex | null;
}
