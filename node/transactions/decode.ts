import {
  concatBytes,
  decodeRlp,
  encodeRlp,
  keccak256,
  rlpInteger,
  RlpError,
  toBigInt,
  toHex,
  type RlpItem,
} from "../../protocol";
import { recoverAddress } from "./recover";
import type { AccessListEntry, Authorization, DecodedTransaction } from "./types";

/** Thrown by `decodeTransaction`; the message says which field is wrong. */
export class TransactionDecodeError extends Error {
  readonly code = "TRANSACTION_MALFORMED";
}

export interface DecodeOptions {
  /** False accepts a high s (blocks before Homestead in conformance chains). */
  homestead?: boolean;
  /** The signer, where it is known: nothing is recovered then, and the signature's range is not checked again. */
  sender?: string;
}

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const DEPOSIT = 0x7e;
const COMMON = ["chainId", "nonce", "maxPriorityFeePerGas", "maxFeePerGas", "gasLimit", "to", "value", "data"] as const;
/** Field names of typed envelopes in their order, without the type byte; a signature of three fields follows. */
const ENVELOPES: Record<number, readonly string[]> = {
  1: ["chainId", "nonce", "gasPrice", "gasLimit", "to", "value", "data", "accessList"],
  2: [...COMMON, "accessList"],
  3: [...COMMON, "accessList", "maxFeePerBlobGas", "blobVersionedHashes"],
  4: [...COMMON, "accessList", "authorizationList"],
};

/**
 * Decodes the EIP-2718 bytes of a transaction (types legacy, 1, 2, 3, 4 and the deposit 0x7e) and recovers its sender.
 * Checks the form only (canonical RLP, field widths, signature range, low s); whether the chain takes it is the pool's to say.
 * @param raw - EIP-2718 bytes; of a blob transaction either form (with or without its sidecar).
 * @throws TransactionDecodeError with the first field that is wrong.
 */
export function decodeTransaction(raw: Uint8Array, options: DecodeOptions = {}): DecodedTransaction {
  if (raw[0] >= 0xc0) return decodeLegacy(raw, options);
  if (raw.length <= 1) throw new TransactionDecodeError("typed transaction too short");
  if (raw[0] === DEPOSIT) return decodeDeposit(raw);
  const names = ENVELOPES[raw[0]];
  if (names === undefined) throw new TransactionDecodeError("transaction type not supported");
  return decodeTyped(raw[0], names, raw, options);
}

function decodeLegacy(raw: Uint8Array, options: DecodeOptions): DecodedTransaction {
  const fields = list(rlp(raw), "transaction", 9);
  const nonce = uint(fields[0], "nonce", 8);
  const gasPrice = uint(fields[1], "gasPrice");
  const gasLimit = uint(fields[2], "gas", 8);
  const v = uint(fields[6], "v");
  const isProtected = v >= 35n;
  // A transaction that nobody signed, in a simulated block, has a v of zero.
  const isUnsigned = v === 0n && options.sender !== undefined;
  if (!isProtected && v !== 27n && v !== 28n && !isUnsigned) throw new TransactionDecodeError("invalid signature: v");
  const chainId = isProtected ? (v - 35n) / 2n : undefined;
  const parity = Number(isProtected ? (v - 35n) % 2n : v - 27n);
  const unsigned = fields.slice(0, 6);
  if (chainId !== undefined) unsigned.push(rlpInteger(chainId), new Uint8Array(0), new Uint8Array(0));
  const [r, s] = [uint(fields[7], "r"), uint(fields[8], "s")];
  return {
    type: 0,
    hash: toHex(keccak256(raw)),
    raw,
    ...signer(() => encodeRlp(unsigned), r, s, parity, options),
    to: address(fields[3], true),
    nonce,
    gasLimit,
    value: uint(fields[4], "value"),
    data: toHex(bytes(fields[5], "data")),
    gasPrice,
    ...(chainId === undefined ? {} : { chainId }),
    v,
    r,
    s,
  };
}

function decodeTyped(
  type: number,
  names: readonly string[],
  raw: Uint8Array,
  options: DecodeOptions,
): DecodedTransaction {
  let outer = rlp(raw.subarray(1));
  // A blob transaction in its network form carries [transaction, (version,) blobs, commitments, proofs].
  const isWrapped = type === 3 && Array.isArray(outer) && Array.isArray(outer[0]);
  if (isWrapped) outer = (outer as RlpItem[])[0];
  const fields = list(outer, "transaction", names.length + 3);
  const field = (name: string): RlpItem => fields[names.indexOf(name)];
  const [parity, r, s] = fields.slice(-3).map((item, i) => uint(item, ["yParity", "r", "s"][i]));
  if (parity > 1n) throw new TransactionDecodeError("invalid signature: yParity");
  const body = isWrapped ? concatBytes(Uint8Array.of(type), encodeRlp(fields)) : raw;
  const payload = () => concatBytes(Uint8Array.of(type), encodeRlp(fields.slice(0, names.length)));
  return {
    type,
    hash: toHex(keccak256(body)),
    raw: body,
    ...signer(payload, r, s, Number(parity), options),
    to: address(field("to"), type < 3),
    nonce: uint(field("nonce"), "nonce", 8),
    gasLimit: uint(field("gasLimit"), "gas", 8),
    value: uint(field("value"), "value"),
    data: toHex(bytes(field("data"), "data")),
    chainId: uint(field("chainId"), "chainId"),
    ...(type === 1
      ? { gasPrice: uint(field("gasPrice"), "gasPrice") }
      : {
          maxPriorityFeePerGas: uint(field("maxPriorityFeePerGas"), "maxPriorityFeePerGas"),
          maxFeePerGas: uint(field("maxFeePerGas"), "maxFeePerGas"),
        }),
    accessList: accessList(field("accessList")),
    ...(type === 3
      ? {
          maxFeePerBlobGas: uint(field("maxFeePerBlobGas"), "maxFeePerBlobGas"),
          blobVersionedHashes: list(field("blobVersionedHashes"), "blobVersionedHashes").map((hash) =>
            fixed(hash, 32, "blob hash"),
          ),
        }
      : {}),
    ...(type === 4 ? { authorizationList: authorizations(field("authorizationList")) } : {}),
    v: parity,
    yParity: Number(parity),
    r,
    s,
  };
}

