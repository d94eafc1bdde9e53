import type { Hex } from "../chain/types";
import { SolventError } from "../errors";
import { fromHex, leftPad32, word } from "../protocol";
import type { Instance } from "./instance";
import type { AccountOverride, StateOverrides } from "./types";

const ADDRESS = 0x200;
const KEY = 0x220;
const VALUE = 0x240;
const CODE = 0x400;
const MAX_CODE_BYTES = 24_576;

/** Writes overridden accounts into the open state. Twin of stf/engine/overrides.ts. */
export function applyOverrides(instance: Instance, overrides: StateOverrides): void {
  const base = instance.address("ENGINE");
  instance.call("beginOverrides");
  for (const [address, override] of Object.entries(overrides)) {
    instance.bytes.set(fromHex(address as Hex), base + ADDRESS);
    overrideAccount(instance, base, address, override);
  }
  instance.call("endOverrides");
}

function overrideAccount(instance: Instance, base: number, address: string, override: AccountOverride): void {
  const { balance, nonce, code, state, stateDiff } = override;
  if (nonce !== undefined) instance.call("overrideNonce", nonce);
  if (code !== undefined) {
    if (code.length > MAX_CODE_BYTES)
      throw new SolventError(
        "call-too-large",
        `code of ${address}: ${code.length} bytes, at most ${MAX_CODE_BYTES} can run`,
      );
    instance.bytes.set(code, base + CODE);
    instance.call("overrideCode", base + CODE, code.length);
  }
  if (balance !== undefined) {
    instance.bytes.set(word(balance), base + VALUE);
    instance.call("overrideBalance");
  }
  if (state !== undefined) instance.call("clearStorage");
  for (const [slot, value] of Object.entries(state ?? stateDiff ?? {})) {
    instance.bytes.set(leftPad32(fromHex(slot as Hex)), base + KEY);
    instance.bytes.set(leftPad32(fromHex(value)), base + VALUE);
    instance.call("overrideSlot");
  }
}
