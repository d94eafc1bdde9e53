import { Contract, hexlify, type Provider, randomBytes, ZeroAddress } from "ethers";
import { quantity } from "../protocol/quantity";
import type { Hex } from "../protocol/types";
import { EXIT_MARKET_ABI } from "./abi";
import { mined } from "./deposit";
import type { LayerProvider, LayerSigner } from "./types";
import { startWithdrawal, type Withdrawal } from "./withdrawal";

/** Terms of a sale. Twin of `IExitMarket.Terms`; promises there. */
export interface ExitTerms {
  owner: Hex;
  /** L1 token; the zero address for ether. */
  asset: Hex;
  /** In units of the asset. */
  price: bigint;
  /** L1 seconds; the last at which it is for sale. */
  deadline: bigint;
  salt: Hex;
}

/** A withdrawal that is for sale: it pays the vault, and whoever buys the claim owns what is there. */
export interface FastExit {
  terms: ExitTerms;
  vault: Hex;
  withdrawal: Withdrawal;
}

/** What a maker would pay now. */
export interface ExitQuote {
  /** Wei for a withdrawal of the amount that was asked for; 0 where it pays nothing. */
  price: bigint;
  /** Seconds that the maker expects to wait for the portal. */
  waitSeconds: bigint;
  /** Why it buys nothing at the moment; null where it does. */
  trouble: string | null;
}

/** What a maker does with an offer, and why. */
export interface OfferState {
  state: "waiting" | "bought" | "paid" | "refused";
  reason: string;
}

/** Asks a maker what it would pay for a withdrawal of ether. @param amount - Wei. */
export async function quoteFastExit(maker: LayerProvider, amount: bigint): Promise<ExitQuote> {
  const answer = (await maker.send("exit_quote", [ZeroAddress, quantity(amount)])) as Record<string, string | null>;
  const { price, waitSeconds, trouble } = answer;
  return { price: BigInt(price!), waitSeconds: BigInt(waitSeconds!), trouble };
}

/**
 * Withdraws ether on L2 to the vault of a sale. Neither ether nor a transaction on L1 is needed; unsold, it is paid like any withdrawal.
 * @param market - The exit market on L1.
 * @param seconds - For which it is for sale, by L1's clock.
 */
export async function startFastExit(
  l1: Provider,
  l2: LayerSigner,
  market: string,
  { amount, price, seconds, owner }: { amount: bigint; price: bigint; seconds: number; owner?: string },
): Promise<FastExit> {
  const now = (await l1.getBlock("latest"))!.timestamp;
  const terms: ExitTerms = {
    owner: (owner ?? (await l2.getAddress())) as Hex,
    asset: ZeroAddress as Hex,
    price,
    deadline: BigInt(now + seconds),
    salt: hexlify(randomBytes(32)) as Hex,
  };
  const vault = await vaultOf(l1, market, terms);
  return { terms, vault, withdrawal: await startWithdrawal(l2, { amount, to: vault }) };
}

/** Tells a maker of a sale; again to hear how it stands. */
export async function offerFastExit(
  maker: LayerProvider,
  { terms, withdrawal }: Pick<FastExit, "terms" | "withdrawal">,
): Promise<OfferState> {
  return (await maker.send("exit_offer", [termsToJson(terms), withdrawal.l2Hash])) as OfferState;
}

/** Who owns what the vault gets: a buyer, or the seller while nobody has bought. */
export async function holderOfExit(l1: Provider, market: string, terms: ExitTerms): Promise<Hex> {
  const holder = (await new Contract(market, EXIT_MARKET_ABI, l1).holderOf(terms)) as string;
  return holder.toLowerCase() as Hex;
}

/** Target of the withdrawal that these terms sell. */
export async function vaultOf(l1: Provider, market: string, terms: ExitTerms): Promise<Hex> {
  return ((await new Contract(market, EXIT_MARKET_ABI, l1).vaultOf(terms)) as string).toLowerCase() as Hex;
}

/** Pays the price of a sale of ether and takes the claim. @throws what the signer throws where L1 refuses. */
export async function buyExit(l1: LayerSigner, market: string, terms: ExitTerms): Promise<void> {
  const contract = new Contract(market, EXIT_MARKET_ABI, l1);
  await mined(await contract.buy(terms, terms.price, 0n, { value: terms.price }));
}

/** Has what is in the vault sent to its holder, for anyone. @returns wei, or units of the asset. */
export async function collectExit(l1: LayerSigner, market: string, terms: ExitTerms): Promise<bigint> {
  const contract = new Contract(market, EXIT_MARKET_ABI, l1);
  const { logs } = await mined(await contract.collect(terms, terms.asset));
  const found = logs.map((log) => EXIT_MARKET_ABI.parseLog(log)).find((log) => log?.name === "Collected");
  return (found?.args.amount as bigint | undefined) ?? 0n;
}

/** Terms as JSON-RPC carries them; `termsFromJson` is the way back. */
export function termsToJson({ price, deadline, ...rest }: ExitTerms): Record<string, string> {
  return { ...rest, price: quantity(price), deadline: quantity(deadline) };
}

/** @throws TypeError or SyntaxError for what is no terms. */
export function termsFromJson(json: Record<string, string>): ExitTerms {
  const { owner, asset, salt, price, deadline } = json;
  const terms = { owner: owner as Hex, asset: asset as Hex, salt: salt as Hex };
  return { ...terms, price: BigInt(price), deadline: BigInt(deadline) };
}
