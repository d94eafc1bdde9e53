import { existsSync, writeFileSync } from "node:fs";
import { type JsonRpcProvider, NonceManager, Wallet } from "ethers";
import { QuietProvider } from "../actor/provider";
import {
  deploymentToJson,
  deploySystem,
  readDeployment,
  type Deployment,
  type DeploymentConfigInput,
} from "../deployment";
import { quantity } from "../protocol/quantity";
import { SolventError } from "../protocol/errors";
import { devAccount, OTHER_SEQUENCERS, ROLES, USER_ACCOUNTS } from "./accounts";
import { readPrepared } from "./l1/prepared";
import { dataModeOf, isUrl, leastChallengePeriod, type DevnetOptions } from "./options";

export const L2_CHAIN_ID = 42_161_001;
const ETHER = 10n ** 18n;
/** Wei by level: small, so that the accounts of a devnet's L1 can stake on many lies at once; they pay answers up to some 10 gwei. */
export const DEVNET_STAKES = [ETHER, ETHER / 2n, ETHER / 10n] as const;
/** Of data off L1: seconds, as short as a person can still watch; wei. */
const DEVNET_WINDOWS = { challengeWindow: 8, resolveWindow: 8, challengeBond: ETHER / 10n };
/** Of claims about sums: wei, and seconds, as short as a machine under load still keeps to. */
const DEVNET_SUMS = { bond: ETHER, demandPrice: ETHER / 100n, window: 30, answerTime: 15 };
/** Time of L2's block 0 over an L1 of our own, 2026-01-01: addresses and genesis are the same in each run. */
const GENESIS_SECONDS = 1_767_225_600;
/** Turns that can be watched. */
const ROTATION = { type: "rotation", stake: ETHER, termSlots: 4, graceSlots: 2, openSlots: 10 } as const;
/** Seconds of a slot: short, and longer on an L1 whose blocks come once a second, where a turn's last batch needs time to land. */
const [SLOT_SECONDS, SLOW_SLOT_SECONDS] = [6, 18];
/** As much as one transaction may have: the devnet's ether costs nothing, waiting for estimates would. */
const DEPLOY_GAS = 16_777_216n;

/**
 * Deploys the devnet's contracts on L1, or finds those that an earlier start of this folder deployed, or that L1 began with.
 * @param file - of the deployment.
 * @param state - file of the prepared state that L1 began with; null where it has none.
 * @throws SolventError `l1-wrong-chain`, `funds-missing`, or what deploying throws.
 */
export async function deployContracts(
  l1Url: string,
  file: string,
  options: DevnetOptions,
  state: string | null = null,
): Promise<Deployment> {
  const provider = new QuietProvider(l1Url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 });
  try {
    if (existsSync(file)) return await findContracts(provider, file);
    if (!isUrl(options.l1)) await fundStakes(provider, options);
    if (state !== null) {
      const { deployment } = readPrepared(state);
      writeFileSync(file, deploymentToJson(deployment));
      return deployment;
    }
    await fund(provider, options);
    const signer = new NonceManager(new Wallet(devAccount(ROLES.deployer).privateKey, provider));
    const config = isUrl(options.l1)
      ? deploymentConfig((await provider.getBlock("latest"))!.timestamp, options)
      : ownDeploymentConfig(options);
    const deployment = await deploySystem(signer, config, { gasLimit: DEPLOY_GAS });
    writeFileSync(file, deploymentToJson(deployment));
    return deployment;
  } finally {
    provider.destroy();
  }
}

/** What an earlier start deployed. @throws SolventError `l1-wrong-chain` where L1 does not have it. */
async function findContracts(provider: JsonRpcProvider, file: string): Promise<Deployment> {
  const deployment = readDeployment(file);
  const { inbox } = deployment.addresses;
  if ((await provider.getCode(inbox)) !== "0x") return deployment;
  throw new SolventError(
    "l1-wrong-chain",
    `${file} names contracts that this L1 does not have (no code at ${inbox}): the folder belongs to another L1, or this one ` +
      "was started anew; take another --datadir",
  );
}

