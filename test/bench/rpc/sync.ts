import { LoadClient, sleep } from "./client";
import type { Played } from "./speed";
import { residentMiB } from "./targets";

/** So many more than speed was measured with: a chain that takes a while. */
const MORE_TRANSFERS = 24_000;

type Status = { safe: { number: number }; unsafe: { number: number } };

/** A verifier that starts from nothing and rebuilds from L1 what the sequencer has posted. */
export async function measureSync({ devnet, url, playMore }: Played): Promise<string> {
  await playMore(MORE_TRANSFERS);
  const sequencer = new LoadClient(url, 1);
  const status = (client: LoadClient) => client.call<Status>("rollup_syncStatus");
  let target = await status(sequencer);
  while (target.safe.number < target.unsafe.number) {
    await sleep(200);
    const { safe } = await status(sequencer);
    target = { ...target, safe };
  }
  const blocks = target.unsafe.number;
  const transactions = await countTransactions(sequencer, blocks);
  sequencer.close();
  const start = performance.now();
  const verifier = new LoadClient(await devnet.startVerifier("verifier", 0), 1);
  const upMs = performance.now() - start;
  while ((await status(verifier)).safe.number < blocks) await sleep(20);
  const syncMs = performance.now() - start;
  const memory = residentMiB(devnet.processes.pid("verifier")!);
  verifier.close();
  const rate = transactions / (syncMs / 1000);
  return (
    `A verifier from nothing: ${transactions} transactions in ${blocks} blocks derived from L1 and re-executed ` +
    `${(syncMs / 1000).toFixed(2)} s after its process was started (${(upMs / 1000).toFixed(2)} s until it served), ` +
    `${rate.toFixed(0)} transactions/s; ${memory.toFixed(0)} MiB.`
  );
}

async function countTransactions(client: LoadClient, blocks: number): Promise<number> {
  let count = 0;
  for (let number = 1; number <= blocks; number++)
    count += Number(await client.call<string>("eth_getBlockTransactionCountByNumber", `0x${number.toString(16)}`));
  return count;
}
