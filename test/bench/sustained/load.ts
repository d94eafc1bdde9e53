import { devAccount, USER_ACCOUNTS } from "../../../devnet/accounts";
import { fromHex } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { LoadClient, sleep } from "../rpc/client";
import { createAccount, signMessage, type Account } from "../rpc/workload";
import { PROGRAMS } from "../stf/programs";

/** A call of a loop takes most of it. */
const CALL_GAS = 1_000_000n;
/** Of each loop, so that a call takes some 0.8 to 0.95 million gas. */
const ITERATIONS: Readonly<Record<string, number>> = { arithmetic: 10_500, division: 9_500, keccak: 6_500 };
/** Wei a gas: more than a hundred full blocks in a row bring the base fee to. */
const FEE_CAP = 2n * 10n ** 11n;
const NOTHING = new Uint8Array(0);

/** What goes into a block: calls of loops, each kind in turn, and transfers among accounts that exist. */
export interface BlockLoad {
  calls: number;
  transfers: number;
}

/** Accounts of the devnet that send, and the loops that they call. */
export class Load {
  private readonly senders = Array.from({ length: USER_ACCOUNTS - 1 }, (_, i) => {
    return { account: createAccount(fromHex(devAccount(i).privateKey)), nonce: 0 };
  });
  private loops: Hex[] = [];
  private next = 0;

  constructor(
    private readonly client: LoadClient,
    private readonly chainId: bigint,
  ) {}

  /** Deploys the loops. */
  async prepare(): Promise<void> {
    for (const sender of this.senders)
      sender.nonce = Number(
        await this.client.call<string>("eth_getTransactionCount", sender.account.address, "latest"),
      );
    for (const { name, code } of PROGRAMS) this.loops.push(await this.deploy(code(ITERATIONS[name])));
  }

  /** Sends one block's load, each sender's in the order of its nonces. @throws Error where the node refuses one. */
  async send({ calls, transfers }: BlockLoad): Promise<void> {
    const raws = this.senders.map((): Hex[] => []);
    for (let i = 0; i < calls + transfers; i++) {
      const at = this.next++ % this.senders.length;
      const sender = this.senders[at];
      const to =
        i < calls ? this.loops[i % this.loops.length] : this.senders[(at + 1) % this.senders.length].account.address;
      raws[at].push(this.sign(sender, to, NOTHING, i < calls ? CALL_GAS : 21_000n));
    }
    await Promise.all(
      raws.map(async (own) => {
        for (const raw of own) await this.client.call("eth_sendRawTransaction", raw);
      }),
    );
  }

  private async deploy(code: string): Promise<Hex> {
    // Copies what stands behind these twelve bytes, and returns it.
    const size = (code.length / 2).toString(16).padStart(4, "0");
    const data = fromHex(`0x61${size}80600c6000396000f3${code}`);
    const hash = await this.client.call<Hex>(
      "eth_sendRawTransaction",
      this.sign(this.senders[0], null, data, CALL_GAS),
    );
    for (;;) {
      const receipt = await this.client.call<{ contractAddress: Hex } | null>("eth_getTransactionReceipt", hash);
      if (receipt !== null) return receipt.contractAddress;
      await sleep(100);
    }
  }

  private sign(sender: { account: Account; nonce: number }, to: Hex | null, data: Uint8Array, gasLimit: bigint): Hex {
    const valueWei = data.length === 0 && gasLimit === 21_000n ? 1n : 0n;
    return signMessage(sender.account, this.chainId, sender.nonce++, { to, valueWei, data, gasLimit }, FEE_CAP);
  }
}
