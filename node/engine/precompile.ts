import { SolventError } from "../errors";
import { toBigInt } from "../protocol";
import { recoverAddress } from "../transactions";

const HEADER_BYTES = 96;
const ECRECOVER = 1n;
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/**
 * The data behind a precompile request: status byte and output.
 * @param request - Tag, address, gas (a word each), then the input. @see docs/spec/01-interfaces.md#host
 */
export function answerPrecompile(request: Uint8Array): Uint8Array {
  const address = toBigInt(request.subarray(32, 64));
  if (address === ECRECOVER) return recover(request.subarray(HEADER_BYTES));
  throw new SolventError("precompile-unknown", `no answer for precompile ${address}: it is not hosted by this node`);
}

/** ecrecover: always succeeds, with empty output where no key fits. */
function recover(input: Uint8Array): Uint8Array {
  const padded = new Uint8Array(128);
  padded.set(input.subarray(0, 128));
  const v = toBigInt(padded.subarray(32, 64));
  const r = toBigInt(padded.subarray(64, 96));
  const s = toBigInt(padded.subarray(96, 128));
  const isInRange = (v === 27n || v === 28n) && r > 0n && r < ORDER && s > 0n && s < ORDER;
  const address = isInRange ? recoverAddress(padded.subarray(0, 32), r, s, Number(v) - 27) : null;
  if (address === null) return Uint8Array.of(1);
  const answer = new Uint8Array(33);
  answer[0] = 1;
  answer.set(Buffer.from(address.slice(2), "hex"), 13);
  return answer;
}
