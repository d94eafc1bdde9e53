import { getAddress } from "ethers";
import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import type { Instance } from "./instance";
import type { StateOverrides } from "./types";

/** 0x01 to 0x11 and 0x100 (P-256). Twin of stf/evm/precompiles/dispatch.ts. */
const NUMBERS = [...Array.from({ length: 0x11 }, (_, i) => i + 1), 0x100];
const ENTRIES = 16;
const ENTRY = 32;
const LIMB = (1n << 64n) - 1n;

/** Whether a precompile of the chain stands at this address. */
export function isPrecompile(address: Hex): boolean {
  const number = BigInt(address);
  return number > 0n && (number <= 0x11n || number === 0x100n);
}

/**
 * Takes overridden precompiles away from where they are, and puts those that are moved elsewhere, as geth does; a moved one may take
 * another's place. Twin of stf/evm/precompiles/moved.ts.
 * @throws SolventError `override-invalid` where there is none to move, or its new place is overridden.
 */
export function movePrecompiles(instance: Instance, overrides: StateOverrides): void {
  const places = new Map<bigint, number>(NUMBERS.map((number) => [BigInt(number), number]));
  const taken = new Set<bigint>();
  let isChanged = false;
  for (const [address, { movePrecompileTo: to }] of Object.entries(overrides)) {
    const from = BigInt(address);
    if (taken.has(from)) throw refuse(`account ${getAddress(address)} has already been overridden by a precompile`);
    const number = places.get(from);
    if (to !== undefined) {
      if (number === undefined) throw refuse(`account ${getAddress(address)} is not a precompile`);
      if (to in overrides) throw refuse(`account ${getAddress(to)} is already overridden`);
      places.set(BigInt(to), number);
      taken.add(BigInt(to));
    }
    if (number !== undefined) isChanged = places.delete(from) || isChanged;
  }
  if (isChanged) write(instance, places);
}

function write(instance: Instance, places: ReadonlyMap<bigint, number>): void {
  const { view } = instance;
  const base = instance.address("MOVED_PRECOMPILES");
  view.setUint32(base, 1, true);
  view.setUint32(base + 4, places.size, true);
  let at = base + ENTRIES;
  for (const [place, number] of places) {
    for (let limb = 0n; limb < 3n; limb++)
      view.setBigUint64(at + 8 * Number(limb), (place >> (64n * limb)) & LIMB, true);
    view.setUint32(at + 24, number, true);
    at += ENTRY;
  }
}

function refuse(message: string): SolventError {
  return new SolventError("override-invalid", message);
}
