import { accessSync, constants, existsSync, statfsSync } from "node:fs";
import { freemem } from "node:os";
import { join } from "node:path";
import { createCommand, runCommand } from "../actor/command";
import { DEFAULT_OPTIONS } from "../devnet/devnet";
import { EXPLORER_PORT } from "../devnet/options";
import { anvilBinary } from "../devnet/l1/anvil";
import { requireFreePort } from "../devnet/processes";
import { L1Rpc } from "../node/l1/rpc";
import { missingProducts } from "./support/ensureBuilt";

const ROOT = join(__dirname, "..");
const LEAST_NODE = 20;
const LEAST_DISK_BYTES = 1 << 30;
const LEAST_MEMORY_BYTES = 700 << 20;

/** One thing that a devnet needs: well, or what is wrong and how it is mended. */
interface Finding {
  what: string;
  problem: string | null;
}

/** `solvent doctor [--l1 URL]`: looks at what a devnet needs before it is started. Status 1 where something is missing. */
async function main(): Promise<void> {
  const { l1 } = createCommand("solvent doctor", "Looks at what a devnet needs, and says how to mend what is missing.")
    .option("--l1 <url>", "an L1 that a devnet is to be put on")
    .parse()
    .opts<{ l1?: string }>();
  const findings = [node(), built(), disk(), memory(), anvil(), ...(await ports())];
  if (l1 !== undefined) findings.push(await reachable(l1));
  for (const { what, problem } of findings)
    console.log(problem === null ? `ok    ${what}` : `WRONG ${what}: ${problem}`);
  if (findings.some(({ problem }) => problem !== null)) process.exitCode = 1;
}

function node(): Finding {
  const { version } = process;
  const isOld = Number(version.slice(1).split(".")[0]) < LEAST_NODE;
  return { what: `Node ${version}`, problem: isOld ? `at least ${LEAST_NODE} is needed: nodejs.org has it` : null };
}

function built(): Finding {
  const missing = missingProducts();
  return { what: "build", problem: missing.length === 0 ? null : `${missing.join(", ")} not built: npm run build` };
}

function disk(): Finding {
  const { bavail, bsize } = statfsSync(ROOT);
  const isFull = bavail * bsize < LEAST_DISK_BYTES;
  let problem = isFull ? "less than 1 GiB is free: free some, or take another --datadir" : null;
  try {
    accessSync(process.cwd(), constants.W_OK);
  } catch {
    problem ??= "the working directory cannot be written: take a --datadir that can";
  }
  return { what: `disk, ${Math.floor((bavail * bsize) / 2 ** 30)} GiB free`, problem };
}

function memory(): Finding {
  const isShort = freemem() < LEAST_MEMORY_BYTES;
  const problem = isShort ? "a devnet takes about 700 MiB: end something, or leave actors out by --without" : null;
  return { what: `memory, ${Math.floor(freemem() / 2 ** 20)} MiB free`, problem };
}

/** Only --l1 anvil needs it. */
function anvil(): Finding {
  try {
    return { what: "anvil", problem: existsSync(anvilBinary()) ? null : "its binary is missing: npm ci" };
  } catch (error) {
    return { what: "anvil", problem: `${(error as Error).message} (only --l1 anvil needs it)` };
  }
}

async function ports(): Promise<Finding[]> {
  const { l1Port, sequencerPort, verifierPort } = DEFAULT_OPTIONS;
  const all = [
    [l1Port, "--l1-port"],
    [sequencerPort, "--port"],
    [verifierPort, "--verifier-port"],
    [EXPLORER_PORT, "--explorer-port"],
  ] as const;
  return Promise.all(
    all.map(async ([port, flag]) => {
      const problem = await requireFreePort(port, flag).then(
        () => null,
        (error: Error) => error.message,
      );
      return { what: `port ${port}`, problem };
    }),
  );
}

async function reachable(url: string): Promise<Finding> {
  const rpc = new L1Rpc(url, { retries: 0, timeoutMs: 5_000 });
  try {
    const chainId = Number(await rpc.send<string>("eth_chainId", []));
    return { what: `L1 at ${url}, chain id ${chainId}`, problem: null };
  } catch (error) {
    return { what: `L1 at ${url}`, problem: `${(error as Error).message}: is the node up, and the URL right?` };
  } finally {
    await rpc.close();
  }
}

void runCommand("doctor", main).then(() => process.exit());
