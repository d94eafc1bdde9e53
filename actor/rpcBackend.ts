import type { Logger } from "pino";
import { inboxViewOf } from "../node/chain/inboxView";
import type { SolventReader } from "../node/chain/reader";
import type { NodeCore } from "./core";
import { remoteEngine } from "../node/engine/threads";
import { concatBytes, encodeHeader, encodeRlp, decodeRlp } from "../protocol";
import { AddressTable } from "../node/chain/addressTable";
import {
  AddressIndex,
  createChainTracer,
  createRpcMethods,
  Dispatcher,
  RpcServer,
  type RawReader,
  type RollupInfo,
  type RpcMethods,
} from "../node/rpc";
import type { InboxView } from "../protocol/types";
import { createStateReader } from "../node/state";

export const CLIENT_VERSION = "Solvent/v0.1.0/node";

export interface RpcConfig {
  host: string;
  port: number;
  corsOrigin: string;
  callTimeoutMs: number;
  /** Keeps an index of addresses. */
  addressIndex?: boolean;
}

/** Calls that run at the same time: one that takes long does not keep the others waiting. */
const CALL_THREADS = 2;
/** A thread takes half a second of processor time to start: not while everything else does. A call that comes earlier starts it. */
const WARM_AFTER_MS = 2_000;

/**
 * The JSON-RPC server of a node, over its chain, its nodes and threads that run calls; not yet listening.
 * @param more - methods that only this actor has.
 */
export function createRpcServer(
  core: NodeCore,
  reader: SolventReader,
  config: RpcConfig,
  info: RollupInfo,
  log: Logger,
  more: RpcMethods = {},
): RpcServer {
  const threads = core.openThreads(CALL_THREADS);
  const inbox = (): InboxView => inboxViewOf(core.view);
  // A block has an end by its gas: whoever indexes it waits for that.
  const tracer = createChainTracer(reader, remoteEngine(threads, Infinity), inbox);
  const addressIndex =
    config.addressIndex === true ? new AddressIndex(reader, new AddressTable(core.store), tracer, log) : undefined;
  if (addressIndex !== undefined) core.endsWith(() => addressIndex.close());
  setTimeout(() => {
    threads.warm();
    addressIndex?.start();
  }, WARM_AFTER_MS).unref();
  const methods = createRpcMethods({
    chain: reader,
    openState: (stateRoot) => createStateReader(core.store.nodes, stateRoot),
    engine: remoteEngine(threads, config.callTimeoutMs),
    raw: rawReader(core),
    clientVersion: CLIENT_VERSION,
    inbox,
    addressIndex,
    minimumBaseFee: () => core.system.minimumBaseFee,
    rollup: info,
  });
  return new RpcServer(
    new Dispatcher({ ...methods, ...more }, (method, error) => log.error({ method, error }, "bug in a method")),
    config,
  );
}

function rawReader({ chain: { tables } }: NodeCore): RawReader {
  return {
    header: (block) => encodeHeader(block.header),
    block(block) {
      const transactions = tables
        .rawTransactions(block.hash)
        .map((raw) => (raw[0] >= 0xc0 ? decodeRlp(Uint8Array.from(raw)) : raw));
      return encodeRlp([decodeRlp(encodeHeader(block.header)), transactions, [], []]);
    },
    receipts: (block) => block.transactionHashes.map((_, i) => concatBytes(tables.rawReceipt(block.hash, i))),
  };
}
