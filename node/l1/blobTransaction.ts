import { Transaction, type TransactionLike } from "ethers";
import { fromHex } from "../../protocol";
import type { Hex } from "../../protocol/types";
import { sidecarOf } from "../kzg/kzg";

/** The transaction with a blob beside it, wrapped as pools ask for since Osaka. Source: EIP-7594. */
export async function withBlob(fields: TransactionLike, blob: Hex, maxFeePerBlobGas: bigint): Promise<Transaction> {
  const transaction = Transaction.from({ ...fields, type: 3, maxFeePerBlobGas });
  transaction.blobWrapperVersion = 1;
  transaction.blobs = [{ data: blob, ...(await sidecarOf(fromHex(blob))) }];
  return transaction;
}
