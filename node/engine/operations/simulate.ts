import { getAddress } from "ethers";
import { SolventError, invariant } from "../../../protocol/errors";
import {
  blockHash,
  decodeHeader,
  encodeRlp,
  fromHex,
  nextBaseFee,
  rlpInteger,
  ZERO_ADDRESS,
  ZERO_HASH,
  type RlpItem,
} from "../../../protocol";
import type { BlockHeader, Hex } from "../../../protocol/types";
import { writeEnvironment } from "../environment";
import { EMPTY_INBOX } from "../host";
import { noteHashes } from "../knownHashes";
import { applyOverrides } from "../overrides";
import { nonceMessage, REASON } from "../refusal";
import type { EngineRuntime, EngineContext } from "../runtime";
import { encodeMessage, MAX_CALL_GAS, readResult, refused, requireShort } from "../session";
import { LogRecorder } from "../trace/logs";
import type {
  CallRequest,
  SimulatedBlock,
  SimulatedBlockRequest,
  SimulatedCall,
  SimulateRequest,
  SimulationFailure,
} from "../types";

const MAX_NONCE = (1n << 64n) - 1n;
const LEGACY = 0;
const DYNAMIC_FEE = 2;
const SET_CODE = 4;

const REASONS: Readonly<Record<number, SimulationFailure["reason"]>> = {
  [REASON.blockGas]: "block-gas",
  [REASON.intrinsicGas]: "intrinsic-gas",
  [REASON.floorGas]: "intrinsic-gas",
  [REASON.initcodeSize]: "initcode-size",
  [REASON.tipAboveFee]: "tip-above-fee",
  [REASON.feeBelowBase]: "fee-below-base",
  [REASON.nonceMax]: "nonce-max",
  [REASON.nonceLow]: "nonce-low",
  [REASON.nonceHigh]: "nonce-high",
  [REASON.funds]: "funds",
};

/** Ends a simulation without a result. */
class Failed extends Error {
  constructor(readonly failure: SimulationFailure) {
    super(failure.message);
  }
}

/**
 * Runs blocks of messages one on the other. All of them together have `MAX_CALL_GAS`.
 * @throws SolventError `call-too-large`.
 */
export function simulate(
  runtime: EngineRuntime,
  request: SimulateRequest,
): SimulatedBlock[] | { failed: SimulationFailure } {
  return runtime.withoutStore((context) => {
    const blocks: SimulatedBlock[] = [];
    let gasLeft = MAX_CALL_GAS;
    const known = [...(request.ancestors ?? [])];
    try {
      for (const block of request.blocks) {
        const parent = blocks.at(-1) ?? { header: request.base, hash: request.baseHash };
        const simulated = new BlockSimulation(runtime, context, request, block, parent, gasLeft).run(known);
        gasLeft -= simulated.header.gasUsed;
        blocks.push(simulated);
        if (known.length > 0) known.push([block.overrides.number, simulated.hash]);
      }
      return blocks;
    } catch (error) {
      if (error instanceof Failed) return { failed: error.failure };
      if (error instanceof SolventError && error.code === "override-invalid")
        return { failed: { reason: "override", message: error.message } };
      throw error;
    }
  });
}

/** One block under way. */
class BlockSimulation {
  private readonly senderAt: number;
  private readonly messageAt: number;
  private readonly logs: LogRecorder;
  private readonly baseFee: bigint | undefined;
  private readonly gasLimit: bigint;
  private gasUsed = 0n;
  /** Where the next message is shown. */
  private shownAt: number;

  constructor(
    private readonly runtime: EngineRuntime,
    private readonly context: EngineContext,
    private readonly request: SimulateRequest,
    private readonly block: SimulatedBlockRequest,
    private readonly parent: Pick<SimulatedBlock, "header" | "hash">,
    private readonly gasLeft: bigint,
  ) {
    const { overrides } = block;
    this.senderAt = context.instance.address("REQUEST_SENDER");
    this.messageAt = context.instance.address("REQUEST_MESSAGE");
    this.shownAt = context.instance.address("REQUEST_SHOWN");
    this.logs = new LogRecorder(request.withTransfers);
    this.gasLimit = overrides.gasLimit ?? parent.header.gasLimit;
    const hasBaseFee = request.base.baseFeePerGas !== undefined;
    const byRule = request.isValidated ? nextBaseFee(parent.header, request.minimumBaseFee) : 0n;
    this.baseFee = hasBaseFee ? (overrides.baseFee ?? byRule) : undefined;
  }

  /** @param known - hashes of blocks before this one, where the state does not tell them. */
  run(known: readonly (readonly [bigint, Hex])[]): SimulatedBlock {
    const { instance, host } = this.context;
    const { overrides, stateOverrides, calls } = this.block;
    const { header: parent, hash: parentHash } = this.parent;
    host.begin(EMPTY_INBOX);
    const beaconRoot = overrides.parentBeaconBlockRoot ?? ZERO_HASH;
    writeEnvironment(instance, {
      parentHash,
      stateRoot: parent.stateRoot,
      baseFee: this.baseFee ?? 0n,
      coinbase: overrides.coinbase ?? parent.miner,
      prevRandao: overrides.prevRandao ?? ZERO_HASH,
      parentBeaconBlockRoot: beaconRoot,
      chainId: this.runtime.fallbackChainId,
      blobBaseFee: overrides.blobBaseFee ?? 1n,
      number: overrides.number,
      timestamp: overrides.timestamp,
      gasLimit: this.gasLimit,
    });
    instance.call("openEnvironment");
    noteHashes(instance, known);
    if (stateOverrides !== undefined) applyOverrides(instance, stateOverrides);
    instance.call("beginSimulation", parent.parentBeaconBlockRoot === undefined ? 0 : 1);
    const results = calls.map((call) => this.message(call));
    instance.call("sealSimulation");
    invariant(host.header !== null, "a sealed block has a header");
    const header = { ...decodeHeader(host.header), extraData: "0x" as Hex, ...this.shapeOfBase() };
    return { header, hash: blockHash(header), calls: results };
  }

