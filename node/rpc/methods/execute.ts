import { AbiCoder } from "ethers";
import type { ChainReader, Hex } from "../../chain/types";
import type { RpcMethods } from "../dispatch";
import { RPC_CODES, RpcError, serverError } from "../errors";
import type { CallOutcome, ExecutionOptions, Executor } from "../executor";
import { quantity } from "../format/hex";
import type { Params } from "../params";
import { parseBlockOverrides, parseCallRequest, parseStateOverrides } from "../request";

const ERROR_SELECTOR = "0x08c379a0";
const PANIC_SELECTOR = "0x4e487b71";

/** Calls that change nothing, and the way in for those that do. */
export function executeMethods(chain: ChainReader, executor: Executor): RpcMethods {
  const options = (params: Params): ExecutionOptions => ({
    stateOverrides: parseStateOverrides(params.raw(2), 2),
    blockOverrides: parseBlockOverrides(params.raw(3), 3),
  });
  return {
    eth_call: (params) => {
      const request = parseCallRequest(params.required(0), 0);
      const outcome = executor.call(params.block(1, chain), request, options(params));
      if (outcome.status !== "success") throw failure(outcome);
      return outcome.returnData;
    },
    eth_estimateGas: (params) => {
      const request = parseCallRequest(params.required(0), 0);
      const estimate = executor.estimateGas(params.block(1, chain), request, options(params));
      if ("failure" in estimate) throw failure(estimate.failure);
      return quantity(estimate.gas);
    },
    eth_createAccessList: (params) => {
      const request = parseCallRequest(params.required(0), 0);
      const outcome = executor.createAccessList(params.block(1, chain), request, options(params));
      return {
        accessList: outcome.accessList,
        gasUsed: quantity(outcome.gasUsed),
        ...(outcome.error === null ? {} : { error: outcome.error }),
      };
    },
    eth_sendRawTransaction: async (params) => chain.submit(new Uint8Array(Buffer.from(params.data(0).slice(2), "hex"))),
  };
}

function failure(outcome: CallOutcome): RpcError {
  if (outcome.status === "halt") return serverError(outcome.error ?? "execution failed");
  const reason = revertReason(outcome.returnData);
  return new RpcError(
    RPC_CODES.revert,
    `execution reverted${reason === null ? "" : `: ${reason}`}`,
    outcome.returnData,
  );
}

/** The text of `Error(string)` or the name of `Panic(uint256)`; null for anything else. */
export function revertReason(data: Hex): string | null {
  try {
    if (data.startsWith(ERROR_SELECTOR))
      return AbiCoder.defaultAbiCoder().decode(["string"], `0x${data.slice(10)}`)[0] as string;
    if (data.startsWith(PANIC_SELECTOR))
      return panicText(AbiCoder.defaultAbiCoder().decode(["uint256"], `0x${data.slice(10)}`)[0] as bigint);
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
