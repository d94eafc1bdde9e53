import { PREDEPLOYS } from "../../protocol/predeploys";
import { SolventError } from "../../protocol/errors";
import { encodeRlp, fromHex, rlpInteger, toHex, word, ZERO_ADDRESS, ZERO_HASH, type RlpItem } from "../../protocol";
import { blobBaseFee, writeEnvironment } from "./environment";
import { haltMessage, haltReason, isSuccess, HALT } from "./halts";
import type { Instance } from "./instance";
import { applyOverrides } from "./overrides";
import { readRefusal, REASON, refusalMessage } from "./refusal";
import type { EngineRuntime, EngineContext } from "./runtime";
import type { AccessListItem, CallRequest, CallResult } from "./types";

/** Most gas of a transaction (EIP-7825), and so of what is estimated or listed for one. */
export const MAX_GAS = 1n << 24n;
/** Most gas of a call, a simulation or a trace, and what one has that names none: geth's cap, to which the engine's memory is made. */
export const MAX_CALL_GAS = 50_000_000n;
/** Gas of a transfer: less is never enough. */
export const GAS_TRANSFER = 21_000n;
const TYPE_DYNAMIC_FEE = 2;
const TYPE_SET_CODE = 4;
/** How many hashes the block hash history holds. */
const HISTORY_WINDOW = 8191;
/** Longest message: so much of it may be copied within the engine. */
const MESSAGE_BYTES = 0x300000;

/** A result with the code of the refusal, or `REASON.valid`. */
export interface Attempt extends CallResult {
  code: number;
  /** Before refunds. */
  maxGasUsed: bigint;
}

/**
 * A call's block and state, opened: messages run on it one after the other, each as if it were the first.
 */
export class CallSession {
  /** Gas of the runs since the state was opened. */
  private spent = 0n;
  /** Where the sender stands, and the message. */
  private readonly senderAt: number;
  private readonly messageAt: number;

  constructor(
    private readonly runtime: EngineRuntime,
    readonly context: EngineContext,
    private readonly request: CallRequest,
  ) {
    const { instance } = context;
    this.senderAt = instance.address("REQUEST_SENDER");
    this.messageAt = instance.address("REQUEST_MESSAGE");
    this.open();
  }

  private open(): void {
    const { instance } = this.context;
    const { header, isNext, stateOverrides, blockOverrides: overrides = {} } = this.request;
    writeEnvironment(instance, {
      parentHash: header.parentHash,
      stateRoot: header.stateRoot,
      baseFee: overrides.baseFee ?? header.baseFeePerGas ?? 0n,
      coinbase: overrides.coinbase ?? header.miner,
      prevRandao: overrides.prevRandao ?? header.mixHash,
      parentBeaconBlockRoot: overrides.parentBeaconBlockRoot ?? header.parentBeaconBlockRoot ?? ZERO_HASH,
      chainId: this.runtime.fallbackChainId,
      blobBaseFee: overrides.blobBaseFee ?? blobBaseFee(header.excessBlobGas ?? 0n),
      number: overrides.number ?? BigInt(header.number),
      timestamp: overrides.timestamp ?? BigInt(header.timestamp),
      gasLimit: overrides.gasLimit ?? header.gasLimit,
    });
    instance.call("openEnvironment");
    if (isNext === true) this.noteParent();
    if (stateOverrides !== undefined) applyOverrides(instance, stateOverrides);
    instance.bytes.set(fromHex(this.request.from ?? ZERO_ADDRESS), this.senderAt);
    this.spent = 0n;
  }

  /** What every block writes before its first transaction. Source: docs/spec/01-interfaces.md#predeploys. */
  private noteParent(): void {
    const { instance } = this.context;
    const { number, parentHash } = this.request.header;
    instance.bytes.set(fromHex(PREDEPLOYS.blockHashHistory), this.messageAt);
    if (instance.call("codeLengthAt", this.messageAt) === 0) return;
    const slot = toHex(word(BigInt((number - 1) % HISTORY_WINDOW)));
    applyOverrides(instance, { [PREDEPLOYS.blockHashHistory]: { stateDiff: { [slot]: parentHash } } });
  }

  /** Runs the message with this much gas. @param accessList - instead of the request's. */
  run(gas: bigint, accessList = this.request.accessList, isTraced = false): Attempt {
    const { instance } = this.context;
    // What runs have read stays in the program's memory, which holds a block of that much gas.
    if (this.spent > 0n && this.spent + gas > MAX_CALL_GAS) this.open();
    const raw = encodeMessage(this.request, gas, accessList ?? []);
    requireShort(raw);
    instance.bytes.set(raw, this.messageAt);
    const code = instance.call("runCall", this.senderAt, this.messageAt, raw.length, isTraced ? 1 : 0);
    if (code !== REASON.valid) return refused(instance, code, gas);
    const result = readResult(instance);
    this.spent += result.maxGasUsed;
    return result;
  }

