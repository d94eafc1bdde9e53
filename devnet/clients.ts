import type { Deployment } from "../deployment";
import { PREDEPLOYS } from "../protocol/predeploys";
import type { DevAccount } from "./accounts";

/** What two usual clients want to know of L2, as they take it. */
export interface ClientEntries {
  /** A chain object of viem, with the contracts on L1 under the keys that `viem/op-stack` asks for. */
  viem: object;
  /** An entry of `networks` in Hardhat's configuration. */
  hardhat: { url: string; chainId: number; accounts: string[] };
}

/** @param url - JSON-RPC of the node that clients of L2 talk to. */
export function clientEntries(
  url: string,
  chainId: number,
  deployment: Deployment,
  accounts: readonly DevAccount[],
): ClientEntries {
  const { portal, queue } = deployment.addresses;
  const onL1 = (address: string): object => ({ [deployment.l1ChainId]: { address } });
  const viem = {
    id: chainId,
    name: "Solvent",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url], webSocket: [url.replace(/^http/, "ws")] } },
    sourceId: deployment.l1ChainId,
    testnet: true,
    contracts: {
      multicall3: { address: PREDEPLOYS.multicall3 },
      l2ToL1MessagePasser: { address: PREDEPLOYS.messagePasser },
      portal: onL1(portal),
      disputeGameFactory: onL1(queue),
    },
  };
  const keys = accounts.map(({ privateKey }) => privateKey);
  return { viem, hardhat: { url, chainId, accounts: keys } };
}

/** Lines that a newcomer copies, each whole. */
export function copyLines(
  l1: string,
  l2: string,
  chainId: number,
  [first, second]: readonly DevAccount[],
  file: string,
): string[] {
  return [
    `cast      npx cast send --rpc-url ${l2} --private-key ${first.privateKey} ${second.address} --value 1ether`,
    `ethers    new ethers.Wallet("${first.privateKey}", new ethers.JsonRpcProvider("${l2}"))`,
    `viem      createPublicClient({ chain: JSON.parse(readFileSync("${file}", "utf8")).clients.viem, transport: http() })`,
    `Hardhat   networks: { solvent: require("${file}").clients.hardhat }`,
    `MetaMask  network "Solvent", RPC ${l2}, chain id ${chainId}, currency ETH`,
    `solvent   npx tsx scripts/solvent.ts status --url ${l1}`,
  ];
}
