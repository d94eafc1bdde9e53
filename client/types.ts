import type { Provider, Signer } from "ethers";
import type { Hex } from "../protocol/types";

/** Where a rollup stands on L1: `rollup_config` of any node has them, and the file that deploying wrote. */
export interface RollupAddresses {
  inbox: Hex;
  portal: Hex;
  tokenBridge: Hex;
  queue: Hex;
  /** Absent where the deployment has no contract for claims about sums. */
  sumRoots?: Hex;
}

/** A signer whose provider is on the layer that it is used for. */
export type LayerSigner = Signer & { provider: Provider };

/** JSON-RPC of a layer: an ethers provider (`JsonRpcProvider`, `WebSocketProvider`, `BrowserProvider`). */
export interface LayerProvider extends Provider {
  send(method: string, params: unknown[]): Promise<unknown>;
}
