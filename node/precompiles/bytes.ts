/** The input failed a rule of the precompile: the call fails. Never leaves this folder. */
export class InvalidInput extends Error {}

/** `length` bytes of `data` from `offset` on, zeros beyond its end. */
export function slice(data: Uint8Array, offset: number, length: number): Uint8Array {
  const part = new Uint8Array(length);
  part.set(data.subarray(offset, offset + length));
  return part;
}

/** Big-endian number. */
export function toBigInt(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}

/** Big-endian bytes of a number below 256^length. */
export function toBytes(value: bigint, length: number): Uint8Array {
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(length * 2, "0"), "hex"));
}

export function requireValid(condition: boolean, rule: string): asserts condition {
  if (!condition) throw new InvalidInput(rule);
}
