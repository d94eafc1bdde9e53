import { HDNodeWallet } from "ethers";
import type { Hex } from "../protocol/types";

/** The usual test mnemonic. */
export const MNEMONIC = "test test test test test test test test test test test junk";

export interface DevAccount {
  address: Hex;
  privateKey: Hex;
}

/** Account number `index` of the mnemonic, as every development tool derives it. */
export function devAccount(index: number): DevAccount {
  const wallet = HDNodeWallet.fromPhrase(MNEMONIC, undefined, `m/44'/60'/0'/0/${index}`);
  return { address: wallet.address.toLowerCase() as Hex, privateKey: wallet.privateKey as Hex };
}

/** Who is who on the devnet's L1. The first ten accounts are the user's. */
export const ROLES = { deployer: 10, sequencer: 11, challenger: 12, liar: 13, feeRecipient: 14, stranger: 15 } as const;
export const USER_ACCOUNTS = 10;
