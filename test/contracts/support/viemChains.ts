import hre from "hardhat";
import {
  createPublicClient,
  createWalletClient,
  custom,
  defineChain,
  type EIP1193RequestFn,
  type Hex as ViemHex,
} from "viem";
import { chainConfig, publicActionsL1, publicActionsL2, walletActionsL1, walletActionsL2 } from "viem/op-stack";
import type { Deployment } from "../../../deployment";
import { passerStorage, proveStorage } from "./withdrawals";

const L1_ID = 31_337;
const L2_ID = 31_338;

/**
 * Clients of viem for both layers, both played by Hardhat's network. What that network cannot do for L2, eth_getProof of the message
 * passer, is answered here from its storage at the block asked for.
 */
export function createClients(deployment: Deployment, account: ViemHex) {
  const { portal, queue, multicall3 } = deployment.addresses;
  const native = { nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 }, rpcUrls: { default: { http: [] } } };
  const l1 = defineChain({ ...native, id: L1_ID, name: "L1", contracts: { multicall3: { address: multicall3 } } });
  const l2 = defineChain({
    ...native,
    ...chainConfig,
    id: L2_ID,
    name: "Solvent",
    sourceId: L1_ID,
    contracts: {
      ...chainConfig.contracts,
      portal: { [L1_ID]: { address: portal } },
      disputeGameFactory: { [L1_ID]: { address: queue } },
    },
  });
  const request: EIP1193RequestFn = async ({ method, params }) => {
    try {
      return (await hre.network.provider.request({ method, params: params as unknown[] })) as never;
    } catch (error) {
      // As a node says it over HTTP: a revert has code 3 and its data.
      const { message, data } = error as Error & { data?: unknown };
      throw Object.assign(new Error(message), { code: 3, data });
    }
  };
  const l2Request: EIP1193RequestFn = async (call) => {
    if (call.method === "eth_chainId") return `0x${L2_ID.toString(16)}` as never;
    if (call.method !== "eth_getProof") return request(call as never);
    const [address, [slot], tag] = call.params as [string, [string], string];
    const storage = await passerStorage(Number(tag));
    const { root, prove } = proveStorage(storage);
    const storageProof = [{ key: slot, value: storage[slot], proof: prove(slot) }];
    return { address, balance: "0x0", nonce: "0x1", storageHash: root, accountProof: [], storageProof } as never;
  };
  const options = { pollingInterval: 20, cacheTime: 0 };
  const [transportL1, transportL2] = [custom({ request }), custom({ request: l2Request })];
  return {
    l1,
    l2,
    publicL1: createPublicClient({ ...options, chain: l1, transport: transportL1 }).extend(publicActionsL1()),
    walletL1: createWalletClient({ ...options, account, chain: l1, transport: transportL1 }).extend(walletActionsL1()),
    publicL2: createPublicClient({ ...options, chain: l2, transport: transportL2 }).extend(publicActionsL2()),
    walletL2: createWalletClient({ ...options, account, chain: l2, transport: transportL2 }).extend(walletActionsL2()),
  };
}
