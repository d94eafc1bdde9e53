import { nextHeader } from "../chain/nextBlock";
import type { ChainReader } from "../chain/types";
import type { Hex } from "../../protocol/types";
import type { AccountOverride, AuthorizationItem, BlockOverrides, CallRequest } from "../engine/types";
import { invalidArgument, RPC_CODES, RpcError, serverError } from "./errors";
import { hexToBytes } from "./format/hex";
import {
  parseData,
  parseFixed,
  parseObject,
  parsePadded,
  parseQuantity,
  parseSlot,
  parseUint64,
  type Params,
} from "./params";

const ZERO_ADDRESS: Hex = `0x${"00".repeat(20)}`;

/**
 * A call (first parameter) and the block that it runs in (second): one of the chain, or for `pending` the one to come.
 * @param minimumBaseFee - of the chain's configuration, in wei. @param defaultBlock - where the second parameter is absent.
 * @throws as `parseCallRequest` and `Params.block`.
 */
export function parseCallAt(
  chain: ChainReader,
  minimumBaseFee: bigint,
  params: Params,
  defaultBlock: "latest" | "pending",
): CallRequest {
  const call = parseCallRequest(params.required(0), 0, chain.chainId);
  const isNext = params.isPending(1) || (params.raw(1) === undefined && defaultBlock === "pending");
  if (!isNext) return { ...call, header: params.block(1, chain).header };
  return { ...call, header: nextHeader(chain.head("latest"), chain.clock(), minimumBaseFee), isNext };
}

/**
 * The transaction object of eth_call, eth_estimateGas and eth_createAccessList.
 * @throws RpcError -32602 for a field of the wrong form, -32000 for another chain's or a blob transaction.
 */
export function parseCallRequest(value: unknown, index: number, chainId: bigint): Omit<CallRequest, "header"> {
  const object = parseObject(value, index);
  const given = (key: string): unknown => object[key] ?? undefined;
  const optional = <T>(key: string, parse: (value: unknown, index: number) => T): T | undefined =>
    given(key) === undefined ? undefined : parse(given(key), index);
  const address = (value: unknown): Hex => parseFixed(value, 20, index, "address");
  const [input, data] = [optional("input", parseData), optional("data", parseData)];
  if (input !== undefined && data !== undefined && input !== data)
    throw new RpcError(
      RPC_CODES.invalidParams,
      'both "data" and "input" are set and not equal. Please use "input" to pass transaction call data',
    );
  const wantedChain = optional("chainId", parseQuantity) ?? chainId;
  if (wantedChain !== chainId)
    throw serverError(`chainId does not match node's (have=${wantedChain}, want=${chainId})`);
  if (["blobVersionedHashes", "blobs"].some((key) => given(key) !== undefined))
    throw serverError("transaction type not supported: this chain takes no blob transactions");
  const request: Omit<CallRequest, "header"> = {
    from: optional("from", address) ?? ZERO_ADDRESS,
    to: optional("to", address) ?? null,
    data: hexToBytes(input ?? data ?? "0x"),
    value: optional("value", parseQuantity) ?? 0n,
    gas: optional("gas", parseUint64),
    gasPrice: optional("gasPrice", parseQuantity),
    maxFeePerGas: optional("maxFeePerGas", parseQuantity),
    maxPriorityFeePerGas: optional("maxPriorityFeePerGas", parseQuantity),
    nonce: optional("nonce", parseUint64),
    accessList: optional("accessList", parseAccessList),
    authorizationList: optional("authorizationList", parseAuthorizations),
  };
  if (request.gasPrice !== undefined && (request.maxFeePerGas ?? request.maxPriorityFeePerGas) !== undefined)
    throw new RpcError(
      RPC_CODES.invalidParams,
      "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified: choose one kind",
    );
  return request;
}

