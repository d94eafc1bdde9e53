import { L1Rpc } from "../node/l1/rpc";
import { RpcError, type RpcMethods } from "../node/rpc";
import { isErrorCode } from "../protocol/errors";

/** What a devnet answers for its nodes: time, blocks and snapshots are those of the whole system. */
export const CONTROL_METHODS = [
  "solvent_advanceTime",
  "solvent_flush",
  "solvent_step",
  "solvent_info",
  "solvent_status",
  "solvent_logs",
  "solvent_stop",
  "solvent_start",
  "solvent_restart",
  "solvent_save",
  "solvent_addFault",
  "solvent_removeFault",
  "solvent_faults",
  "solvent_l1",
  "solvent_fund",
  "evm_setAutomine",
  "evm_setIntervalMining",
  "hardhat_getAutomine",
  "hardhat_dropTransaction",
  "anvil_setAutomine",
  "anvil_getAutomine",
  "anvil_setIntervalMining",
  "anvil_dropTransaction",
  "evm_snapshot",
  "evm_revert",
  "evm_increaseTime",
  "evm_setTime",
  "evm_setNextBlockTimestamp",
  "evm_mine",
  "hardhat_mine",
  "anvil_snapshot",
  "anvil_revert",
  "anvil_increaseTime",
  "anvil_setTime",
  "anvil_setNextBlockTimestamp",
  "anvil_mine",
] as const;

/**
 * The devnet's methods on a node's RPC. The node itself knows no more of them than where they are answered.
 * @param url - of the devnet; undefined everywhere else, where there are none.
 */
export function controlMethods(url: string | undefined): RpcMethods {
  if (url === undefined) return {};
  const devnet = new L1Rpc(url, { retries: 0, timeoutMs: 300_000 });
  const forward = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    const { result, error } = await devnet.exchange(method, [...params]).catch((cause: unknown) => {
      if (isErrorCode(cause, "l1-unavailable")) throw new RpcError(-32000, "the devnet does not answer");
      throw cause;
    });
    if (error !== undefined) throw new RpcError(error.code, error.message, error.data);
    return result;
  };
  return {
    ...Object.fromEntries(CONTROL_METHODS.map((name) => [name, (params) => forward(name, params.values)])),
    // Hardhat's helpers and others look for a development network by this name.
    web3_clientVersion: () => "HardhatNetwork/Solvent/v0.1.0/devnet",
  } satisfies RpcMethods;
}