  private message(call: Omit<CallRequest, "header">): SimulatedCall {
    const { instance, tracer } = this.context;
    const from = call.from ?? ZERO_ADDRESS;
    instance.bytes.set(fromHex(from), this.senderAt);
    const senderNonce = instance.callU64("nonceAt", this.senderAt);
    const nonce = call.nonce ?? senderNonce;
    const gas = this.gasOf(call);
    if (this.request.isValidated) requireNonce(from, nonce, senderNonce, gas);
    const { raw, type } = this.shown(call, nonce, gas);
    const encoded = encodeMessage(call, gas, call.accessList ?? []);
    requireShort(encoded);
    requireShort(raw);
    instance.bytes.set(encoded, this.messageAt);
    if (this.shownAt + raw.length > instance.address("ENGINE_END"))
      throw new SolventError("call-too-large", "the block's calls are too long together: send less data");
    instance.bytes.set(raw, this.shownAt);
    const code = tracer.during(this.logs, () =>
      instance.call(
        ...(["simulateMessage", this.senderAt, this.messageAt, encoded.length] as const),
        ...([this.shownAt, raw.length, type, this.request.isValidated ? 0 : 1] as const),
      ),
    );
    if (code !== REASON.valid) {
      const { message } = refused(instance, code, gas);
      throw new Failed({ reason: REASONS[code] ?? "other", message });
    }
    const { code: _, ...result } = readResult(instance);
    this.shownAt += raw.length;
    this.gasUsed += result.gasUsed;
    const maxGasUsed = result.maxGasUsed > result.gasUsed ? result.maxGasUsed : result.gasUsed;
    return { ...result, maxGasUsed, logs: this.logs.take(), from, raw };
  }

  /** What the block has left, where the call names nothing; at most what the simulation has left. */
  private gasOf({ gas }: Omit<CallRequest, "header">): bigint {
    const asked = gas ?? this.gasLimit - this.gasUsed;
    if (this.gasUsed + asked > this.gasLimit)
      throw new Failed({
        reason: "block-gas",
        message: `block gas limit reached: ${this.gasUsed} >= ${this.gasLimit}`,
      });
    const left = this.gasLeft - this.gasUsed;
    if (left <= 0n) throw new Failed({ reason: "gas-cap", message: `gas limit reached: ${MAX_CALL_GAS} in all` });
    return asked < left ? asked : left;
  }

  /** The message as a transaction with a signature of zeros: EIP-2718 bytes. */
  private shown(call: Omit<CallRequest, "header">, nonce: bigint, gas: bigint): { raw: Uint8Array; type: number } {
    const { to, value = 0n, data = new Uint8Array(0), gasPrice, accessList = [], authorizationList } = call;
    const none = new Uint8Array(0);
    const target = to === undefined || to === null ? none : fromHex(to);
    if (gasPrice !== undefined) {
      const fields = [rlpInteger(nonce), rlpInteger(gasPrice), rlpInteger(gas), target, rlpInteger(value), data];
      return { raw: encodeRlp([...fields, none, none, none]), type: LEGACY };
    }
    const chainId = this.context.instance.word(this.context.instance.call("chainIdOfBlock"));
    const fields: RlpItem[] = [
      ...[chainId, nonce, call.maxPriorityFeePerGas ?? 0n, call.maxFeePerGas ?? 0n, gas].map((field) =>
        rlpInteger(field),
      ),
      target,
      rlpInteger(value),
      data,
      accessList.map(({ address, storageKeys }) => [fromHex(address), storageKeys.map((slot) => fromHex(slot))]),
    ];
    if (authorizationList !== undefined)
      fields.push(
        authorizationList.map((entry) => [
          rlpInteger(entry.chainId),
          fromHex(entry.address),
          ...[entry.nonce, BigInt(entry.yParity), entry.r, entry.s].map((field) => rlpInteger(field)),
        ]),
      );
    const type = authorizationList === undefined ? DYNAMIC_FEE : SET_CODE;
    return { raw: Uint8Array.of(type, ...encodeRlp([...fields, none, none, none])), type };
  }

  /** A block has the fields that the block at the bottom has: an old one of L1 has fewer. */
  private shapeOfBase(): Partial<BlockHeader> {
    const { base } = this.request;
    const absent = (
      ["withdrawalsRoot", "blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot", "requestsHash"] as const
    )
      .filter((field) => base[field] === undefined)
      .map((field) => [field, undefined]);
    return { difficulty: base.difficulty, baseFeePerGas: this.baseFee, ...Object.fromEntries(absent) };
  }
}

/** As a block would. @throws Failed in geth's words. */
function requireNonce(from: Hex, nonce: bigint, senderNonce: bigint, gas: bigint): void {
  const code = nonce < senderNonce ? REASON.nonceLow : nonce > senderNonce ? REASON.nonceHigh : REASON.nonceMax;
  if (nonce === senderNonce && nonce !== MAX_NONCE) return;
  const message = nonceMessage(code, { sender: getAddress(from), nonce, senderNonce });
  throw new Failed({ reason: REASONS[code], message: `err: ${message} (supplied gas ${gas})` });
}
