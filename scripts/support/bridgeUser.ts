import { formatUnits, type JsonRpcProvider, NonceManager, parseUnits, Wallet } from "ethers";
import { QuietProvider } from "../../actor/provider";
import {
  depositEther,
  depositStatus,
  depositToken,
  describeToken,
  ensureL2Token,
  finalizeWithdrawal,
  proveWithdrawal,
  startTokenWithdrawal,
  startWithdrawal,
  withdrawalsIn,
  withdrawalStatus,
  type Deposit,
  type LayerSigner,
  type RollupAddresses,
  type Withdrawal,
  type WithdrawalStatus,
} from "../../client";
import { SolventError } from "../../protocol/errors";

const POLL_MS = 500;
const PROVIDER = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 250 };
/** States of a withdrawal, in their order. */
const ORDER = [
  "waiting-for-assertion",
  "ready-to-prove",
  "in-challenge-period",
  "ready-to-finalize",
  "held",
  "finalized",
];

/** Where a rollup is, and who uses it. */
export interface Connection {
  /** JSON-RPC of L1 and of a node of L2. */
  l1: string;
  l2: string;
  /** Private key, on both layers. */
  key: string;
  rollup: RollupAddresses;
}

/** What is moved: so much (a decimal number) of ether, or of the token of this address on the layer that it leaves. */
export interface Moved {
  amount: string;
  token?: string;
  to?: string;
  /** Whether to stay until it has arrived. */
  wait: boolean;
}

/** A user of the bridge: one account on both layers. Says what it does and each state that it sees, a line each. */
export class BridgeUser {
  private readonly l1: JsonRpcProvider;
  private readonly l2: JsonRpcProvider;
  private readonly onL1: LayerSigner;
  private readonly onL2: LayerSigner;
  private readonly rollup: RollupAddresses;
  private readonly address: string;

  private readonly say: (line: string) => void;

  constructor({ l1, l2, key, rollup }: Connection, say: (line: string) => void) {
    this.say = say;
    const wallet = new Wallet(key);
    this.address = wallet.address;
    this.l1 = new QuietProvider(l1, undefined, PROVIDER);
    this.l2 = new QuietProvider(l2, undefined, PROVIDER);
    const [onL1, onL2] = [this.l1, this.l2].map((provider) => new NonceManager(wallet.connect(provider)));
    this.onL1 = onL1 as unknown as LayerSigner;
    this.onL2 = onL2 as unknown as LayerSigner;
    this.rollup = rollup;
  }

  close(): void {
    this.l1.destroy();
    this.l2.destroy();
  }

  async deposit({ amount: text, token, to, wait }: Moved): Promise<void> {
    const deposit = token === undefined ? await this.depositEther(text, to) : await this.depositToken(text, token, to);
    this.say(`deposit: ${deposit.index}`);
    this.say(`transaction on L2: ${deposit.l2Hash}`);
    for (let told = ""; ; await pause()) {
      const status = await depositStatus(this.l2, deposit);
      if (status.state !== told) this.say(`state: ${status.state}`);
      told = status.state;
      if (status.state === "included") {
        const call = status.callSucceeded ? "succeeded" : "failed: what was minted is the sender's";
        this.say(`block on L2: ${status.l2Block}, its call ${call}`);
        return;
      }
      if (!wait) return;
    }
  }

  private depositEther(text: string, to?: string): Promise<Deposit> {
    return depositEther(this.onL1, this.rollup, { amount: amountOf(text, 18), to });
  }

  private async depositToken(text: string, l1Token: string, to?: string): Promise<Deposit> {
    const amount = amountOf(text, (await describeToken(this.l1, l1Token)).decimals);
    const l2Token = await ensureL2Token(this.l1, this.onL2, l1Token);
    this.say(`token on L2: ${l2Token}`);
    return depositToken(this.onL1, this.rollup, { l1Token, l2Token, amount, to });
  }

