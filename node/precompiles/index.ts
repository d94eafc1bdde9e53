import { keccak256, tag } from "../../protocol/keccak";
import { InvalidInput, toBigInt } from "./bytes";
import { ecrecover } from "./ecrecover";
import { MCL } from "./mcl";
import type { Precompile } from "./types";

const HEADER_BYTES = 96;
const TAG = tag("precompile");

const PRECOMPILES: Readonly<Record<string, Precompile>> = { ...MCL, "1": ecrecover };

/**
 * Answers a host precompile natively, as L1's own precompile answers with enough gas. Pure: same request, same answer.
 * @param request - `TAG("precompile") || address || gas || input` (three words, then raw bytes).
 * @returns `status (1 byte: 1 success, 0 failure) || output`.
 * @throws Error when the request names no host precompile: a bug of the program, never a verdict.
 * @see docs/spec/01-interfaces.md#host
 */
export function answerPrecompile(request: Uint8Array): Uint8Array {
  if (request.length < HEADER_BYTES || !Buffer.from(TAG).equals(request.subarray(0, 32)))
    throw new Error("not a precompile request: its first word is not the tag");
  const address = toBigInt(request.subarray(32, 64));
  const precompile = PRECOMPILES[address.toString()] as Precompile | undefined;
  if (precompile === undefined) throw new Error(`no host precompile at address ${address}`);
  try {
    const output = precompile(request.subarray(HEADER_BYTES));
    const answer = new Uint8Array(1 + output.length);
    answer[0] = 1;
    answer.set(output, 1);
    return answer;
  } catch (error) {
    if (error instanceof InvalidInput) return Uint8Array.of(0);
    throw error;
  }
}

/** The key under which the program asks for the answer to a request: its keccak. */
export function precompileKey(request: Uint8Array): Uint8Array {
  return keccak256(request);
}

/** The request for a precompile; `gas` is what the call costs by this chain's schedule. */
export function precompileRequest(address: number, gas: bigint, input: Uint8Array): Uint8Array {
  const request = new Uint8Array(HEADER_BYTES + input.length);
  request.set(TAG);
  new DataView(request.buffer).setUint32(60, address);
  new DataView(request.buffer).setBigUint64(88, gas);
  request.set(input, HEADER_BYTES);
  return request;
}
