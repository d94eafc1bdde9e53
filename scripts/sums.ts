import { setTimeout as sleep } from "node:timers/promises";
import { Argument } from "commander";
import { Contract, ContractFactory, isAddress, isHexString, type JsonRpcProvider, parseEther, Wallet } from "ethers";
import { QuietProvider } from "../actor/provider";
import { createCommand, runCommand, wholeNumber } from "../actor/command";
import { SUM_ROOTS_ABI } from "../client/abi";
import { guardSums, postSum, type LayerSigner, type RollupAddresses, type ToldAssertion } from "../client";
import { readArtifact } from "../deployment";
import { SolventError } from "../protocol/errors";

/** Ether: half a bond pays a refutation many times over, a price what showing a record costs at 100 gwei. */
const [BOND, PRICE] = ["1", "0.01"];
const [WINDOW_SECONDS, ANSWER_SECONDS] = [3 * 86_400, 86_400];
const LONGEST_PAUSE_SECONDS = 600;
const RETRY_SECONDS = 10;

interface Flags {
  l1: string;
  verifier: string;
  key?: string;
  roots?: string;
  from: number;
  once?: boolean;
}

interface Parties {
  onL1: LayerSigner;
  verifier: JsonRpcProvider;
}

/** What each act does, and whether it is over. */
const ACTS: Readonly<Record<string, (parties: Parties, flags: Flags) => Promise<void>>> = {
  async deploy({ onL1, verifier }) {
    const { portal } = (await verifier.send("rollup_config", [])) as RollupAddresses;
    const { abi, bytecode } = readArtifact("solvency/SumRoots");
    const args = [portal, parseEther(BOND), parseEther(PRICE), WINDOW_SECONDS, ANSWER_SECONDS];
    const contract = await new ContractFactory(abi as never, bytecode, onL1).deploy(...args);
    await contract.waitForDeployment();
    console.log(contract.target);
  },
  async post({ onL1, verifier }, flags) {
    const [newest] = (await verifier.send("rollup_getAssertions", [1])) as ToldAssertion[];
    if (newest === undefined) throw new SolventError("not-covered", "nothing was asserted yet", { retry: true });
    const index = await postSum(onL1, verifier, await rootsOf(verifier, flags), newest);
    console.log(`claim ${index}: the accounts of L2 block ${newest.l2BlockNumber}`);
  },
  async guard({ onL1, verifier }, flags) {
    for (;;) {
      try {
        const failed = await guardOnce(onL1, verifier, flags);
        if (flags.once === true) return void (process.exitCode = failed > 0 ? 1 : 0);
        const roots = await rootsOf(verifier, flags);
        await sleep(1_000 * (failed > 0 ? RETRY_SECONDS : await pauseOf(roots, onL1)));
      } catch (error) {
        // L1 or the verifier is away: whoever guards waits for it.
        if (flags.once === true) throw error;
        console.error(`guards nothing now: ${error instanceof Error ? error.message : String(error)}`);
        await sleep(1_000 * RETRY_SECONDS);
      }
    }
  },
};

/** `npm run solvent -- sums deploy|post|guard`: what all accounts own together, told on L1 and guarded. */
function main(): Promise<void> {
  return runCommand("solvent sums", async () => {
    const command = createCommand("solvent sums", "what all accounts own together, told on L1 and guarded")
      .addArgument(new Argument("<act>", "what is done").choices(Object.keys(ACTS)))
      .requiredOption("--l1 <url>", "JSON-RPC of L1")
      .requiredOption("--verifier <url>", "JSON-RPC of a verifier of one's own")
      .option("--key <key>", "private key of who pays on L1; else SOLVENT_KEY")
      .option("--roots <address>", "where the claims are; the deployment's own contract where it is left out")
      .option("--from <block>", "L1 block of that contract", wholeNumber(), 0)
      .option("--once", "guards once and ends");
    const [act] = command.parse().processedArgs as [string];
    const flags = command.opts<Flags>();
    const key = flags.key ?? process.env.SOLVENT_KEY;
    if (!isHexString(key, 32)) throw new SolventError("config-invalid", "name who pays: --key, 0x and 64 hex digits");
    const [l1, verifier] = [flags.l1, flags.verifier].map(
      (url) => new QuietProvider(url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 250 }),
    );
    const onL1 = new Wallet(key, l1) as unknown as LayerSigner;
    await ACTS[act]({ onL1, verifier }, flags).finally(() => [l1, verifier].forEach((one) => one.destroy()));
  });
}

/** Until nothing more is to be done. @returns how many claims it failed at. */
async function guardOnce(onL1: LayerSigner, verifier: JsonRpcProvider, flags: Flags): Promise<number> {
  const roots = await rootsOf(verifier, flags);
  for (;;) {
    const acts = await guardSums(onL1, verifier, roots, flags.from);
    for (const { kind, index, reason } of acts)
      if (kind === "failed") console.error(`claim ${index}: not dealt with: ${reason}`);
      else console.log(`claim ${index}: ${kind}`);
    const failed = acts.filter(({ kind }) => kind === "failed").length;
    // What was done may call for more.
    if (failed > 0 || acts.length === 0 || flags.once === true) return failed;
  }
}

/** Seconds between two looks: a quarter of the time in which that contract wants an answer. */
async function pauseOf(roots: string, onL1: LayerSigner): Promise<number> {
  return Math.min(LONGEST_PAUSE_SECONDS, Number(await new Contract(roots, SUM_ROOTS_ABI, onL1).answerTime()) / 4);
}

/** The contract that is named, or the one that was deployed with the rollup. */
async function rootsOf(verifier: JsonRpcProvider, flags: Flags): Promise<string> {
  const roots = flags.roots ?? ((await verifier.send("rollup_config", [])) as RollupAddresses).sumRoots;
  if (isAddress(roots)) return roots;
  throw new SolventError("config-invalid", "the deployment has no contract for sums: name one by --roots, an address");
}

void main();
