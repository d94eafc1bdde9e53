import { Command } from "commander";
import { QuietProvider } from "../actor/provider";
import { fetchLiability } from "../client";

/**
 * `npx tsx scripts/liability.ts ADDRESS [--rpc URL]`: fetches the proof that an account's ether is counted in what the chain owes, and
 * checks it here. Exit status 0 only when the proof holds.
 */
async function main(): Promise<void> {
  const command = new Command("liability")
    .argument("<address>")
    .option("--rpc <url>", "a verifier's JSON-RPC", "http://127.0.0.1:9546");
  const [address] = command.parse().processedArgs as [string];
  const { rpc } = command.opts<{ rpc: string }>();
  const provider = new QuietProvider(rpc, undefined, { batchMaxCount: 1 });
  const proof = await fetchLiability(provider, address).finally(() => provider.destroy());
  if (proof === null) throw new Error(`L2's state has no account ${address}: nothing is owed to it`);
  console.log(
    `${proof.balance} wei of ${address} are counted in the ${proof.total} wei that L2 owes; state root ${proof.stateRoot}, root of the sums ${proof.root}`,
  );
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(`liability: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  },
);
