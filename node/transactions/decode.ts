import { decodeRlp, encodeRlp, getBytes, hexlify, keccak256, toBeArray } from "ethers";
import { recoverAddress } from "./recover";
import type { AccessListEntry, Authorization, DecodedTransaction } from "./types";

/** Thrown by `decodeTransaction`; the message says which field is wrong. */
export class TransactionDecodeError extends Error {
  readonly code = "TRANSACTION_MALFORMED";
}

type Item = string | Item[];

const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
/** Field names of typed envelopes in their order, without the type byte; a signature of three fields follows. */
const ENVELOPES: Record<number, readonly string[]> = {
  1: ["chainId", "nonce", "gasPrice", "gasLimit", "to", "value", "data", "accessList"],
  2: ["chainId", "nonce", "maxPriorityFeePerGas", "maxFeePerGas", "gasLimit", "to", "value", "data", "accessList"],
  3: [
    "chainId",
    "nonce",
    "maxPriorityFeePerGas",
    "maxFeePerGas",
    "gasLimit",
    "to",
    "value",
    "data",
    "accessList",
    "maxFeePerBlobGas",
    "blobVersionedHashes",
  ],
  4: [
    "chainId",
    "nonce",
    "maxPriorityFeePerGas",
    "maxFeePerGas",
    "gasLimit",
    "to",
    "value",
    "data",
    "accessList",
    "authorizationList",
  ],
};

/**
 * Decodes the EIP-2718 bytes of a transaction (types legacy, 1, 2, 3, 4 and the deposit 0x7e) and recovers its sender.
 * Checks the form only (canonical RLP, field widths, signature range, low s); whether the chain takes it is the pool's to say.
 * @param raw - EIP-2718 bytes; of a blob transaction either form (with or without its sidecar).
 * @param options.homestead - false accepts a high s (blocks before Homestead in conformance chains).
 * @throws TransactionDecodeError with the first field that is wrong.
 */
export function decodeTransaction(raw: Uint8Array, options: { homestead?: boolean } = {}): DecodedTransaction {
  if (raw.length === 0) throw new TransactionDecodeError("typed transaction too short");
  const hash = keccak256(raw);
  if (raw[0] >= 0xc0) return decodeLegacy(raw, hash, options.homestead ?? true);
  if (raw[0] === 0x7e) return decodeDeposit(raw, hash);
  const names = ENVELOPES[raw[0]];
  if (names === undefined) throw new TransactionDecodeError("transaction type not supported");
  return decodeTyped(raw[0], names, raw, hash);
}

function decodeLegacy(raw: Uint8Array, hash: string, lowS: boolean): DecodedTransaction {
  const fields = list(rlp(raw), "transaction", 9);
  const [nonce, gasPrice, gasLimit] = [
    uint(fields[0], "nonce", 8),
    uint(fields[1], "gasPrice"),
    uint(fields[2], "gas", 8),
  ];
  const [v, r, s] = [uint(fields[6], "v"), uint(fields[7], "r"), uint(fields[8], "s")];
  const protectedTx = v >= 35n;
  if (!protectedTx && v !== 27n && v !== 28n) throw new TransactionDecodeError("invalid signature: v");
  const chainId = protectedTx ? (v - 35n) / 2n : undefined;
  const parity = Number(protectedTx ? (v - 35n) % 2n : v - 27n);
  const unsigned = fields.slice(0, 6) as string[];
  const payload = protectedTx ? [...unsigned, toRlpInteger(chainId!), "0x", "0x"] : unsigned;
  const from = signer(keccak256(encodeRlp(payload)), r, s, parity, lowS);
  return {
    type: 0,
    hash,
    raw,
    from,
    to: address(fields[3], true),
    nonce,
    gasLimit,
    value: uint(fields[4], "value"),
    data: bytes(fields[5], "data"),
    gasPrice,
    ...(chainId === undefined ? {} : { chainId }),
    v,
    r,
    s,
  };
}

