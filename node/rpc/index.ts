import type { ChainReader } from "../chain/types";
import type { CallEngine } from "../engine/threads";
import type { InboxView } from "../../protocol/types";
import type { RpcMethods } from "./dispatch";
import type { AddressIndex } from "./addressIndex";
import { createChainTracer } from "./chainTracer";
import { chainMethods } from "./methods/chain";
import { configMethods } from "./methods/config";
import { debugMethods, type RawReader } from "./methods/debug";
import { executeMethods } from "./methods/execute";
import { feeMethods } from "./methods/fees";
import { logMethods } from "./methods/logs";
import { poolMethods } from "./methods/pool";
import { optimismMethods } from "./methods/optimism";
import { otterscanMethods } from "./methods/otterscan";
import { rollupMethods, type RollupInfo } from "./methods/rollup";
import { sendMethods } from "./methods/send";
import { simulateMethods } from "./methods/simulate";
import { stateMethods, type OpenState } from "./methods/state";
import { traceMethods } from "./methods/trace";
import { web3Methods } from "./methods/web3";

export interface RpcBackend {
  chain: ChainReader;
  openState: OpenState;
  engine: CallEngine;
  raw: RawReader;
  clientVersion: string;
  /** L1's inbox as the node sees it: where the deposits of a traced block come from. */
  inbox?(): InboxView;
  /** Which addresses occur where, if the node keeps that. */
  addressIndex?: AddressIndex;
  /** The configured minimum base fee in wei. */
  minimumBaseFee(): bigint;
  rollup?: RollupInfo;
}

/** Every method that a node serves, over one backend. */
export function createRpcMethods(backend: RpcBackend): RpcMethods {
  const { chain, engine, raw } = backend;
  return {
    ...web3Methods(chain, backend.clientVersion),
    ...chainMethods(chain),
    ...stateMethods(chain, backend.openState),
    ...executeMethods(chain, engine, () => backend.minimumBaseFee()),
    ...sendMethods(chain, backend.openState, engine, () => backend.minimumBaseFee()),
    ...simulateMethods(chain, backend.openState, engine, () => backend.minimumBaseFee()),
    ...feeMethods(chain, () => backend.minimumBaseFee()),
    ...logMethods(chain),
    ...poolMethods(chain),
    ...debugMethods(
      chain,
      engine,
      raw,
      () => backend.inbox?.(),
      () => backend.minimumBaseFee(),
    ),
    ...traceMethods(chain, engine, () => backend.inbox?.()),
    ...otterscanMethods(
      chain,
      backend.openState,
      createChainTracer(chain, engine, () => backend.inbox?.()),
      backend.addressIndex,
    ),
    ...(backend.rollup === undefined ? {} : rollupMethods(chain, backend.rollup)),
    ...(backend.rollup === undefined
      ? {}
      : {
          ...configMethods(chain),
          ...optimismMethods(chain, backend.openState, backend.rollup, backend.clientVersion),
        }),
  };
}

export { AddressIndex } from "./addressIndex";
export { createChainTracer } from "./chainTracer";
export { Dispatcher, type RpcMethods } from "./dispatch";
export { RpcServer } from "./server";
export { RpcError } from "./errors";
export type { RollupInfo } from "./methods/rollup";
export type { RawReader } from "./methods/debug";