  /** Runs the message, which is valid, once more, with no more gas than a block has, and leaves what it did; the session is over then. */
  keep(gas: bigint): void {
    const { instance } = this.context;
    const { header, blockOverrides, accessList = [] } = this.request;
    const most = blockOverrides?.gasLimit ?? header.gasLimit;
    instance.call("beginSimulation", 0);
    const raw = encodeMessage(this.request, gas < most ? gas : most, accessList);
    instance.bytes.set(raw, this.messageAt);
    instance.call(
      ...(["simulateMessage", this.senderAt, this.messageAt, raw.length] as const),
      ...([this.messageAt, raw.length, raw[0], 1] as const),
    );
  }

  /**
   * The gas that a call has where it names none: what the balance pays for at the given price, up to the cap. Where that is not even a
   * transfer's it is the cap, so that the call is refused for what it lacks: funds.
   */
  defaultGas(cap = MAX_CALL_GAS): bigint {
    const { gas, value = 0n } = this.request;
    if (gas !== undefined) return gas < cap ? gas : cap;
    const price = this.feeCap;
    if (price === 0n) return cap;
    const affordable = this.balance > value ? (this.balance - value) / price : 0n;
    return affordable < GAS_TRANSFER || affordable > cap ? cap : affordable;
  }

  /** Most that the call is willing to pay for a unit of gas. */
  get feeCap(): bigint {
    return this.request.gasPrice ?? this.request.maxFeePerGas ?? 0n;
  }

  get balance(): bigint {
    const { instance } = this.context;
    return instance.word(instance.call("balanceAt", this.senderAt));
  }

  get nonce(): bigint {
    return this.context.instance.callU64("nonceAt", this.senderAt);
  }

  /** Whether the call goes to an account without code. */
  get isPlainTransfer(): boolean {
    const { to, data } = this.request;
    if (to === undefined || to === null || (data !== undefined && data.length > 0)) return false;
    const { instance } = this.context;
    instance.bytes.set(fromHex(to), this.messageAt);
    return instance.call("codeLengthAt", this.messageAt) === 0;
  }
}

/** The request as a transaction of type 2 or 4; nonce, chain id and signature are zero. */
export function encodeMessage(
  request: Omit<CallRequest, "header">,
  gas: bigint,
  accessList: readonly AccessListItem[],
): Uint8Array {
  const { to, value = 0n, data = new Uint8Array(0), gasPrice, authorizationList } = request;
  const none = new Uint8Array(0);
  const fields: RlpItem[] = [
    none,
    none,
    rlpInteger(gasPrice ?? request.maxPriorityFeePerGas ?? 0n),
    rlpInteger(gasPrice ?? request.maxFeePerGas ?? 0n),
    rlpInteger(gas),
    to === undefined || to === null ? none : fromHex(to),
    rlpInteger(value),
    data,
    accessList.map(({ address, storageKeys }) => [fromHex(address), storageKeys.map((slot) => fromHex(slot))]),
  ];
  if (authorizationList !== undefined)
    fields.push(
      authorizationList.map(({ chainId, address, nonce, yParity, r, s }) => [
        rlpInteger(chainId),
        fromHex(address),
        rlpInteger(nonce),
        rlpInteger(BigInt(yParity)),
        rlpInteger(r),
        rlpInteger(s),
      ]),
    );
  fields.push(none, none, none);
  const type = authorizationList === undefined ? TYPE_DYNAMIC_FEE : TYPE_SET_CODE;
  return Uint8Array.of(type, ...encodeRlp(fields));
}

/** Reads what stf/engine/call.ts noted of the last message. */
export function readResult(instance: Instance): Attempt {
  const at = instance.call("callResult");
  const halt = instance.u32(at + 16);
  const output = instance.u32(at + 20);
  return {
    code: REASON.valid,
    status: isSuccess(halt) ? "success" : halt === HALT.revert ? "revert" : "halt",
    halt: haltReason(halt),
    returnData: instance.bytes.slice(output, output + instance.u32(at + 24)),
    gasUsed: instance.u64(at),
    maxGasUsed: instance.u64(at + 8),
    message: haltMessage(halt, { op: instance.u32(at + 28), stackSize: instance.u32(at + 32) }),
  };
}

/** The result without what only the engine needs. */
export function toCallResult({ status, halt, returnData, gasUsed, message }: Attempt): CallResult {
  return { status, halt, returnData, gasUsed, message };
}

/** @throws SolventError `call-too-large`. */
export function requireShort(raw: Uint8Array): void {
  if (raw.length > MESSAGE_BYTES)
    throw new SolventError("call-too-large", `a call of ${raw.length} bytes: at most ${MESSAGE_BYTES}`);
}

export function refused(instance: Instance, code: number, gas: bigint): Attempt {
  const reason = refusalMessage(code, readRefusal(instance));
  const message = `err: ${reason} (supplied gas ${gas})`;
  const nothing = { returnData: new Uint8Array(0), gasUsed: 0n, maxGasUsed: 0n };
  return { code, status: "refused", halt: "refused", ...nothing, message };
}
