import { Contract, ZeroAddress, type Provider } from "ethers";
import { PREDEPLOYS } from "../protocol/predeploys";
import type { Hex } from "../protocol/types";
import { L2_TOKEN_FACTORY_ABI, TOKEN_ABI } from "./abi";
import { mined } from "./deposit";
import type { LayerSigner } from "./types";

/** What a token says of itself. */
export interface TokenDescription {
  name: string;
  symbol: string;
  decimals: number;
}

/** @throws what the provider throws where there is no token with name, symbol and decimals. */
export async function describeToken(provider: Provider, token: string): Promise<TokenDescription> {
  const contract = new Contract(token, TOKEN_ABI, provider);
  const [name, symbol, decimals] = await Promise.all([contract.name(), contract.symbol(), contract.decimals()]);
  return { name: name as string, symbol: symbol as string, decimals: Number(decimals) };
}

/**
 * The L2 token that has the name, symbol and decimals of a token on L1; makes it where it is not there yet.
 * @param l2 - pays for that.
 */
export async function ensureL2Token(l1: Provider, l2: LayerSigner, l1Token: string): Promise<Hex> {
  const { name, symbol, decimals } = await describeToken(l1, l1Token);
  const factory = new Contract(PREDEPLOYS.tokenFactory, L2_TOKEN_FACTORY_ABI, l2);
  const token = (await factory.tokenAddress(l1Token, name, symbol, decimals)) as string;
  if ((await factory.l1TokenOf(token)) === ZeroAddress)
    await mined(await factory.createToken(l1Token, name, symbol, decimals));
  return token.toLowerCase() as Hex;
}
