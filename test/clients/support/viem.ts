import {
  createPublicClient,
  createWalletClient,
  defineChain,
  http,
  parseEther,
  type Hex,
  type TransactionReceipt,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { chainConfig, publicActionsL1, publicActionsL2, walletActionsL1, walletActionsL2 } from "viem/op-stack";
import { devAccount } from "../../../devnet/accounts";
import type { DevnetInfo } from "../../../devnet/devnet";

/** Account of the withdrawal; nobody else sends from it. */
export const WITHDRAWER = 8;
export const RECEIVER = "0x00000000000000000000000000000000000000cc";

export interface BegunWithdrawal {
  /** Of the transaction on L2. */
  hash: Hex;
  /** What `proveWithdrawal` gave on L1, once an assertion covers the block. */
  proven: Promise<TransactionReceipt>;
}

let begun: Promise<BegunWithdrawal> | null = null;

/**
 * Starts and proves the one withdrawal of these tests: 2 ETH to RECEIVER. Called as soon as the devnet is up: until it can be
 * paid out the challenge period has to pass, and other tests run meanwhile.
 */
export function beginWithdrawal(info: DevnetInfo): Promise<BegunWithdrawal> {
  const begin = async (): Promise<BegunWithdrawal> => {
    const clients = createClients(info, WITHDRAWER);
    const { account, publicL1, walletL2 } = clients;
    const args = await publicL1.buildInitiateWithdrawal({ account, to: RECEIVER, value: parseEther("2") });
    const hash = await walletL2.initiateWithdrawal(args as never);
    const proven = prove(clients, hash);
    proven.catch(() => undefined); // told to whoever awaits it
    return { hash, proven };
  };
  return (begun ??= begin());
}

async function prove({ account, l2, publicL1, publicL2, walletL1 }: Clients, hash: Hex): Promise<TransactionReceipt> {
  const receipt = await publicL2.waitForTransactionReceipt({ hash });
  const { output, withdrawal } = await publicL1.waitToProve({ receipt, targetChain: l2 } as never);
  const args = await publicL2.buildProveWithdrawal({ account, output, withdrawal } as never);
  return publicL1.waitForTransactionReceipt({ hash: await walletL1.proveWithdrawal(args as never) });
}

export type Clients = ReturnType<typeof createClients>;

/** viem's own clients for both layers, told nothing but chains and addresses. */
export function createClients({ l1: l1Info, l2: l2Info, deployment }: DevnetInfo, index = 7) {
  const nativeCurrency = { name: "Ether", symbol: "ETH", decimals: 18 };
  const { portal, queue, multicall3 } = deployment.addresses;
  const l1 = defineChain({
    ...{ id: l1Info.chainId, name: "L1", nativeCurrency, rpcUrls: { default: { http: [l1Info.url] } } },
    contracts: { multicall3: { address: multicall3 } },
  });
  const l2 = defineChain({
    ...chainConfig,
    ...{ id: l2Info.chainId, name: "Solvent", nativeCurrency, rpcUrls: { default: { http: [l2Info.sequencer!] } } },
    sourceId: l1Info.chainId,
    contracts: {
      ...chainConfig.contracts,
      multicall3: { address: "0xcA11bde05977b3631167028862bE2a173976CA11" },
      portal: { [l1Info.chainId]: { address: portal } },
      disputeGameFactory: { [l1Info.chainId]: { address: queue } },
    },
  });
  const account = privateKeyToAccount(devAccount(index).privateKey);
  const options = { pollingInterval: 50, cacheTime: 0 };
  return {
    ...{ l1, l2, account },
    publicL1: createPublicClient({ ...options, chain: l1, transport: http() }).extend(publicActionsL1()),
    walletL1: createWalletClient({ ...options, account, chain: l1, transport: http() }).extend(walletActionsL1()),
    publicL2: createPublicClient({ ...options, chain: l2, transport: http() }).extend(publicActionsL2()),
    walletL2: createWalletClient({ ...options, account, chain: l2, transport: http() }).extend(walletActionsL2()),
  };
}
