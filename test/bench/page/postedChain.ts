import { Contract, getBytes, JsonRpcProvider, NonceManager, Wallet } from "ethers";
import { systemOf } from "../../../actor/deployedSystem";
import { devAccount, ROLES } from "../../../devnet/accounts";
import { INBOX_ABI } from "../../../node/l1/events";
import { concatBytes, ZERO_HASH } from "../../../protocol";
import { encodeBody, encodeSegment } from "../../../protocol/batch";
import type { Scene } from "../../explorer/support/scene";
import { eventually } from "../../e2e/support/system";

/** Blocks of a full batch, and of a segment of it: a node inflates a segment anew for each of its blocks. */
const BATCH_BLOCKS = 1_000;
const SEGMENT_BLOCKS = 100;
/** Every so many blocks of a full batch one holds a transfer, between these two accounts. */
const TRANSFER_EVERY = 100;
const [FROM, TO] = [5, 3];
const LIVE_MS = 1_000;
const BATCH_GAS = 1_000_000n;

/**
 * A chain that goes on by batches alone: the sequencer is ended, its key posts what it could have posted itself, a block a second, and L1's
 * clock is put forward to match. The verifier derives every block from L1, as ever.
 */
export class PostedChain {
  private readonly l1: JsonRpcProvider;
  private readonly l2: JsonRpcProvider;
  private readonly inbox: Contract;
  private readonly chainId: bigint;
  /** Of the newest block, seconds. */
  private time = 0;
  private transfers = 0;
  private isLive = false;
  private live: Promise<void> | null = null;

  private constructor({ info: { l1, l2, deployment } }: Scene) {
    this.l1 = new JsonRpcProvider(l1.url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 });
    this.l2 = new JsonRpcProvider(l2.verifier!, undefined, { batchMaxCount: 1, cacheTimeout: -1 });
    this.chainId = systemOf(deployment).chainId;
    const signer = new NonceManager(new Wallet(devAccount(ROLES.sequencer).privateKey, this.l1));
    const abi = [...INBOX_ABI.fragments, "function consumedCount() view returns (uint256)"];
    this.inbox = new Contract(deployment.addresses.inbox, abi, signer);
  }

  /** Ends the sequencer when L1 has all that it made. */
  static async takeOver(scene: Scene): Promise<PostedChain> {
    const chain = new PostedChain(scene);
    const sequencer = new JsonRpcProvider(scene.info.l2.sequencer!, undefined, { cacheTimeout: -1 });
    await sequencer.send("evm_setAutomine", [false]);
    await sequencer.send("solvent_flush", []);
    sequencer.destroy();
    await eventually(
      "L1 has all blocks",
      async () => (await chain.numberOf("latest")) === (await chain.numberOf("safe")),
    );
    await scene.devnet.processes.stopOne("sequencer");
    chain.time = (await chain.l2.getBlock("safe"))!.timestamp;
    return chain;
  }

  /** Posts blocks until the chain has that many, and waits until the verifier has derived them, or so long. @returns its newest block's number. */
  async reach(number: number, mostMs: number): Promise<number> {
    const end = Date.now() + mostMs;
    let head = await this.numberOf("safe");
    while (head < number) {
      const count = Math.min(BATCH_BLOCKS, number - head);
      await this.post(count);
      head += count;
    }
    const isThere = async (): Promise<boolean> => Date.now() > end || (await this.numberOf("safe")) >= number;
    await eventually(`block ${number} is derived`, isThere, Infinity);
    return this.numberOf("safe");
  }

  /** Goes on with a batch of one block a second, until it is closed. */
  goOn(): void {
    this.isLive = true;
    this.live = (async () => {
      while (this.isLive) {
        await this.post(1);
        await new Promise((resolve) => setTimeout(resolve, LIVE_MS));
      }
    })();
  }

  async close(): Promise<void> {
    this.isLive = false;
    await this.live;
    this.l1.destroy();
    this.l2.destroy();
  }

  private async post(count: number): Promise<void> {
    const names = ["batchCount", "consumedCount", "delayedCount"];
    const [index, consumed, delayed] = await Promise.all(names.map((name) => this.inbox[name]() as Promise<bigint>));
    const message = delayed === 0n ? ZERO_HASH : ((await this.inbox.messageHash(delayed - 1n)) as string);
    const previous = index === 0n ? ZERO_HASH : ((await this.inbox.batchRecord(index - 1n)) as string);
    const bodies: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      const transactions = i % TRANSFER_EVERY === TRANSFER_EVERY - 1 ? [await this.transfer()] : [];
      const messageCount = i === 0 ? delayed - consumed : 0n;
      bodies.push(encodeBody({ timestamp: BigInt(++this.time), messageCount, transactions }));
    }
    const segments = Array.from({ length: Math.ceil(count / SEGMENT_BLOCKS) }, (_, i) =>
      encodeSegment(bodies.slice(i * SEGMENT_BLOCKS, (i + 1) * SEGMENT_BLOCKS)),
    );
    await this.bringL1To(this.time);
    const sent = await this.inbox.postBatch(index, previous, delayed, message, concatBytes(...segments), {
      gasLimit: BATCH_GAS,
    });
    await sent.wait();
  }

  /** No block of a batch is later than L1, and each batch has a second of L1 of its own. */
  private async bringL1To(time: number): Promise<void> {
    const { timestamp } = await this.newestL1();
    if (timestamp < time) await this.l1.send("devnet_raw", ["evm_mine", [time]]);
  }

  private async transfer(): Promise<Uint8Array> {
    const wallet = new Wallet(devAccount(FROM).privateKey);
    const call = { to: devAccount(TO).address, value: 1_000_000_000n, gasLimit: 21_000n, nonce: this.transfers++ };
    const fees = { maxFeePerGas: 2_000_000_000n, maxPriorityFeePerGas: 1_000_000n };
    return getBytes(await wallet.signTransaction({ type: 2, chainId: this.chainId, ...fees, ...call }));
  }

  private async newestL1(): Promise<{ number: number; timestamp: number }> {
    return (await this.l1.getBlock("latest"))!;
  }

  private async numberOf(tag: "latest" | "safe"): Promise<number> {
    return (await this.l2.getBlock(tag))!.number;
  }
}