function decodeTyped(type: number, names: readonly string[], raw: Uint8Array, hash: string): DecodedTransaction {
  let outer = rlp(raw.subarray(1));
  // A blob transaction in its network form carries [transaction, (version,) blobs, commitments, proofs].
  const isWrapped = type === 3 && Array.isArray(outer) && Array.isArray(outer[0]);
  if (isWrapped) outer = (outer as Item[])[0];
  const fields = list(outer, "transaction", names.length + 3);
  const field = (name: string): Item => fields[names.indexOf(name)];
  const [parity, r, s] = fields.slice(-3).map((item, i) => uint(item, ["yParity", "r", "s"][i]));
  if (parity > 1n) throw new TransactionDecodeError("invalid signature: yParity");
  const payload = concat(type, getBytes(encodeRlp(fields.slice(0, names.length) as string[])));
  const body = concat(type, getBytes(encodeRlp(fields as string[])));
  const from = signer(keccak256(payload), r, s, Number(parity), true);
  return {
    type,
    hash: isWrapped ? keccak256(body) : hash,
    raw: isWrapped ? body : raw,
    from,
    to: address(field("to"), type < 3),
    nonce: uint(field("nonce"), "nonce", 8),
    gasLimit: uint(field("gasLimit"), "gas", 8),
    value: uint(field("value"), "value"),
    data: bytes(field("data"), "data"),
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
          blobVersionedHashes: list(field("blobVersionedHashes"), "blobVersionedHashes").map((h) =>
            fixed(h, 32, "blob hash"),
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

function decodeDeposit(raw: Uint8Array, hash: string): DecodedTransaction {
  const fields = list(rlp(raw.subarray(1)), "deposit", 8);
  return {
    type: 0x7e,
    hash,
    raw,
    from: fixed(fields[1], 20, "from"),
    to: address(fields[2], true),
    nonce: 0n,
    gasLimit: uint(fields[5], "gas", 8),
    value: uint(fields[4], "value"),
    data: bytes(fields[7], "data"),
    sourceHash: fixed(fields[0], 32, "sourceHash"),
    mint: uint(fields[3], "mint"),
    isSystemTx: uint(fields[6], "isSystemTx") !== 0n,
  };
}

function signer(digest: string, r: bigint, s: bigint, parity: number, lowS: boolean): string {
  if (r === 0n || r >= SECP256K1_ORDER) throw new TransactionDecodeError("invalid signature: r out of range");
  if (s === 0n || s >= SECP256K1_ORDER || (lowS && s > SECP256K1_ORDER / 2n))
    throw new TransactionDecodeError("invalid signature: s out of range");
  const from = recoverAddress(getBytes(digest), r, s, parity);
  if (from === null) throw new TransactionDecodeError("invalid signature: no such point");
  return from;
}

function accessList(item: Item): AccessListEntry[] {
  return list(item, "accessList").map((entry) => {
    const [address, keys] = list(entry, "accessList entry", 2);
    return {
      address: fixed(address, 20, "accessList address"),
      storageKeys: list(keys, "accessList keys").map((key) => fixed(key, 32, "accessList key")),
    };
  });
}

function authorizations(item: Item): Authorization[] {
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

function rlp(data: Uint8Array): Item {
  try {
    const item = decodeRlp(data) as Item;
    // ethers takes long forms where short ones are due; one encoding only.
    if (hexlify(data) !== encodeRlp(item as string)) throw new Error("not canonical");
    return item;
  } catch (cause) {
    throw new TransactionDecodeError(`rlp: ${cause instanceof Error ? cause.message.split(" (")[0] : String(cause)}`, {
      cause,
    });
  }
}

function list(item: Item | undefined, name: string, length?: number): Item[] {
  if (!Array.isArray(item)) throw new TransactionDecodeError(`rlp: expected a list for ${name}`);
  if (length !== undefined && item.length !== length)
    throw new TransactionDecodeError(`rlp: ${name} has ${item.length} fields, not ${length}`);
  return item;
}

function bytes(item: Item | undefined, name: string): string {
  if (typeof item !== "string") throw new TransactionDecodeError(`rlp: expected a string for ${name}`);
  return item;
}

function fixed(item: Item | undefined, length: number, name: string): string {
  const value = bytes(item, name);
  if (value.length !== 2 + 2 * length) throw new TransactionDecodeError(`rlp: ${name} is not ${length} bytes`);
  return value;
}

function address(item: Item | undefined, mayBeEmpty: boolean): string | null {
  if (item === "0x" && mayBeEmpty) return null;
  return fixed(item, 20, "to");
}

function uint(item: Item | undefined, name: string, maxBytes = 32): bigint {
  const value = bytes(item, name);
  if (value === "0x") return 0n;
  if (value.startsWith("0x00")) throw new TransactionDecodeError(`rlp: ${name} has leading zeros`);
  if (value.length > 2 + 2 * maxBytes) throw new TransactionDecodeError(`rlp: ${name} is over ${maxBytes * 8} bits`);
  return BigInt(value);
}

function toRlpInteger(value: bigint): string {
  return value === 0n ? "0x" : hexlify(toBeArray(value));
}

function concat(type: number, payload: Uint8Array): Uint8Array {
  const out = new Uint8Array(payload.length + 1);
  out[0] = type;
  out.set(payload, 1);
  return out;
}
