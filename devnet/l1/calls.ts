import { RPC_CODES, RpcError } from "../../node/rpc/errors";

/** Methods whose first parameter is a transaction. */
const WITH_TRANSACTION = new Set([
  "eth_call",
  "eth_estimateGas",
  "eth_sendTransaction",
  "eth_signTransaction",
  "eth_createAccessList",
  "debug_traceCall",
]);

interface CallData {
  data?: unknown;
  input?: unknown;
}

/**
 * Parameters as Hardhat's node takes them. Clients (cast among them) give a transaction's bytes as `input` and as `data`, which any node
 * takes where both are equal; Hardhat's takes one of them.
 * @throws an error with code -32602, in geth's words, where they differ.
 */
export function normalise(method: string, params: unknown[]): unknown[] {
  if (!WITH_TRANSACTION.has(method)) return params;
  const [call, ...rest] = params as [CallData | null | undefined, ...unknown[]];
  if (typeof call !== "object" || call === null || call.input === undefined || call.data === undefined) return params;
  const { data, ...others } = call;
  if (call.input === null) return [{ ...others, input: data }, ...rest];
  if (data !== null && String(data).toLowerCase() !== String(call.input).toLowerCase())
    throw invalid('both "data" and "input" are set and not equal. Please use "input" to pass transaction call data');
  return [others, ...rest];
}

/** Parameters that make no sense. */
export function invalid(message: string): RpcError {
  return new RpcError(RPC_CODES.invalidParams, message);
}

/** Names that anvil gives to the same. */
export const ANVIL_NAMES: Readonly<Record<string, string>> = {
  anvil_increaseTime: "evm_increaseTime",
  anvil_setNextBlockTimestamp: "evm_setNextBlockTimestamp",
  anvil_setTime: "evm_setTime",
  anvil_mine: "hardhat_mine",
  anvil_snapshot: "evm_snapshot",
  anvil_revert: "evm_revert",
  anvil_setAutomine: "evm_setAutomine",
  anvil_getAutomine: "hardhat_getAutomine",
  anvil_setIntervalMining: "evm_setIntervalMining",
  anvil_setBalance: "hardhat_setBalance",
  anvil_setCode: "hardhat_setCode",
  anvil_setNonce: "hardhat_setNonce",
  anvil_setStorageAt: "hardhat_setStorageAt",
  anvil_setCoinbase: "hardhat_setCoinbase",
  anvil_setNextBlockBaseFeePerGas: "hardhat_setNextBlockBaseFeePerGas",
  anvil_impersonateAccount: "hardhat_impersonateAccount",
  anvil_stopImpersonatingAccount: "hardhat_stopImpersonatingAccount",
  anvil_dropTransaction: "hardhat_dropTransaction",
};
