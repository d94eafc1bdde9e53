import type { Hex } from "../protocol/types";
import type { GenesisJson } from "../node/state";

/** What a node has to know of the rollup that it runs: addresses on L1, where to start, the rules' parameters, block 0. */
export interface RollupSystem {
  chainId: bigint;
  l1ChainId: bigint;
  inbox: Hex;
  portal: Hex;
  tokenBridge: Hex;
  queue: Hex;
  /** Where claims about what all accounts own together are; absent where the deployment has none. */
  sumRoots?: Hex;
  /** L1 block before which nothing of this rollup happened. */
  startBlock: number;
  genesis: GenesisJson;
  genesisOutputRoot: Hex;
  blockGasLimit: bigint;
  minimumBaseFee: bigint;
  /** Seconds; 0 is no bound. */
  maxDelay: number;
  maxAhead: number;
  /** Seconds after which a delayed message waits for no batch: none that leaves it out is taken. Null where it may only be forced in. */
  overdueAfter: number | null;
  /** Seconds that the bridge's brake may hold a payment back at most; 0 without one. */
  longestHold: number;
}
