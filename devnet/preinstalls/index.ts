import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Wallet } from "ethers";
import { QuietProvider } from "../../actor/provider";
import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import { devAccount, USER_ACCOUNTS } from "../accounts";

/** Made by `npm run build -- devnet`. */
export const PREINSTALLS_FILE = join(__dirname, "..", "..", "build", "devnet", "preinstalls.json");
/** The last of the user's accounts pays, as it does for the faucet. */
const PAYER = USER_ACCOUNTS - 1;
/** More than any of them needs; what is left over comes back. */
const GAS = 8_000_000n;
const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 };

/** A contract that stands at the same address on every chain: the address follows from the code. */
export interface Preinstall {
  name: string;
  address: Hex;
  /** A predeploy that takes salt and init code, and what it is sent. */
  factory: Hex;
  data: Hex;
}

/** @throws SolventError `artifact-missing`. */
export function readPreinstalls(): Preinstall[] {
  if (!existsSync(PREINSTALLS_FILE))
    throw new SolventError("artifact-missing", `${PREINSTALLS_FILE} is not there: npm run build -- devnet makes it`);
  return JSON.parse(readFileSync(PREINSTALLS_FILE, "utf8")) as Preinstall[];
}

/**
 * Puts the contracts that clients of other chains ask for in their places on L2: Permit2, the EntryPoints, Safe's. They come by ordinary
 * transactions, so genesis and what is proven about it know nothing of them; those that are there already stay.
 * @param url - JSON-RPC of a node that takes transactions and makes blocks by itself.
 * @returns all addresses by name. @throws SolventError `artifact-missing`, or `transaction-reverted` with the name.
 */
export async function deployPreinstalls(url: string): Promise<Record<string, Hex>> {
  const provider = new QuietProvider(url, undefined, OPTIONS);
  try {
    const payer = new Wallet(devAccount(PAYER).privateKey, provider);
    const isThere = async (address: Hex): Promise<boolean> => (await provider.getCode(address)) !== "0x";
    const all = readPreinstalls();
    const there = await Promise.all(all.map(({ address }) => isThere(address)));
    const first = await payer.getNonce("pending");
    const sent = all
      .filter((_, i) => !there[i])
      .map(({ factory: to, data }, i) => payer.sendTransaction({ to, data, nonce: first + i, gasLimit: GAS }));
    for (const answer of await Promise.all(sent)) await answer.wait();
    for (const { name, address } of all)
      if (!(await isThere(address)))
        throw new SolventError("transaction-reverted", `${name} did not come to stand at ${address}`);
    return Object.fromEntries(all.map(({ name, address }) => [name, address]));
  } finally {
    provider.destroy();
  }
}
