import { decodeTransaction } from "./decode";
import type { Hex } from "../../protocol/types";

/** Who sent a transaction that stands in a block: the recovered signer, or the sender that a deposit names. */
export function recoverSender(raw: Uint8Array): Hex {
  return decodeTransaction(raw).from as Hex;
}
