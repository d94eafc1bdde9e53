import { isAddress, JsonRpcProvider, NonceManager, parseEther, Wallet } from "ethers";
import { depositEther, type LayerSigner, type RollupAddresses } from "../client";
import { RpcError } from "../node/rpc";
import { devAccount, USER_ACCOUNTS } from "./accounts";
import type { DevnetInfo } from "./devnet";

/** The last of the user's accounts gives it: on the L1s that are started here it has 10,000 ether. */
const FAUCET = USER_ACCOUNTS - 1;
const MOST = parseEther("1000");

/**
 * Gives an account ether on both layers. What goes to L2 is a deposit like any other, so the books balance; it comes with one of L2's next
 * blocks.
 * @param wei - on each layer.
 * @returns hash of the deposit on L2. @throws RpcError -32602.
 */
export async function fund({ l1, deployment }: DevnetInfo, address: string, wei: bigint): Promise<{ l2Hash: string }> {
  if (!isAddress(address)) throw new RpcError(-32602, `no address: ${JSON.stringify(address)}`);
  if (wei <= 0n || wei > MOST) throw new RpcError(-32602, "from 1 wei to 1,000 ether at once");
  const provider = new JsonRpcProvider(l1.url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 });
  try {
    const signer = new NonceManager(new Wallet(devAccount(FAUCET).privateKey, provider));
    const { l2Hash } = await depositEther(signer as unknown as LayerSigner, deployment.addresses as RollupAddresses, {
      amount: wei,
      to: address,
    });
    await (await signer.sendTransaction({ to: address, value: wei })).wait();
    return { l2Hash };
  } finally {
    provider.destroy();
  }
}
