import { setTimeout as sleep } from "node:timers/promises";
import { Argument } from "commander";
import {
  ContractFactory,
  isAddress,
  isHexString,
  type JsonRpcProvider,
  NonceManager,
  parseEther,
  Wallet,
} from "ethers";
import { QuietProvider } from "../actor/provider";
import { createCommand, runCommand, wholeNumber } from "../actor/command";
import { guardSums, postSum, type LayerSigner, type RollupAddresses, type ToldAssertion } from "../client";
import { readArtifact } from "../deployment";
import { SolventError } from "../protocol/errors";

/** Ether: half a bond pays a refutation many times over, a price what showing a record costs at 100 gwei. */
const [BOND, PRICE] = ["1", "0.01"];
const [WINDOW_SECONDS, ANSWER_SECONDS] = [3 * 86_400, 86_400];
const LONGEST_PAUSE_SECONDS = 600;

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
    const index = await postSum(onL1, verifier, rootsOf(flags), newest);
    console.log(`claim ${index}: the accounts of L2 block ${newest.l2BlockNumber}`);
  },
  async guard({ onL1, verifier }, flags) {
    for (;;) {
      const acts = await guardSums(onL1, verifier, rootsOf(flags), flags.from);
      for (const { kind, index } of acts) console.log(`claim ${index}: ${kind}`);
      if (flags.once === true) return;
      // What was done may call for more.
      if (acts.length === 0) await sleep(1_000 * Math.min(LONGEST_PAUSE_SECONDS, ANSWER_SECONDS / 4));
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
      .option("--roots <address>", "where the claims are, as deploy has printed it")
      .option("--from <block>", "L1 block of that contract", wholeNumber(), 0)
      .option("--once", "guards once and ends");
    const [act] = command.parse().processedArgs as [string];
    const flags = command.opts<Flags>();
    const key = flags.key ?? process.env.SOLVENT_KEY;
    if (!isHexString(key, 32)) throw new SolventError("config-invalid", "name who pays: --key, 0x and 64 hex digits");
    const [l1, verifier] = [flags.l1, flags.verifier].map(
      (url) => new QuietProvider(url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 250 }),
    );
    const onL1 = new NonceManager(new Wallet(key, l1)) as unknown as LayerSigner;
    await ACTS[act]({ onL1, verifier }, flags).finally(() => [l1, verifier].forEach((one) => one.destroy()));
  });
}

function rootsOf({ roots }: Flags): string {
  if (!isAddress(roots)) throw new SolventError("config-invalid", "name the contract: --roots, an address");
  return roots;
}

void main();
