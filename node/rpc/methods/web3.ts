import { keccak256 } from "ethers";
import { quantity } from "../../../protocol/quantity";
import type { ChainReader } from "../../chain/types";
import type { RpcMethods } from "../dispatch";

/** Who the node is. */
export function web3Methods(chain: ChainReader, clientVersion: string): RpcMethods {
  return {
    web3_clientVersion: () => clientVersion,
    web3_sha3: (params) => keccak256(params.data(0)),
    net_version: () => chain.chainId.toString(),
    net_listening: () => true,
    net_peerCount: () => "0x0",
    eth_chainId: () => quantity(chain.chainId),
    eth_accounts: () => [],
    eth_coinbase: () => chain.head("latest").header.miner,
    eth_mining: () => false,
    eth_hashrate: () => "0x0",
    eth_protocolVersion: () => "0x44",
    eth_capabilities: () => capabilities(chain),
    eth_syncing: () => {
      const progress = chain.syncing();
      if (progress === null) return false;
      return syncStatus(progress);
    },
  };
}

/** How far a node that catches up has come. */
export function syncStatus(progress: NonNullable<ReturnType<ChainReader["syncing"]>>): Record<string, unknown> {
  return {
    startingBlock: quantity(progress.startingBlock),
    currentBlock: quantity(progress.currentBlock),
    highestBlock: quantity(progress.highestBlock),
  };
}

/** Every block, state and proof since genesis is kept. */
function capabilities(chain: ChainReader): Record<string, unknown> {
  const { hash, header } = chain.head("latest");
  const kept = { disabled: false, oldestBlock: "0x0" };
  const resources = ["state", "tx", "logs", "receipts", "blocks", "stateproofs"].map((name) => [name, kept]);
  return { head: { number: quantity(header.number), hash }, ...Object.fromEntries(resources) };
}
