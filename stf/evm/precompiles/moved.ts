/*
 * Precompiles as a simulation has moved them; engine.wasm only.
 *
 *   MOVED_PRECOMPILES   u32: 1 where the list counts instead of the numbers | u32: its entries
 *   + 16                32 bytes each: address as three u64 limbs, little-endian | u32: number
 */
import { MOVED_PRECOMPILES } from "../../memory";
import { Account } from "../../state/records";

const ENTRIES: usize = 16;
const ENTRY: usize = 32;

export function areMoved(): bool {
  return load<u32>(MOVED_PRECOMPILES) != 0;
}

/** Every precompile stands at its number. */
export function forgetMoved(): void {
  store<u32>(MOVED_PRECOMPILES, 0);
}

/** Number of the precompile that stands at the account's address, or 0. */
export function movedNumber(account: Account): u32 {
  const end = MOVED_PRECOMPILES + ENTRIES + ENTRY * <usize>load<u32>(MOVED_PRECOMPILES, 4);
  for (let at = MOVED_PRECOMPILES + ENTRIES; at < end; at += ENTRY) {
    if (load<u64>(at) == account.key0 && load<u64>(at, 8) == account.key1 && load<u64>(at, 16) == account.key2)
      return load<u32>(at, 24);
  }
  return 0;
}
