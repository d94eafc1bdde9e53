import type { Signer, TransactionReceipt, TransactionRequest, TransactionResponse } from "ethers";
import { SolventError } from "../protocol/errors";

/** Most that one transaction may take since Osaka. Source: EIP-7825. */
const MAX_TRANSACTION_GAS = 16_777_216n;

/**
 * Sends a transaction with a fifth more gas than estimated (estimates fall short where gas is handed on) and waits for it.
 * @throws SolventError `deployment-reverted` with L1's reason as its cause.
 */
export async function sendTransaction(signer: Signer, request: TransactionRequest): Promise<TransactionReceipt> {
  try {
    const estimate = await signer.estimateGas(request);
    const padded = (estimate * 6n) / 5n;
    const gasLimit = padded > MAX_TRANSACTION_GAS ? MAX_TRANSACTION_GAS : padded;
    return await waitForSuccess(await signer.sendTransaction({ ...request, gasLimit }));
  } catch (cause) {
    throw reverted(cause);
  }
}

/** Waits until a transaction is in a block. @throws SolventError `deployment-reverted` where it failed there. */
export async function waitForSuccess(sent: TransactionResponse): Promise<TransactionReceipt> {
  try {
    const receipt = await sent.wait();
    if (receipt?.status !== 1) throw new Error(`transaction ${sent.hash} failed`);
    return receipt;
  } catch (cause) {
    throw reverted(cause);
  }
}

function reverted(cause: unknown): SolventError {
  if (cause instanceof SolventError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SolventError("deployment-reverted", `L1 refused a transaction of the deployment: ${reason}`, { cause });
}