  async withdraw({ amount: text, token, to, wait }: Moved): Promise<void> {
    const amount = amountOf(text, token === undefined ? 18 : (await describeToken(this.l2, token)).decimals);
    const withdrawal =
      token === undefined
        ? await startWithdrawal(this.onL2, { amount, to })
        : await startTokenWithdrawal(this.onL2, { l2Token: token, amount, to });
    this.say(`withdrawal: ${withdrawal.hash}`);
    this.say(`transaction on L2: ${withdrawal.l2Hash}`);
    this.say(`block on L2: ${withdrawal.l2Block}`);
    if (wait) await this.follow(withdrawal, "finalized");
    else this.tell(await this.statusOf(withdrawal));
  }

  /** @throws SolventError `no-withdrawal` where the transaction is none that started one. */
  async withdrawalOf(hash: string): Promise<Withdrawal> {
    if (!/^0x[0-9a-fA-F]{64}$/.test(hash))
      throw new SolventError(
        "config-invalid",
        "a withdrawal is named by the hash of the transaction on L2 that started it",
      );
    const receipt = await this.l2.getTransactionReceipt(hash);
    if (receipt === null)
      throw new SolventError(
        "no-withdrawal",
        `L2 has no transaction ${hash}: give that of the transaction that withdrew, not the withdrawal's own hash`,
      );
    const [withdrawal, ...more] = withdrawalsIn(receipt);
    if (withdrawal === undefined || more.length > 0)
      throw new SolventError(
        "no-withdrawal",
        `transaction ${hash} started ${more.length && more.length + 1} withdrawals, not one`,
      );
    return withdrawal;
  }

  statusOf(withdrawal: Withdrawal): Promise<WithdrawalStatus> {
    return withdrawalStatus(this.l1, this.rollup, withdrawal, this.address);
  }

  /** Proves and finalizes when that is possible, until `state` is reached or is behind. An assertion that dies is proven against anew. */
  async follow(withdrawal: Withdrawal, state: "in-challenge-period" | "finalized"): Promise<void> {
    for (let told = ""; ; await pause()) {
      const status = await this.statusOf(withdrawal);
      if (status.state !== told) this.tell(status);
      told = status.state;
      if (ORDER.indexOf(status.state) >= ORDER.indexOf(state)) return;
      if (status.state === "ready-to-prove") await this.prove(withdrawal);
      if (status.state === "ready-to-finalize") await this.finalize(withdrawal);
    }
  }

  async prove(withdrawal: Withdrawal): Promise<void> {
    const { assertion } = await proveWithdrawal(this.onL1, this.l2, this.rollup, withdrawal);
    this.say(`proven against assertion ${assertion.index}, which ends at block ${assertion.l2Block}`);
  }

  /** @throws SolventError `not-covered` where L1 does not pay it yet. */
  async finalize(withdrawal: Withdrawal): Promise<void> {
    const status = await this.statusOf(withdrawal);
    if (status.state === "finalized") return this.tell(status);
    if (status.state !== "ready-to-finalize")
      throw new SolventError("not-covered", `the withdrawal is ${status.state}: --wait goes on when that is over`, {
        retry: true,
      });
    const after = await finalizeWithdrawal(this.onL1, this.rollup, withdrawal);
    if (after.state === "held") return this.tell(after);
    const { value, target } = withdrawal.transaction;
    this.say(value === 0n ? `called: ${target}` : `paid: ${formatUnits(value)} ether to ${target}`);
  }

  tell(status: WithdrawalStatus): void {
    this.say(`state: ${status.state}`);
    if (status.state === "ready-to-prove")
      this.say(`assertion: ${status.assertion.index}, ends at block ${status.assertion.l2Block}`);
    if (status.state === "held")
      this.say(`held by the brake until: ${new Date(status.until * 1_000).toISOString()} of L1's clock`);
    if (status.state === "in-challenge-period")
      this.say(
        `expected: ${new Date(status.expectedAt * 1_000).toISOString()} of L1's clock${status.isRivalled ? ", rivalled: later" : ""}`,
      );
  }
}

/** @throws SolventError `config-invalid` for what is no amount above zero. */
function amountOf(text: string, decimals: number): bigint {
  try {
    const amount = parseUnits(text, decimals);
    if (amount > 0n) return amount;
  } catch {
    // said below
  }
  throw new SolventError(
    "config-invalid",
    `an amount is a number above 0 with at most ${decimals} decimals, not ${text}`,
  );
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
