import type { ChainReader } from "../../chain/types";
import type { Hex } from "../../../protocol/types";
import type { RpcMethods } from "../dispatch";
import { RPC_CODES, RpcError } from "../errors";

/** Gas in units, times in seconds. */
export interface SystemParameters {
  l1ChainId: bigint;
  inbox: Hex;
  portal: Hex;
  startBlock: number;
  blockGasLimit: bigint;
  maxAhead: number;
}

/** What only a rollup has. */
export interface RollupInfo {
  /** Chain configuration and L1 addresses, as JSON values. */
  config(): unknown;
  /** Those of them that other methods show in their own form. */
  system(): SystemParameters;
  /** Assertions on L1 as this node sees them, newest first. */
  assertions(limit: number): Promise<unknown[]>;
}

/** The rollup_ namespace. */
export function rollupMethods(chain: ChainReader, info: RollupInfo): RpcMethods {
  const rollup = chain.rollup;
  if (rollup === undefined) return {};
  return {
    rollup_syncStatus: () => rollup.syncStatus(),
    rollup_getBatch: (params) => rollup.batch(params.number(0)) ?? null,
    rollup_config: () => info.config(),
    rollup_getAssertions: async (params) => {
      const limit = params.raw(0) === undefined ? 20 : params.number(0);
      if (limit > 1000) throw new RpcError(RPC_CODES.clientLimitExceeded, "at most 1000 assertions at once");
      return info.assertions(limit);
    },
  };
}