function decodeDeposit(raw: Uint8Array): DecodedTransaction {
  const fields = list(rlp(raw.subarray(1)), "deposit", 8);
  return {
    type: DEPOSIT,
    hash: toHex(keccak256(raw)),
    raw,
    from: fixed(fields[1], 20, "from"),
    to: address(fields[2], true),
    nonce: 0n,
    gasLimit: uint(fields[5], "gas", 8),
    value: uint(fields[4], "value"),
    data: toHex(bytes(fields[7], "data")),
    sourceHash: fixed(fields[0], 32, "sourceHash"),
    mint: uint(fields[3], "mint"),
    isSystemTx: uint(fields[6], "isSystemTx") !== 0n,
  };
}

function signer(
  payload: () => Uint8Array,
  r: bigint,
  s: bigint,
  parity: number,
  { sender, homestead = true }: DecodeOptions,
): { from: string; signingHash?: Uint8Array } {
  if (sender !== undefined) return { from: sender };
  if (r === 0n || r >= ORDER) throw new TransactionDecodeError("invalid signature: r out of range");
  if (s === 0n || s >= ORDER || (homestead && s > ORDER / 2n))
    throw new TransactionDecodeError("invalid signature: s out of range");
  const signingHash = keccak256(payload());
  const from = recoverAddress(signingHash, r, s, parity);
  if (from === null) throw new TransactionDecodeError("invalid signature: no such point");
  return { from, signingHash };
}

function accessList(item: RlpItem): AccessListEntry[] {
  return list(item, "accessList").map((entry) => {
    const [address, keys] = list(entry, "accessList entry", 2);
    return {
      address: fixed(address, 20, "accessList address"),
      storageKeys: list(keys, "accessList keys").map((key) => fixed(key, 32, "accessList key")),
    };
  });
}

function authorizations(item: RlpItem): Authorization[] {
  const entries = list(item, "authorizationList");
  if (entries.length === 0) throw new TransactionDecodeError("authorizationList is empty");
  return entries.map((entry) => {
    const fields = list(entry, "authorization", 6);
    return {
      chainId: uint(fields[0], "authorization chainId"),
      address: fixed(fields[1], 20, "authorization address"),
      nonce: uint(fields[2], "authorization nonce", 8),
      yParity: Number(uint(fields[3], "authorization yParity", 1)),
      r: uint(fields[4], "authorization r"),
      s: uint(fields[5], "authorization s"),
    };
  });
}

function rlp(data: Uint8Array): RlpItem {
  try {
    return decodeRlp(data);
  } catch (cause) {
    if (!(cause instanceof RlpError)) throw cause;
    throw new TransactionDecodeError(`rlp: ${cause.message}`, { cause });
  }
}

function list(item: RlpItem | undefined, name: string, length?: number): RlpItem[] {
  if (!Array.isArray(item)) throw new TransactionDecodeError(`rlp: expected a list for ${name}`);
  if (length !== undefined && item.length !== length)
    throw new TransactionDecodeError(`rlp: ${name} has ${item.length} fields, not ${length}`);
  return item;
}

function bytes(item: RlpItem | undefined, name: string): Uint8Array {
  if (!(item instanceof Uint8Array)) throw new TransactionDecodeError(`rlp: expected a string for ${name}`);
  return item;
}

function fixed(item: RlpItem | undefined, length: number, name: string): string {
  const value = bytes(item, name);
  if (value.length !== length) throw new TransactionDecodeError(`rlp: ${name} is not ${length} bytes`);
  return toHex(value);
}

function address(item: RlpItem | undefined, mayBeEmpty: boolean): string | null {
  if (mayBeEmpty && item instanceof Uint8Array && item.length === 0) return null;
  return fixed(item, 20, "to");
}

function uint(item: RlpItem | undefined, name: string, maxBytes = 32): bigint {
  const value = bytes(item, name);
  if (value.length > 0 && value[0] === 0) throw new TransactionDecodeError(`rlp: ${name} has leading zeros`);
  if (value.length > maxBytes) throw new TransactionDecodeError(`rlp: ${name} is over ${maxBytes * 8} bits`);
  return toBigInt(value);
}
