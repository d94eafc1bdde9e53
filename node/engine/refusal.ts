import { getAddress } from "ethers";
import { toHex } from "../../protocol";
import type { Instance } from "./instance";
import type { Excluded } from "./types";

/** Why a transaction is no part of a block. Twin of stf/block/invalid.ts. */
export const REASON = {
  valid: 0,
  encoding: 1,
  type: 2,
  signature: 3,
  chainId: 4,
  blockGas: 5,
  gasCap: 6,
  intrinsicGas: 7,
  floorGas: 8,
  initcodeSize: 9,
  tipAboveFee: 10,
  feeBelowBase: 11,
  nonceMax: 12,
  nonceLow: 13,
  nonceHigh: 14,
  sender: 15,
  funds: 16,
  emptyAuthorizations: 17,
  authorizationCreation: 18,
  blockBytes: 19,
} as const;

/** What a later block may take: gas and bytes that did not fit, a fee below this base fee, a nonce that has yet to come. */
const RETRY: readonly number[] = [REASON.blockGas, REASON.blockBytes, REASON.feeBelowBase, REASON.nonceHigh];
const MAX_GAS = 1 << 24;
const MAX_INITCODE_BYTES = 49_152;

/** Fields of a refused transaction and what they were compared with. Twin of stf/engine/refusal.ts. */
export interface Refusal {
  sender: string;
  balance: bigint;
  maxFee: bigint;
  maxTip: bigint;
  value: bigint;
  baseFee: bigint;
  chainId: bigint;
  ownChainId: bigint;
  nonce: bigint;
  senderNonce: bigint;
  gasLimit: bigint;
  blockGasLeft: bigint;
  intrinsicGas: bigint;
  floorGas: bigint;
  dataLength: bigint;
  codeLength: bigint;
  type: number;
}

/** Reads the operands of the refusal that just happened. */
export function readRefusal(instance: Instance): Refusal {
  const at = instance.call("refusal");
  const word = (offset: number) => instance.word(at + offset);
  const u64 = (offset: number) => instance.u64(at + offset);
  return {
    sender: getAddress(toHex(instance.bytes.subarray(at, at + 20))),
    balance: word(32),
    maxFee: word(64),
    maxTip: word(96),
    value: word(128),
    baseFee: word(160),
    chainId: word(192),
    ownChainId: word(224),
    nonce: u64(256),
    senderNonce: u64(264),
    gasLimit: u64(272),
    blockGasLeft: u64(280),
    intrinsicGas: u64(288),
    floorGas: u64(296),
    dataLength: u64(304),
    codeLength: u64(312),
    type: Number(u64(320)),
  };
}

/** A candidate left out, in geth's words. `refusal` is null where nothing was compared. */
export function createExcluded(index: number, code: number, refusal: Refusal | null): Excluded {
  return { index, code, message: refusalMessage(code, refusal), retry: RETRY.includes(code) };
}

/** The reason as geth words it. */
export function refusalMessage(code: number, refusal: Refusal | null): string {
  if (code === REASON.blockBytes) return "block size limit reached";
  if (refusal === null) return "invalid transaction";
  const { sender, gasLimit, maxFee, maxTip, value, dataLength } = refusal;
  switch (code) {
    case REASON.encoding:
      return "rlp: transaction is malformed or not canonical";
    case REASON.type:
      return "transaction type not supported";
    case REASON.signature:
      return "invalid transaction v, r, s values";
    case REASON.chainId:
      return `invalid chain id for signer: have ${refusal.chainId} want ${refusal.ownChainId}`;
    case REASON.blockGas:
      return "gas limit reached";
    case REASON.gasCap:
      return `transaction gas limit too high (cap: ${MAX_GAS}, tx: ${gasLimit})`;
    case REASON.intrinsicGas:
      return `intrinsic gas too low: have ${gasLimit}, want ${refusal.intrinsicGas}`;
    case REASON.floorGas:
      return `insufficient gas for floor data gas cost: have ${gasLimit}, want ${refusal.floorGas}`;
    case REASON.initcodeSize:
      return `max initcode size exceeded: code size ${dataLength} limit ${MAX_INITCODE_BYTES}`;
    case REASON.tipAboveFee:
      return `max priority fee per gas higher than max fee per gas: address ${sender}, maxPriorityFeePerGas: ${maxTip}, maxFeePerGas: ${maxFee}`;
    case REASON.feeBelowBase:
      return `max fee per gas less than block base fee: address ${sender}, maxFeePerGas: ${maxFee}, baseFee: ${refusal.baseFee}`;
    case REASON.nonceMax:
    case REASON.nonceLow:
    case REASON.nonceHigh:
      return nonceMessage(code, refusal);
    case REASON.sender:
      return `sender not an eoa: address ${sender}, len(code): ${refusal.codeLength}`;
    case REASON.funds:
      return `insufficient funds for gas * price + value: address ${sender} have ${refusal.balance} want ${gasLimit * maxFee + value}`;
    case REASON.emptyAuthorizations:
      return `EIP-7702 transaction with empty auth list (sender ${sender})`;
    case REASON.authorizationCreation:
      return `EIP-7702 transaction cannot be used to create contract (sender ${sender})`;
    default:
      return `invalid transaction (reason ${code})`;
  }
}

/** A refused nonce in geth's words. */
export function nonceMessage(
  code: number,
  { sender, nonce, senderNonce }: Pick<Refusal, "sender" | "nonce" | "senderNonce">,
): string {
  if (code === REASON.nonceMax) return `nonce has max value: address ${sender}, nonce: ${nonce}`;
  const how = code === REASON.nonceLow ? "low" : "high";
  return `nonce too ${how}: address ${sender}, tx: ${nonce} state: ${senderNonce}`;
}
