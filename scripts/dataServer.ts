import { createCommand, port, runCommand } from "../actor/command";
import { DataServer } from "../node/data/altda/server";
import { untilStopped } from "./support/untilStopped";

/** `solvent data-server DIR`: keeps batches that are off L1, for whoever follows such a rollup, until Ctrl-C. */
async function main(): Promise<void> {
  const command = createCommand(
    "data-server",
    "Keeps batches that are off L1 (data mode altda) in a folder and serves them, until Ctrl-C. Nodes name it in `dataUrl`.",
  )
    .argument("<dir>", "where the batches are kept, a file each; made where it is not")
    .option("--port <port>", "where it is served; 0 for any free one", port, 9548)
    .option("--host <host>", "whom it listens to; whoever reaches it may add batches", "127.0.0.1")
    .parse();
  const options = command.opts<{ port: number; host: string }>();
  const stopped = untilStopped();
  const server = await DataServer.start(command.args[0], options.port, options.host);
  console.log(`batches are kept in ${command.args[0]} and served at ${server.url}`);
  await stopped;
  await server.stop();
}

void runCommand("data-server", main).then(() => process.exit());
