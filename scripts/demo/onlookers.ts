import { Contract, ContractFactory, isCallException, ZeroAddress, type BlockTag } from "ethers";
import type { LayerSigner } from "../../client";
import { SOLVENCY_ORACLE_ABI } from "../../client/abi";
import { readArtifact } from "../../deployment";

const ONE = 10n ** 18n;
/** Terms of the story's market: low and quick, so that it can be watched. */
const TERMS = { maxAge: 86_400n, ltv: ONE / 5n, liquidationLtv: ONE / 2n, bonus: ONE / 20n, rateAYear: 0n };
/** The most that the market takes: a fifth within 40 seconds. */
const RISE_AN_HOUR = 18n * ONE;
const SUPPLIED = 1_000_000n;
const POSTED = 1_000n;

/** What is known on L1 of the rollup's ether at one block. */
export interface Reading {
  /** Of the Chainlink feed: parts of one; null where it says nothing yet. */
  backing: number | null;
  isContested: boolean;
  /** What the market lends on collateral worth one. */
  ltv: number;
  /** Whether a loan would go through. */
  lends: boolean;
}

/** Those on L1 who take nobody's word for what L2 owes in ether: an oracle, a feed and a lending market over it. */
export class Onlookers {
  private constructor(
    private readonly signer: LayerSigner,
    readonly oracle: string,
    private readonly feed: Contract,
    private readonly market: Contract,
  ) {}

  /**
   * Deploys them, for anyone: none has an owner. The signer is lender and borrower at once.
   * @param roots - where the claims about the ether of all accounts are.
   */
  static async deploy(signer: LayerSigner, tokenBridge: string, roots: string): Promise<Onlookers> {
    const deploy = async (name: string, ...args: unknown[]): Promise<Contract> => {
      const { abi, bytecode } = readArtifact(name);
      const contract = await new ContractFactory(abi as never, bytecode, signer).deploy(...args);
      return (await contract.waitForDeployment()) as Contract;
    };
    const oracle = (await deploy("solvency/SolvencyOracle", tokenBridge, ZeroAddress, roots)).target as string;
    const feed = await deploy("solvency/BackingFeed", oracle, ZeroAddress);
    const [collateral, loan] = [await deploy("test/Tokens:OrdinaryToken"), await deploy("test/Tokens:OrdinaryToken")];
    const market = await deploy("solvency/DynamicCollateral", {
      ...{ collateral: collateral.target, loan: loan.target, asset: ZeroAddress, health: oracle },
      ...{ price: (await deploy("test/Consumers:FixedFeed", ONE)).target, backing: feed.target },
      proof: (await deploy("solvency/SolvencyProof", oracle, ZeroAddress, ZeroAddress, 0)).target,
      ...{ ...TERMS, riseAnHour: RISE_AN_HOUR },
    });
    const me = await signer.getAddress();
    for (const [token, amount] of [
      [collateral, POSTED],
      [loan, SUPPLIED],
    ] as const) {
      await (await token.mint(me, amount)).wait();
      await (await token.approve(market.target, amount)).wait();
    }
    await (await market.supply(SUPPLIED)).wait();
    await (await market.post(POSTED)).wait();
    return new Onlookers(signer, oracle, feed, market);
  }

  /** Everything as of one L1 block. */
  async at(blockTag: BlockTag): Promise<Reading> {
    const [round, isContested, ltv, lends] = await Promise.all([
      unlessRefused(this.feed.latestRoundData({ blockTag }) as Promise<[bigint, bigint]>),
      this.isContested(blockTag),
      this.market.currentLtv({ blockTag }) as Promise<bigint>,
      unlessRefused(this.market.borrow.staticCall(1n, { blockTag, from: await this.signer.getAddress() })),
    ]);
    const backing = round === null ? null : Number(round[1]) / 1e8;
    return { backing, isContested, ltv: Number(ltv) / 1e18, lends: lends !== null };
  }

  async isContested(blockTag: BlockTag = "latest"): Promise<boolean> {
    const oracle = new Contract(this.oracle, SOLVENCY_ORACLE_ABI, this.signer);
    return (await oracle.isContested(ZeroAddress, { blockTag })) as boolean;
  }

  /** Notes what is settled of a confirmed assertion. @returns wei that accounts own beyond what L1 took in. */
  async noteExcess(disputeGameIndex: number): Promise<bigint> {
    const oracle = new Contract(this.oracle, SOLVENCY_ORACLE_ABI, this.signer);
    await (await oracle.noteExcess(disputeGameIndex)).wait();
    return ((await oracle.excess()) as { amount: bigint }).amount;
  }

  /** Notes the terms as they are now: what may be lent rises from there. */
  async sync(): Promise<void> {
    await (await this.market.sync()).wait();
  }

  /** Draws a loan for real. @returns the L1 block. */
  async borrow(): Promise<number> {
    const receipt = (await (await this.market.borrow(1n)).wait()) as { blockNumber: number };
    return receipt.blockNumber;
  }
}

/** One line for people. */
export function describeReading({ backing, isContested, ltv, lends }: Reading): string {
  const part = (value: number): string => `${(value * 100).toFixed(1)} %`;
  const feed = backing === null ? "the feed says nothing" : `feed ${part(backing)}`;
  const market = lends ? `market lends ${part(ltv)}` : "market lends nothing";
  return `${feed}, ${market}${isContested ? ", in dispute" : ""}`;
}

async function unlessRefused<T>(call: Promise<T>): Promise<T | null> {
  return call.catch((error: unknown) => {
    if (isCallException(error as Error)) return null;
    throw error;
  });
}
