import { openEngine } from "../../../node/engine";
import { createRpcMethods, Dispatcher, RpcServer } from "../../../node/rpc";
import { createStateReader } from "../../../node/state";
import { CLIENT_VERSION } from "../../../node/rpcBackend";
import { ReplayedChainReader } from "./chain";
import { replayChain } from "./replay";

/**
 * Replays the suite's chain and serves our handlers over it, as a node would.
 * @param folder - holds genesis.json and chain.rlp.
 */
export async function mountReplayedChain(folder: string): Promise<RpcServer> {
  const replayed = await replayChain(folder);
  const reader = new ReplayedChainReader(replayed);
  const methods = createRpcMethods({
    chain: reader,
    openState: (stateRoot) => createStateReader(reader.nodes, stateRoot),
    engine: openEngine({ nodes: reader.nodes, chainId: reader.chainId }),
    raw: reader,
    clientVersion: CLIENT_VERSION,
    minimumBaseFee: () => 0n,
  });
  const dispatcher = new Dispatcher(methods, (method, error) => console.error(`bug in ${method}:`, error));
  const server = new RpcServer(dispatcher, { port: 0 });
  await server.start();
  return server;
}
