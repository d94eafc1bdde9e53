import type { ChainBlock, ChainReader } from "../chain/types";
import type { Hex } from "../../protocol/types";
import { invalidArgument, RPC_CODES, RpcError, serverError } from "./errors";

const MAX_INT64 = (1n << 63n) - 1n;

/** The positional parameters of one call, read with checks; every getter throws RpcError -32602 naming the argument. */
export class Params {
  readonly values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    this.values = values;
  }

  raw(index: number): unknown {
    return this.values[index] ?? undefined;
  }

  required(index: number): unknown {
    const value = this.raw(index);
    if (value === undefined)
      throw new RpcError(RPC_CODES.invalidParams, `missing value for required argument ${index}`);
    return value;
  }

  address(index: number): Hex {
    return parseFixed(this.required(index), 20, index, "address");
  }

  hash(index: number): Hex {
    return parseFixed(this.required(index), 32, index, "hash");
  }

  data(index: number): Hex {
    return parseData(this.required(index), index);
  }

  quantity(index: number): bigint {
    return parseQuantity(this.required(index), index);
  }

  /** A quantity that fits a JavaScript number. */
  number(index: number): number {
    return toNumber(this.quantity(index), index);
  }

  boolean(index: number, absent: boolean): boolean {
    const value = this.raw(index);
    if (value === undefined) return absent;
    if (typeof value !== "boolean") throw invalidArgument(index, "expected a boolean");
    return value;
  }

  object(index: number): Record<string, unknown> {
    return parseObject(this.required(index), index);
  }

  /** A storage slot: hex of at most 32 bytes, padded. */
  slot(index: number): Hex {
    return parseSlot(this.required(index));
  }

  /**
   * The block that argument `index` names, `latest` when absent.
   * @throws -32000 `header not found` or `header for hash not found` when there is none.
   */
  block(index: number, chain: ChainReader): ChainBlock {
    const id = this.raw(index) ?? "latest";
    const block = findBlock(id, index, chain);
    if (block === undefined) throw serverError(isHash(id) ? "header for hash not found" : "header not found");
    return block;
  }

  /** Whether argument `index` is the tag `pending`; also in an object of EIP-1898. */
  isPending(index: number): boolean {
    const id = this.raw(index);
    if (typeof id !== "object" || id === null) return id === "pending";
    const { blockNumber, blockHash } = id as Record<string, unknown>;
    return blockNumber === "pending" && blockHash === undefined;
  }

  /** As `block`, but null for a block that is not there (eth_getBlock*). */
  blockOrNull(index: number, chain: ChainReader): ChainBlock | null {
    return findBlock(this.required(index), index, chain) ?? null;
  }
}

/** A tag, a number, a hash, or an object of EIP-1898. `pending` is `latest`: a sequenced block is final once it is shown. */
export function findBlock(id: unknown, index: number, chain: ChainReader): ChainBlock | undefined {
  if (typeof id === "object" && id !== null) {
    const { blockNumber, blockHash, requireCanonical = false } = id as Record<string, unknown>;
    if (typeof requireCanonical !== "boolean") throw invalidArgument(index, "requireCanonical must be a boolean");
    if (blockHash !== undefined && blockNumber !== undefined)
      throw invalidArgument(index, "cannot specify both BlockHash and BlockNumber, choose one or the other");
    if (blockHash !== undefined) return chain.blockByHash(parseFixed(blockHash, 32, index, "hash"));
    if (blockNumber !== undefined) return findBlock(blockNumber, index, chain);
    throw invalidArgument(index, "expected blockNumber or blockHash");
  }
  if (typeof id !== "string") throw invalidArgument(index, "expected a block number, tag or hash as a string");
  if (id === "latest" || id === "pending") return chain.head("latest");
  if (id === "safe" || id === "finalized" || id === "earliest") return chain.head(id);
  if (isHash(id)) return chain.blockByHash(id.toLowerCase() as Hex);
  const number = parseUint64(id, index);
  if (number > MAX_INT64) throw invalidArgument(index, "block number larger than int64");
  return number > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : chain.blockByNumber(Number(number));
}

/** Whether a block parameter names a hash. */
function isHash(id: unknown): boolean {
  if (typeof id === "object" && id !== null) return (id as { blockHash?: unknown }).blockHash !== undefined;
  return typeof id === "string" && /^0x[0-9a-fA-F]{64}$/.test(id);
}

export function parseFixed(value: unknown, bytes: number, index: number, what: string): Hex {
  const text = parseData(value, index);
  if (text.length !== 2 + 2 * bytes)
    throw invalidArgument(index, `hex string has length ${text.length - 2}, want ${2 * bytes} for ${what}`);
  return text;
}

export function parseData(value: unknown, index: number): Hex {
  if (typeof value !== "string") throw invalidArgument(index, "expected a hex string");
  if (!/^0[xX]/.test(value)) throw invalidArgument(index, "hex string without 0x prefix");
  if (!/^0[xX][0-9a-fA-F]*$/.test(value)) throw invalidArgument(index, "invalid hex string");
  if (value.length % 2 === 1) throw invalidArgument(index, "hex string of odd length");
  return value.toLowerCase() as Hex;
}

export function parseQuantity(value: unknown, index: number): bigint {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  if (typeof value !== "string") throw invalidArgument(index, "expected a quantity as a hex string");
  if (!/^0[xX]/.test(value)) throw invalidArgument(index, "hex string without 0x prefix");
  if (!/^0[xX][0-9a-fA-F]+$/.test(value)) throw invalidArgument(index, `invalid hex quantity "${value.slice(0, 80)}"`);
  if (value.length > 66) throw invalidArgument(index, "hex number > 256 bits");
  if (value.length > 3 && value[2] === "0") throw invalidArgument(index, "hex number with leading zero digits");
  return BigInt(value);
}

/** A number that may be written with leading zeros, as signatures are. */
export function parsePadded(value: unknown, index: number): bigint {
  return parseQuantity(typeof value === "string" ? value.replace(/^0[xX]0+(?=.)/, "0x") : value, index);
}

/** A quantity of at most 64 bits. */
export function parseUint64(value: unknown, index: number): bigint {
  const quantity = parseQuantity(value, index);
  if (quantity >> 64n !== 0n) throw invalidArgument(index, "hex number > 64 bits");
  return quantity;
}

export function toNumber(value: bigint, index: number): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalidArgument(index, "number too large");
  return Number(value);
}

export function parseObject(value: unknown, index: number): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalidArgument(index, "expected an object");
  return value as Record<string, unknown>;
}

export function parseSlot(value: unknown): Hex {
  const text = typeof value === "string" ? value : "";
  const digits = text.replace(/^0[xX]/, "");
  if (typeof value !== "string" || !/^[0-9a-fA-F]*$/.test(digits))
    throw new RpcError(
      RPC_CODES.invalidParams,
      `invalid hex in storage key: ${String(JSON.stringify(value)).slice(0, 200)}`,
    );
  if (digits.length > 64)
    throw new RpcError(
      RPC_CODES.invalidParams,
      `storage key too long (want at most 32 bytes): ${JSON.stringify(text.slice(0, 200))}`,
    );
  return `0x${digits.toLowerCase().padStart(64, "0")}`;
}
