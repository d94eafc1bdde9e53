import type { Hex } from "../chain/types";
import type { AccountOverride, AuthorizationItem, BlockOverrides, CallRequest } from "../engine/types";
import { invalidArgument, RPC_CODES, RpcError } from "./errors";
import { hexToBytes } from "./format/hex";
import { parseData, parseFixed, parseObject, parseQuantity, parseSlot } from "./params";

const ZERO_ADDRESS: Hex = `0x${"00".repeat(20)}`;

/** The transaction object of eth_call, eth_estimateGas and eth_createAccessList. */
export function parseCallRequest(value: unknown, index: number): Omit<CallRequest, "header"> {
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
  const request: Omit<CallRequest, "header"> = {
    from: optional("from", address) ?? ZERO_ADDRESS,
    to: optional("to", address) ?? null,
    data: hexToBytes(input ?? data ?? "0x"),
    value: optional("value", parseQuantity) ?? 0n,
    gas: optional("gas", parseQuantity),
    gasPrice: optional("gasPrice", parseQuantity),
    maxFeePerGas: optional("maxFeePerGas", parseQuantity),
    maxPriorityFeePerGas: optional("maxPriorityFeePerGas", parseQuantity),
    nonce: optional("nonce", parseQuantity),
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
      object[name] === undefined || object[name] === null ? undefined : parseSlots(object[name], index);
    const override: AccountOverride = {};
    if (object.balance !== undefined) override.balance = parseQuantity(object.balance, index);
    if (object.nonce !== undefined) override.nonce = parseQuantity(object.nonce, index);
    if (object.code !== undefined) override.code = hexToBytes(parseData(object.code, index));
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
  const pick = (...keys: string[]): unknown => keys.map((key) => object[key]).find((entry) => entry !== undefined);
  const number = (entry: unknown): bigint | undefined =>
    entry === undefined ? undefined : parseQuantity(entry, index);
  const [coinbase, random] = [pick("feeRecipient", "coinbase"), pick("prevRandao", "random")];
  return {
    number: number(pick("number")),
    timestamp: number(pick("time", "timestamp")),
    gasLimit: number(pick("gasLimit")),
    baseFee: number(pick("baseFeePerGas", "baseFee")),
    coinbase: coinbase === undefined ? undefined : parseFixed(coinbase, 20, index, "address"),
    prevRandao: random === undefined ? undefined : parseFixed(random, 32, index, "hash"),
  };
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
      nonce: parseQuantity(object.nonce, index),
      yParity: Number(parseQuantity(object.yParity ?? object.v, index) & 0xffn),
      r: parseQuantity(object.r, index),
      s: parseQuantity(object.s, index),
    };
  });
}

function parseList(value: unknown, index: number): unknown[] {
  if (!Array.isArray(value)) throw invalidArgument(index, "expected a list");
  return value;
}
