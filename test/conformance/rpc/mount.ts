import { openEngine, type Engine } from "../../../node/engine";
import { createRpcMethods, Dispatcher, RpcServer } from "../../../node/rpc";
import { createStateReader } from "../../../node/state";
import { CLIENT_VERSION } from "../../../actor/rpcBackend";
import { ReplayedChainReader } from "./chain";
import { replayChain } from "./replay";

/** Gas of the largest block of L2. */
const MAX_BLOCK_GAS = 30_000_000n;

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
    engine: openTracingEngine(reader),
    raw: reader,
    clientVersion: CLIENT_VERSION,
    minimumBaseFee: () => 0n,
  });
  const dispatcher = new Dispatcher(methods, (method, error) => console.error(`bug in ${method}:`, error));
  const server = new RpcServer(dispatcher, { port: 0 });
  await server.start();
  return server;
}

/**
 * The engine over the replayed chain. Its memory is made for blocks of L2; the suite has one of three times that gas, whose
 * transactions are therefore traced each on its own, on the state that the receipt before it names.
 */
function openTracingEngine(reader: ReplayedChainReader): Engine {
  const engine = openEngine({ nodes: reader.nodes, chainId: reader.chainId });
  const traceTransaction: Engine["traceTransaction"] = (block, index, options) => {
    const stateRoot = reader.stateBefore(block.header.number, index);
    if (block.header.gasUsed <= MAX_BLOCK_GAS || stateRoot === undefined)
      return engine.traceTransaction(block, index, options);
    const transactions = [block.transactions[index]];
    return engine.traceTransaction({ ...block, parent: { ...block.parent, stateRoot }, transactions }, 0, options);
  };
  const traceBlock: Engine["traceBlock"] = (block, options) =>
    block.header.gasUsed <= MAX_BLOCK_GAS
      ? engine.traceBlock(block, options)
      : block.transactions.map((_, i) => traceTransaction(block, i, options));
  return Object.assign(Object.create(engine) as Engine, { traceTransaction, traceBlock });
}