/** The actors' accounts have ether on the L1s that are started here; elsewhere somebody has to pay: the funder, or the mnemonic's first account. */
async function fund(provider: JsonRpcProvider, { funder, sequencing }: DevnetOptions): Promise<void> {
  const { deployer, sequencer, challenger, liar, stranger } = ROLES;
  const members = sequencing === "rotation" ? OTHER_SEQUENCERS : [];
  const needed = new Map<number, bigint>(
    [sequencer, challenger, liar, stranger, ...members].map((role) => [role, 50n * ETHER] as const),
  );
  needed.set(deployer, 1_020n * ETHER); // L2's genesis balances and a rotation's stakes are paid in
  for (const [role, amount] of needed) await mustPay(provider, funder, devAccount(role).address, amount);
}

/** Gives an account what it lacks of an amount. @param key - of who pays; the mnemonic's first account by default. @throws SolventError `funds-missing`. */
export async function mustPay(
  provider: JsonRpcProvider,
  key: string | null,
  address: string,
  amount: bigint,
): Promise<void> {
  const funder = new Wallet(key ?? devAccount(0).privateKey, provider);
  const missing = amount - (await provider.getBalance(address));
  if (missing <= 0n) return;
  if ((await provider.getBalance(funder.address)) < missing + ETHER)
    throw new SolventError(
      "funds-missing",
      `${address} needs ${missing / ETHER + 1n} ether on this L1, and ${funder.address} has too little to give it: ` +
        "name the key of an account that has some as --funder",
    );
  await (await funder.sendTransaction({ to: address, value: missing })).wait();
}

/**
 * Stakes of all the assertions that a challenge period holds: with a period of days and an assertion each few seconds that is more than the
 * mnemonic's accounts have. An L1 of our own gives it.
 */
async function fundStakes(provider: JsonRpcProvider, options: DevnetOptions): Promise<void> {
  const { challengePeriodSeconds, assertionIntervalSeconds } = options;
  if (challengePeriodSeconds === null) return;
  const assertions = Math.ceil(challengePeriodSeconds / Math.max(1, assertionIntervalSeconds));
  const balance = BigInt(2 * assertions + 10_000) * ETHER;
  await provider.send("hardhat_setBalance", [devAccount(ROLES.challenger).address, quantity(balance)]);
}

/** What is deployed on an L1 of our own. */
export function ownDeploymentConfig(options: DevnetOptions): DeploymentConfigInput {
  return deploymentConfig(GENESIS_SECONDS, options);
}

function deploymentConfig(timestamp: number, options: DevnetOptions): DeploymentConfigInput {
  const { sequencing, game: type, heights, responseTimeSeconds, challengePeriodSeconds, forceDelaySeconds } = options;
  const { brake, maxAheadSeconds } = options;
  const mode = dataModeOf(options.data);
  const slotSeconds = options.l1 === "hardhat" ? SLOT_SECONDS : SLOW_SLOT_SECONDS;
  const balances = Array.from({ length: USER_ACCOUNTS }, (_, i) => [devAccount(i).address, 100n * ETHER] as const);
  const others = OTHER_SEQUENCERS.map((index) => devAccount(index).address);
  const challengePeriod = challengePeriodSeconds ?? leastChallengePeriod(heights, responseTimeSeconds);
  return {
    chainId: L2_CHAIN_ID,
    timestamp,
    sequencer: devAccount(ROLES.sequencer).address,
    sequencing: sequencing === "single" ? {} : { ...ROTATION, slotSeconds, others, leaveDelay: challengePeriod },
    feeRecipient: devAccount(ROLES.feeRecipient).address,
    forceDelay: forceDelaySeconds,
    ...(maxAheadSeconds === null ? {} : { maxAhead: maxAheadSeconds }),
    isDevnet: true,
    data: mode === "altda" ? { mode, ...DEVNET_WINDOWS } : { mode },
    ...(brake === null ? {} : { brake }),
    sums: DEVNET_SUMS,
    accounts: Object.fromEntries(balances),
    game: {
      ...{ type, heights, challengePeriod, responseTime: responseTimeSeconds },
      ...(type === "edges" ? { stakes: [...DEVNET_STAKES] } : {}),
      // Short, as everything here: the rest of the period is for censorship.
      ...(type === "tournament" ? { buildTime: 5 * responseTimeSeconds } : {}),
    },
  };
}
