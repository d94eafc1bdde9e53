import type { Hex } from "../../protocol/types";
import { SolventError } from "../../protocol/errors";
import { fromHex, leftPad32, word } from "../../protocol";
import { movePrecompiles } from "./movedPrecompiles";
import type { Instance } from "./instance";
import type { AccountOverride, StateOverrides } from "./types";

/** Longest code that the engine runs; a creation makes at most 24,576 bytes. */
const MAX_CODE_BYTES = 229_376;
/** What the engine's memory takes beside a message of the most gas. */
const MAX_ACCOUNTS = 32_768;
const MAX_SLOTS = 32_768;

/**
 * Writes overridden accounts into the open state. Twin of stf/engine/overrides.ts.
 * @throws SolventError `call-too-large`, `override-invalid`.
 */
export function applyOverrides(instance: Instance, overrides: StateOverrides): void {
  requireFew(Object.values(overrides));
  movePrecompiles(instance, overrides);
  instance.call("beginOverrides");
  for (const [address, override] of Object.entries(overrides)) {
    instance.bytes.set(fromHex(address as Hex), instance.address("REQUEST_ADDRESS"));
    overrideAccount(instance, address, override);
  }
  instance.call("endOverrides");
}

function requireFew(overrides: readonly AccountOverride[]): void {
  const slots = overrides.reduce((sum, one) => sum + Object.keys(one.state ?? one.stateDiff ?? {}).length, 0);
  if (overrides.length > MAX_ACCOUNTS || slots > MAX_SLOTS)
    throw new SolventError(
      "call-too-large",
      `state overrides of ${overrides.length} accounts and ${slots} slots: at most ${MAX_ACCOUNTS} and ${MAX_SLOTS}`,
    );
}

function overrideAccount(instance: Instance, address: string, override: AccountOverride): void {
  const { balance, nonce, code, state, stateDiff } = override;
  const [keyAt, valueAt] = [instance.address("REQUEST_KEY"), instance.address("REQUEST_VALUE")];
  if (nonce !== undefined) instance.call("overrideNonce", nonce);
  if (code !== undefined) {
    if (code.length > MAX_CODE_BYTES)
      throw new SolventError(
        "call-too-large",
        `code of ${address}: ${code.length} bytes, at most ${MAX_CODE_BYTES} can run`,
      );
    const at = instance.address("REQUEST_MESSAGE");
    instance.bytes.set(code, at);
    instance.call("overrideCode", at, code.length);
  }
  if (balance !== undefined) {
    instance.bytes.set(word(balance), valueAt);
    instance.call("overrideBalance");
  }
  if (state !== undefined) instance.call("clearStorage");
  for (const [slot, value] of Object.entries(state ?? stateDiff ?? {})) {
    instance.bytes.set(leftPad32(fromHex(slot as Hex)), keyAt);
    instance.bytes.set(leftPad32(fromHex(value)), valueAt);
    instance.call("overrideSlot");
  }
}
