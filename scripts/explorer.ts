import { ExplorerServer } from "../devnet/explorerServer";
import { EXPLORER_PORT } from "../devnet/options";
import { createCommand, port, runCommand } from "../actor/command";
import { ensureBuilt } from "./support/ensureBuilt";
import { untilStopped } from "./support/untilStopped";

/** `solvent explorer --rpc URL`: the page over any node, until Ctrl-C. */
async function main(): Promise<void> {
  const { rpc, l1, ...flags } = createCommand(
    "explorer",
    "Serves the page over a node that runs already, until Ctrl-C.",
  )
    .requiredOption("--rpc <url>", "JSON-RPC of a verifier or sequencer; WebSocket on the same port")
    .option("--l1 <url>", "JSON-RPC of its L1: disputes, bytes of batches and messages are read there")
    .option("--port <port>", "where the page is", port, EXPLORER_PORT)
    .parse()
    .opts<{ rpc: string; l1?: string; port: number }>();
  const stopped = untilStopped();
  await ensureBuilt((text) => console.log(text));
  const server = new ExplorerServer({ rpc, l1: l1 ?? null, sequencer: null, accounts: [], roles: {} });
  console.log(`the page is at ${await server.start(flags.port)}`);
  await stopped;
  await server.stop();
}

void runCommand("explorer", main).then(() => process.exit());
