import { fromHex, word } from "../../protocol";
import { precompileKey, precompileRequest } from "../precompiles";
import { mapKey } from "../store/keys";
import { LruBytes } from "../store/lru";
import type { NodeStore } from "../../protocol/types";
import type { DecodedTransaction } from "../transactions";

const ECRECOVER = 1;
const ECRECOVER_GAS = 3_000n;

/**
 * Answers of host precompiles by the key of their request, bounded: what is asked again (a sender by pool, engine and program)
 * is worked out once. Nothing depends on it; what is not held is computed anew.
 */
export class AnswerCache implements NodeStore {
  private readonly held: LruBytes;

  constructor(maxBytes = 8 << 20) {
    this.held = new LruBytes(maxBytes);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.held.get(mapKey(key));
  }

  put(key: Uint8Array, answer: Uint8Array): void {
    this.held.set(mapKey(key), answer);
  }

  /** Notes who signed a transaction, as the program will ask for it. */
  rememberSender({ signingHash, v, yParity, r, s, from }: DecodedTransaction): void {
    if (signingHash === undefined || v === undefined) return;
    const parity = BigInt(yParity ?? (v >= 35n ? (v - 35n) % 2n : v - 27n));
    const input = new Uint8Array(128);
    [signingHash, word(27n + parity), word(r!), word(s!)].forEach((part, i) => input.set(part, 32 * i));
    const answer = new Uint8Array(33);
    answer[0] = 1;
    answer.set(fromHex(from), 13);
    this.put(precompileKey(precompileRequest(ECRECOVER, ECRECOVER_GAS, input)), answer);
  }
}
