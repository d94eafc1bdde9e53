import { AbiCoder } from "ethers";
import { quantity } from "../../../protocol/quantity";
import type { ChainReader } from "../../chain/types";
import type { Hex } from "../../../protocol/types";
import type { CallEngine } from "../../engine/threads";
import type { CallRequest, CallResult } from "../../engine/types";
import type { RpcMethods } from "../dispatch";
import { RPC_CODES, RpcError, serverError } from "../errors";
import { bytesToHex } from "../format/hex";
import type { Params } from "../params";
import { parseBlockOverrides, parseCallAt, parseStateOverrides } from "../request";

/** geth's: an estimate is at most so much of itself above the least gas. */
export const ESTIMATE_TOLERANCE = 0.015;
const ERROR_SELECTOR = "0x08c379a0";
const PANIC_SELECTOR = "0x4e487b71";

/**
 * Calls that change nothing.
 * @param minimumBaseFee - of the chain's configuration, in wei.
 */
export function executeMethods(chain: ChainReader, engine: CallEngine, minimumBaseFee: () => bigint): RpcMethods {
  const requestOf = (params: Params, defaultBlock: "latest" | "pending"): CallRequest => ({
    ...parseCallAt(chain, minimumBaseFee(), params, defaultBlock),
    stateOverrides: parseStateOverrides(params.raw(2), 2),
    blockOverrides: parseBlockOverrides(params.raw(3), 3),
  });
  return {
    eth_call: async (params) => {
      const result = await engine.call(requestOf(params, "latest"));
      if (result.status !== "success") throw failure(result);
      return bytesToHex(result.returnData);
    },
    // What is estimated is to be sent, so by default it runs where it will land: contracts that wait for the clock to move would
    // refuse it in the block that is already there.
    eth_estimateGas: async (params) => {
      const estimate = await engine.estimateGas(requestOf(params, "pending"), ESTIMATE_TOLERANCE);
      if ("failed" in estimate) throw failure(estimate.failed);
      return quantity(estimate.gas);
    },
    eth_createAccessList: async (params) => {
      const { accessList, result } = await engine.createAccessList(requestOf(params, "pending"));
      if (result.status === "refused") throw failure(result);
      const error = result.status === "success" ? {} : { error: result.message };
      return { accessList, gasUsed: quantity(result.gasUsed), ...error };
    },
  };
}

/** What the caller of a call that did not succeed is told. */
export function failure(result: CallResult): RpcError {
  if (result.status !== "revert") return serverError(result.message || "execution failed");
  const data = bytesToHex(result.returnData);
  return new RpcError(RPC_CODES.revert, revertText(data), data);
}

/** geth's words for a revert with this data. */
export function revertText(data: Hex): string {
  const reason = revertReason(data);
  return `execution reverted${reason === null ? "" : `: ${reason}`}`;
}

/** The text of `Error(string)` or the name of `Panic(uint256)`; null for anything else. */
export function revertReason(data: Hex): string | null {
  const body = `0x${data.slice(10)}`;
  try {
    if (data.startsWith(ERROR_SELECTOR)) return AbiCoder.defaultAbiCoder().decode(["string"], body)[0] as string;
    if (data.startsWith(PANIC_SELECTOR))
      return panicText(AbiCoder.defaultAbiCoder().decode(["uint256"], body)[0] as bigint);
  } catch {
    // Not what its selector says: shown as plain data.
  }
  return null;
}

function panicText(code: bigint): string {
  const texts: Record<string, string> = {
    "0": "generic panic",
    "1": "assert(false)",
    "17": "arithmetic underflow or overflow",
    "18": "division or modulo by zero",
    "33": "enum overflow",
    "34": "invalid encoded storage byte array accessed",
    "49": "out-of-bounds array access; popping on an empty array",
    "50": "out-of-bounds access of an array or bytesN",
    "65": "out of memory",
    "81": "uninitialized function",
  };
  return texts[code.toString()] ?? `unknown panic code: 0x${code.toString(16)}`;
}
