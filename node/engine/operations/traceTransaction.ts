import { SolventError, invariant } from "../../../protocol/errors";
import {
  decodeCursor,
  decodeRlp,
  DEPOSIT_TYPE,
  rlpBytes,
  rlpList,
  rlpUint,
  toHex,
  ZERO_ADDRESS,
  ZERO_HASH,
} from "../../../protocol";
import { blobBaseFee, writeEnvironment } from "../environment";
import { EMPTY_INBOX } from "../host";
import { REASON } from "../refusal";
import type { EngineRuntime, EngineContext } from "../runtime";
import { TraceBudget } from "../trace/budget";
import { Recording } from "../trace/recording";
import { readTouched } from "../trace/touched";
import type { Hex } from "../../../protocol/types";
import { authorityOf, decodeTransaction } from "../../transactions";
import type { CallFrame, TouchedAccounts, Trace, TraceBlock, TraceOptions } from "../types";

const SET_CODE = 4;

/**
 * Re-executes the transactions of a block up to number `index` on the parent's state, and records that one.
 * @throws SolventError `trace-invalid` where the transactions are not those of the block.
 */
export function traceTransaction(
  runtime: EngineRuntime,
  block: TraceBlock,
  index: number,
  options: TraceOptions,
): Trace {
  invariant(index >= 0 && index < block.transactions.length, `the block has no transaction ${index}`);
  return runtime.withoutStore((context) => {
    openParent(runtime, context, block);
    for (let i = 0; i < index; i++) replay(context, block, i, false);
    const recording = new Recording(options, undefined, knownAccounts(block, index));
    const trace = record(context, block, index, recording);
    if (recording.touched === undefined) return trace;
    openParent(runtime, context, block);
    for (let i = 0; i < index; i++) replay(context, block, i, false);
    return { ...trace, accounts: lookAround(context, block, index, recording) };
  });
}

/** Re-executes a block once and records each of its transactions. @throws as `traceTransaction`. */
export function traceBlock(runtime: EngineRuntime, block: TraceBlock, options: TraceOptions): Trace[] {
  return runtime.withoutStore((context) => {
    openParent(runtime, context, block);
    const budget = new TraceBudget();
    const recordings = block.transactions.map(
      (_, index) => new Recording(options, budget, knownAccounts(block, index)),
    );
    const traces = recordings.map((recording, index) => record(context, block, index, recording));
    if (!options.accounts) return traces;
    openParent(runtime, context, block);
    return traces.map((trace, index) => ({ ...trace, accounts: lookAround(context, block, index, recordings[index]) }));
  });
}

function record(context: EngineContext, block: TraceBlock, index: number, recording: Recording): Trace {
  const gasBefore = cumulativeGas(context);
  context.tracer.during(recording, () => replay(context, block, index, true));
  const raw = block.transactions[index];
  const gasUsed = cumulativeGas(context) - gasBefore;
  return recording.finish({ gas: gasLimitOf(raw), gasUsed }, readReceipt(context).status === 0n, () => deposit(raw));
}

/** The touched accounts before and after the transaction, which runs once more. */
function lookAround(
  context: EngineContext,
  block: TraceBlock,
  index: number,
  { touched, budget }: Recording,
): TouchedAccounts {
  return readTouched(context.instance, touched!, budget, () => replay(context, block, index, false));
}

/** The block's beneficiary, and whoever signed an authorization. */
function knownAccounts({ header, transactions }: TraceBlock, index: number): Hex[] {
  const raw = transactions[index];
  if (raw[0] !== SET_CODE) return [header.miner];
  const { authorizationList = [] } = decodeTransaction(raw, { sender: ZERO_ADDRESS });
  return [header.miner, ...authorizationList.flatMap((entry) => authorityOf(entry) ?? [])];
}

function openParent(
  runtime: EngineRuntime,
  { host, instance }: EngineContext,
  { header, parent, inbox }: TraceBlock,
): void {
  host.begin(inbox ?? EMPTY_INBOX);
  writeEnvironment(instance, {
    parentHash: header.parentHash,
    stateRoot: parent.stateRoot,
    baseFee: header.baseFeePerGas ?? 0n,
    coinbase: header.miner,
    prevRandao: header.mixHash,
    parentBeaconBlockRoot: header.parentBeaconBlockRoot ?? ZERO_HASH,
    chainId: runtime.fallbackChainId,
    blobBaseFee: blobBaseFee(header.excessBlobGas ?? 0n),
    number: BigInt(header.number),
    timestamp: BigInt(header.timestamp),
    gasLimit: header.gasLimit,
  });
  instance.call("openEnvironment");
  const isL1 = (header.parentBeaconBlockRoot ?? ZERO_HASH) !== ZERO_HASH;
  instance.call("beginReplay", isL1 ? 1 : 0);
}

function replay({ instance }: EngineContext, block: TraceBlock, index: number, isTraced: boolean): void {
  const raw = block.transactions[index];
  if (raw[0] === DEPOSIT_TYPE) {
    if (block.inbox === undefined)
      throw new SolventError("trace-invalid", "the block has deposits: pass the inbox that they come from");
    const message = decodeCursor(block.parent.extraData).delayed + BigInt(index);
    if (instance.call("replayMessage", message, isTraced ? 1 : 0) === 0)
      throw new SolventError("trace-invalid", `the inbox has no delayed message ${message}`, { retry: true });
    return;
  }
  const at = instance.address("REQUEST_MESSAGE");
  instance.bytes.set(raw, at);
  const code = instance.call("replayTransaction", at, raw.length, isTraced ? 1 : 0);
  if (code !== REASON.valid)
    throw new SolventError("trace-invalid", `transaction ${index} is no part of this block (reason ${code})`);
}

function readReceipt({ host }: EngineContext): { status: bigint; cumulativeGas: bigint } {
  const receipt = host.receipts.at(-1)!;
  const fields = rlpList(decodeRlp(receipt[0] < 0xc0 ? receipt.subarray(1) : receipt));
  return { status: rlpUint(fields[0]), cumulativeGas: rlpUint(fields[1]) };
}

function cumulativeGas(context: EngineContext): bigint {
  return context.host.receipts.length === 0 ? 0n : readReceipt(context).cumulativeGas;
}

/** Place of the gas limit among the fields, by type. */
const GAS_FIELD: Readonly<Record<number, number>> = { 1: 3, 2: 4, 4: 4, [DEPOSIT_TYPE]: 5 };
const GAS_FIELD_LEGACY = 2;

function gasLimitOf(raw: Uint8Array): bigint {
  return rlpUint(fieldsOf(raw)[GAS_FIELD[raw[0]] ?? GAS_FIELD_LEGACY]);
}

function fieldsOf(raw: Uint8Array) {
  return rlpList(decodeRlp(raw[0] < 0xc0 ? raw.subarray(1) : raw));
}

/** A deposit that could not run: its sender has not the value, or its gas is below what it costs to begin. */
function deposit(raw: Uint8Array): CallFrame {
  const fields = fieldsOf(raw);
  const to = rlpBytes(fields[2]);
  return {
    type: to.length === 0 ? "CREATE" : "CALL",
    from: toHex(rlpBytes(fields[1])),
    ...(to.length === 0 ? {} : { to: toHex(to) }),
    value: rlpUint(fields[4]),
    gas: 0n,
    gasUsed: 0n,
    input: rlpBytes(fields[7]),
    error: "insufficient balance for transfer, or intrinsic gas too low",
    calls: [],
  };
}
