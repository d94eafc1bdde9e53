import { ZERO_ADDRESS } from "../../../protocol";
import { PREDEPLOYS } from "../../../protocol/predeploys";
import type { L1Block } from "../../../protocol/types";
import type { ChainBlock, ChainReader, RollupReader } from "../../chain/types";
import type { RpcMethods } from "../dispatch";
import { serverError } from "../errors";
import type { RollupInfo } from "./rollup";
import type { OpenState } from "./state";

const ZERO_HASH = `0x${"00".repeat(32)}`;
/** Least seconds between two blocks. */
const BLOCK_SECONDS = 1;

/**
 * What clients of the OP Stack ask of its node (op-node), in its forms: names with underscores, numbers as JSON numbers. A block's L1
 * origin is the L1 block that holds its batch, and zero while none does.
 * Source: specs.optimism.io/protocol/rollup-node.html#l2-output-rpc-method.
 */
export function optimismMethods(
  chain: ChainReader,
  openState: OpenState,
  info: RollupInfo,
  clientVersion: string,
): RpcMethods {
  const rollup = chain.rollup;
  if (rollup === undefined) return {};
  const sync = (): Record<string, unknown> => syncStatus(chain, rollup);
  return {
    optimism_version: () => clientVersion,
    optimism_syncStatus: sync,
    optimism_rollupConfig: () => rollupConfig(chain, rollup, info),
    optimism_outputAtBlock: (params) => {
      const block = chain.blockByNumber(params.number(0));
      if (block?.outputRoot === undefined) throw serverError("block not found");
      return {
        version: ZERO_HASH,
        outputRoot: block.outputRoot,
        blockRef: l2Ref(rollup, block),
        withdrawalStorageRoot: openState(block.header.stateRoot).proof(PREDEPLOYS.messagePasser, []).storageRoot,
        stateRoot: block.header.stateRoot,
        syncStatus: sync(),
      };
    },
  };
}

function syncStatus(chain: ChainReader, rollup: RollupReader): Record<string, unknown> {
  const { head, finalized } = rollup.l1();
  const [unsafe, safe, final] = (["latest", "safe", "finalized"] as const).map((tag) => l2Ref(rollup, chain.head(tag)));
  return {
    current_l1: l1Ref(head),
    current_l1_finalized: l1Ref(finalized),
    head_l1: l1Ref(head),
    // A node of this rollup does not ask for L1's safe block: zero, as an op-node that does not know it.
    safe_l1: l1Ref(null),
    finalized_l1: l1Ref(finalized),
    unsafe_l2: unsafe,
    safe_l2: safe,
    finalized_l2: final,
    pending_safe_l2: safe,
    cross_unsafe_l2: unsafe,
    local_safe_l2: safe,
  };
}

/** What of an op-node's configuration has a meaning here: no forks by time, no system configuration on L1. */
function rollupConfig(chain: ChainReader, rollup: RollupReader, info: RollupInfo): Record<string, unknown> {
  const genesis = chain.head("earliest");
  const { l1ChainId, inbox, portal, startBlock, blockGasLimit, maxAhead } = info.system();
  return {
    genesis: {
      l1: { hash: rollup.l1().at(startBlock)?.hash ?? ZERO_HASH, number: startBlock },
      l2: { hash: genesis.hash, number: 0 },
      l2_time: genesis.header.timestamp,
      system_config: {
        batcherAddr: ZERO_ADDRESS,
        overhead: ZERO_HASH,
        scalar: ZERO_HASH,
        gasLimit: Number(blockGasLimit),
      },
    },
    block_time: BLOCK_SECONDS,
    max_sequencer_drift: maxAhead,
    l1_chain_id: Number(l1ChainId),
    l2_chain_id: Number(chain.chainId),
    batch_inbox_address: inbox,
    deposit_contract_address: portal,
    l1_system_config_address: ZERO_ADDRESS,
  };
}

function l1Ref(block: L1Block | null): Record<string, unknown> {
  if (block === null) return { hash: ZERO_HASH, number: 0, parentHash: ZERO_HASH, timestamp: 0 };
  return { hash: block.hash, number: block.number, parentHash: block.parentHash, timestamp: block.time };
}

/** `sequenceNumber`: blocks of the same batch before it. */
function l2Ref(rollup: RollupReader, block: ChainBlock): Record<string, unknown> {
  const origin = rollup.origin(block);
  const { hash, header } = block;
  return {
    ...{ hash, number: header.number, parentHash: header.parentHash, timestamp: header.timestamp },
    l1origin: origin?.l1 ?? { hash: ZERO_HASH, number: 0 },
    sequenceNumber: origin === null ? 0 : header.number - origin.firstBlock,
  };
}
