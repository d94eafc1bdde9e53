import { quantity } from "../../../protocol/quantity";
import type { Hex } from "../../../protocol/types";

/** Spread of an optional quantity: nothing where the value is absent. */
export function optionalQuantity<K extends string>(
  key: K,
  value: bigint | number | undefined,
): Partial<Record<K, Hex>> {
  return (value === undefined ? {} : { [key]: quantity(value) }) as Partial<Record<K, Hex>>;
}

/** A JSON-RPC byte string. */
export function bytesToHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}

export function hexToBytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.slice(2), "hex"));
}

/** 32-byte word. */
export function word(value: bigint): Hex {
  return `0x${value.toString(16).padStart(64, "0")}`;
}
