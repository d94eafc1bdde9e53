import {
  concat,
  Contract,
  getCreate2Address,
  isAddress,
  keccak256,
  NonceManager,
  parseEther,
  Wallet,
  ZeroHash,
} from "ethers";
import { QuietProvider } from "../actor/provider";
import { depositEther, depositToken, ensureL2Token, type LayerSigner, type RollupAddresses } from "../client";
import { PREDEPLOYS, readArtifact } from "../deployment";
import { RpcError } from "../node/rpc";
import { devAccount, USER_ACCOUNTS } from "./accounts";
import type { DevnetInfo } from "./devnet";

/** The last of the user's accounts gives it: on the L1s that are started here it has 10,000 ether. */
const FAUCET = USER_ACCOUNTS - 1;
const MOST = parseEther("1000");
const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 };

/**
 * Gives an account ether on both layers. What goes to L2 is a deposit like any other, so the books balance; it comes with one of L2's next
 * blocks.
 * @param wei - on each layer.
 * @returns hash of the deposit on L2. @throws RpcError -32602.
 */
export async function fund({ l1, deployment }: DevnetInfo, address: string, wei: bigint): Promise<{ l2Hash: string }> {
  requireSensible(address, wei);
  const { signer, close } = faucetAt(l1.url);
  try {
    const { l2Hash } = await depositEther(signer, deployment.addresses as RollupAddresses, {
      amount: wei,
      to: address,
    });
    await (await signer.sendTransaction({ to: address, value: wei })).wait();
    return { l2Hash };
  } finally {
    close();
  }
}

/** The devnet's token on either layer, and the deposit that brings it to L2. */
export interface FundedTokens {
  l1Token: string;
  l2Token: string;
  l2Hash: string;
}

/**
 * Gives an account tokens on both layers: of a test token that anyone may mint on L1 (18 decimals; made when it is first asked for, at an
 * address that follows from its code), and of its L2 token.
 * @param units - on each layer.
 * @throws RpcError -32602, or -32000 where no node of L2 runs.
 */
export async function fundTokens({ l1, l2, deployment }: DevnetInfo, to: string, units: bigint): Promise<FundedTokens> {
  requireSensible(to, units);
  const node = l2.sequencer ?? l2.verifier;
  if (node === null) throw new RpcError(-32000, "this devnet has no node of L2");
  const [onL1, onL2] = [faucetAt(l1.url), faucetAt(node)];
  try {
    const l1Token = await ensureTestToken(onL1.signer);
    const l2Token = await ensureL2Token(onL1.signer.provider, onL2.signer, l1Token);
    const token = new Contract(l1Token, readArtifact(TEST_TOKEN).abi, onL1.signer);
    await (await token.mint(to, units)).wait();
    await (await token.mint(await onL1.signer.getAddress(), units)).wait();
    const rollup = deployment.addresses as RollupAddresses;
    const { l2Hash } = await depositToken(onL1.signer, rollup, { l1Token, l2Token, amount: units, to });
    return { l1Token, l2Token, l2Hash };
  } finally {
    onL1.close();
    onL2.close();
  }
}

const TEST_TOKEN = "test/Tokens:OrdinaryToken";

async function ensureTestToken(signer: LayerSigner): Promise<string> {
  const { bytecode } = readArtifact(TEST_TOKEN);
  const address = getCreate2Address(PREDEPLOYS.deploymentProxy, ZeroHash, keccak256(bytecode));
  if ((await signer.provider.getCode(address)) === "0x")
    await (await signer.sendTransaction({ to: PREDEPLOYS.deploymentProxy, data: concat([ZeroHash, bytecode]) })).wait();
  return address;
}

function faucetAt(url: string): { signer: LayerSigner; close(): void } {
  const provider = new QuietProvider(url, undefined, OPTIONS);
  const signer = new NonceManager(new Wallet(devAccount(FAUCET).privateKey, provider)) as unknown as LayerSigner;
  return { signer, close: () => provider.destroy() };
}

function requireSensible(address: string, units: bigint): void {
  if (!isAddress(address)) throw new RpcError(-32602, `no address: ${JSON.stringify(address)}`);
  if (units <= 0n || units > MOST) throw new RpcError(-32602, "from 1 wei to 1,000 ether, or as many tokens, at once");
}
