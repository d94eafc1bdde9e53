import { REASON } from "../refusal";
import type { EngineRuntime } from "../runtime";
import { CallSession, GAS_TRANSFER, MAX_GAS, toCallResult, type Attempt } from "../session";
import type { CallRequest, CallResult } from "../types";

const STIPEND = 2_300n;
/** Refusals that more gas mends. */
const TOO_LITTLE: readonly number[] = [REASON.intrinsicGas, REASON.floorGas];

/**
 * A gas limit with which the call succeeds, found by bisection as geth does it.
 * @param tolerance - how much of the answer may be more than the least: 0 finds the least, geth takes 0.015.
 */
export function estimateGas(
  runtime: EngineRuntime,
  request: CallRequest,
  tolerance: number,
): { gas: bigint } | { failed: CallResult } {
  return runtime.withoutStore((context) => {
    const session = new CallSession(runtime, context, request);
    const cap = highestGas(session, request);
    if (typeof cap !== "bigint") return { failed: cap };
    if (session.isPlainTransfer && session.run(GAS_TRANSFER).status === "success") return { gas: GAS_TRANSFER };
    const first = session.run(cap);
    return first.status === "success"
      ? { gas: bisect(session, first, cap, tolerance) }
      : { failed: describe(first, cap) };
  });
}

/** Gas with which it succeeds: above what it used, and at most `high`, which suffices. */
function bisect(session: CallSession, first: Attempt, high: bigint, tolerance: number): bigint {
  const succeeds = (gas: bigint): boolean => session.run(gas).status === "success";
  let low = first.gasUsed - 1n;
  // Most calls need what they used before refunds, and the 64th that each frame keeps back.
  const likely = ((first.maxGasUsed + STIPEND) * 64n) / 63n;
  if (likely < high) {
    if (succeeds(likely)) high = likely;
    else low = likely;
  }
  while (low + 1n < high && Number(high - low) >= tolerance * Number(high)) {
    let middle = (low + high) / 2n;
    // The search keeps to the low side, where the answer is.
    if (middle > low * 2n) middle = low * 2n;
    if (succeeds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Most gas to try: of the call or the block, as the balance pays for it. */
function highestGas(session: CallSession, request: CallRequest): bigint | CallResult {
  const { gas, value = 0n, header, blockOverrides } = request;
  let high = gas !== undefined && gas >= GAS_TRANSFER ? gas : (blockOverrides?.gasLimit ?? header.gasLimit);
  if (session.feeCap > 0n) {
    if (value >= session.balance) return refusedCall("insufficient funds for transfer");
    const affordable = (session.balance - value) / session.feeCap;
    if (affordable < high) high = affordable;
  }
  return high < MAX_GAS ? high : MAX_GAS;
}

function describe(failed: Attempt, cap: bigint): CallResult {
  const result = toCallResult(failed);
  if (result.halt === "out-of-gas" || TOO_LITTLE.includes(failed.code))
    return { ...result, message: `gas required exceeds allowance (${cap})` };
  const reason = /^err: (.*) \(supplied gas \d+\)$/.exec(result.message)?.[1];
  return reason === undefined ? result : { ...result, message: `failed with ${cap} gas: ${reason}` };
}

function refusedCall(message: string): CallResult {
  return { status: "refused", halt: "refused", returnData: new Uint8Array(0), gasUsed: 0n, message };
}
