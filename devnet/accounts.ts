import { HDNodeWallet } from "ethers";
import type { Hex } from "../protocol/types";

/** The usual test mnemonic. */
export const MNEMONIC = "test test test test test test test test test test test junk";

export interface DevAccount {
  address: Hex;
  privateKey: Hex;
}

let parent: HDNodeWallet | undefined;
const derived = new Map<number, DevAccount>();

/** Account number `index` of the mnemonic, as every development tool derives it. The mnemonic is stretched into a seed once. */
export function devAccount(index: number): DevAccount {
  let account = derived.get(index);
  if (account === undefined) {
    parent ??= HDNodeWallet.fromPhrase(MNEMONIC, undefined, "m/44'/60'/0'/0");
    const wallet = parent.deriveChild(index);
    account = { address: wallet.address.toLowerCase() as Hex, privateKey: wallet.privateKey as Hex };
    derived.set(index, account);
  }
  return account;
}

/** Who is who on the devnet's L1. The first ten accounts are the user's. */
export const ROLES = { deployer: 10, sequencer: 11, challenger: 12, liar: 13, feeRecipient: 14, stranger: 15 } as const;
export const USER_ACCOUNTS = 10;
/** Members of a rotation beside `sequencer`. */
export const OTHER_SEQUENCERS = [18, 19] as const;
