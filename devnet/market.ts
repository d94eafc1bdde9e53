import { getCreate2Address, keccak256, NonceManager, Wallet, ZeroHash, concat } from "ethers";
import { QuietProvider } from "../actor/provider";
import { ensureCompiled, PREDEPLOYS, readArtifact } from "../deployment";
import { quantity } from "../protocol/quantity";
import { mustPay } from "./contracts";
import { devAccount, ROLES } from "./accounts";
import { isUrl, type DevnetOptions } from "./options";
import type { Hex } from "../protocol/types";

const ETHER = 10n ** 18n;
const MARKET = "liquidity/ExitMarket";
/** On an L1 of our own: for demonstrations with more than anybody would lend. */
const OWN_BALANCE = 10_000n * ETHER;

/**
 * Deploys the exit market, or finds it: it belongs to no rollup, so its address follows from its code alone. Gives the maker ether.
 * @returns the market's address.
 * @throws SolventError `funds-missing`, or what L1 answers.
 */
export async function deployMarket(l1Url: string, { l1, funder }: DevnetOptions): Promise<Hex> {
  const provider = new QuietProvider(l1Url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 });
  try {
    const maker = devAccount(ROLES.maker);
    if (isUrl(l1)) await mustPay(provider, funder, maker.address, 50n * ETHER);
    else await provider.send("hardhat_setBalance", [maker.address, quantity(OWN_BALANCE)]);
    await ensureCompiled([MARKET]);
    const { bytecode } = readArtifact(MARKET);
    const market = getCreate2Address(PREDEPLOYS.deploymentProxy, ZeroHash, keccak256(bytecode)).toLowerCase() as Hex;
    if ((await provider.getCode(market)) !== "0x") return market;
    const signer = new NonceManager(new Wallet(maker.privateKey, provider));
    const sent = await signer.sendTransaction({ to: PREDEPLOYS.deploymentProxy, data: concat([ZeroHash, bytecode]) });
    await sent.wait();
    return market;
  } finally {
    provider.destroy();
  }
}