/** State overrides by address, geth's form. */
export function parseStateOverrides(value: unknown, index: number): Record<Hex, AccountOverride> | undefined {
  if (value === undefined || value === null) return undefined;
  const result: Record<Hex, AccountOverride> = {};
  for (const [key, entry] of Object.entries(parseObject(value, index))) {
    const object = parseObject(entry, index);
    const slots = (name: string): Record<Hex, Hex> | undefined =>
      isGiven(object[name]) ? parseSlots(object[name], index) : undefined;
    const override: AccountOverride = {};
    if (isGiven(object.balance)) override.balance = parseQuantity(object.balance, index);
    if (isGiven(object.nonce)) override.nonce = parseUint64(object.nonce, index);
    if (isGiven(object.code)) override.code = hexToBytes(parseData(object.code, index));
    const moved = object.movePrecompileToAddress;
    if (isGiven(moved)) override.movePrecompileTo = parseFixed(moved, 20, index, "address");
    override.state = slots("state");
    override.stateDiff = slots("stateDiff");
    if (override.state !== undefined && override.stateDiff !== undefined)
      throw invalidArgument(index, `account ${key} has both 'state' and 'stateDiff'`);
    result[parseFixed(key, 20, index, "address")] = override;
  }
  return result;
}

/** Block overrides, geth's form. */
export function parseBlockOverrides(value: unknown, index: number): BlockOverrides | undefined {
  if (value === undefined || value === null) return undefined;
  const object = parseObject(value, index);
  const pick = (...keys: string[]): unknown => keys.map((key) => object[key]).find(isGiven);
  const number = (entry: unknown): bigint | undefined => (entry === undefined ? undefined : parseUint64(entry, index));
  const [coinbase, random] = [pick("feeRecipient", "coinbase"), pick("prevRandao", "random")];
  const [baseFee, blobBaseFee] = [pick("baseFeePerGas", "baseFee"), pick("blobBaseFee")];
  const beaconRoot = pick("beaconRoot", "parentBeaconBlockRoot");
  if (isGiven(object.withdrawals) && parseList(object.withdrawals, index).length > 0)
    throw invalidArgument(index, "this chain has no withdrawals in its blocks");
  return {
    number: number(pick("number")),
    timestamp: number(pick("time", "timestamp")),
    gasLimit: number(pick("gasLimit")),
    baseFee: baseFee === undefined ? undefined : parseQuantity(baseFee, index),
    coinbase: coinbase === undefined ? undefined : parseFixed(coinbase, 20, index, "address"),
    prevRandao: random === undefined ? undefined : parseFixed(random, 32, index, "hash"),
    blobBaseFee: blobBaseFee === undefined ? undefined : parseQuantity(blobBaseFee, index),
    parentBeaconBlockRoot: beaconRoot === undefined ? undefined : parseFixed(beaconRoot, 32, index, "hash"),
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function parseSlots(value: unknown, index: number): Record<Hex, Hex> {
  const entries = Object.entries(parseObject(value, index));
  return Object.fromEntries(
    entries.map(([key, word]) => [parseSlot(key), parseFixed(word, 32, index, "storage value")]),
  );
}

function parseAccessList(value: unknown, index: number): CallRequest["accessList"] {
  return parseList(value, index).map((entry) => {
    const object = parseObject(entry, index);
    return {
      address: parseFixed(object.address, 20, index, "address"),
      storageKeys: parseList(object.storageKeys ?? [], index).map((key) => parseFixed(key, 32, index, "storage key")),
    };
  });
}

function parseAuthorizations(value: unknown, index: number): AuthorizationItem[] {
  return parseList(value, index).map((entry) => {
    const object = parseObject(entry, index);
    return {
      chainId: parseQuantity(object.chainId, index),
      address: parseFixed(object.address, 20, index, "address"),
      nonce: parseUint64(object.nonce, index),
      yParity: Number(parseQuantity(object.yParity ?? object.v, index) & 0xffn),
      r: parsePadded(object.r, index),
      s: parsePadded(object.s, index),
    };
  });
}

function parseList(value: unknown, index: number): unknown[] {
  if (!Array.isArray(value)) throw invalidArgument(index, "expected a list");
  return value;
}
