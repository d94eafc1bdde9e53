import { needOf } from "../../adversary/faults";
import type { Devnet } from "../devnet";
import { Scene } from "./scene";
import type { News, Say } from "./types";

/** Seconds until a message may be forced in, at most, where no sequencer takes it. */
const OVERDUE_SECONDS = 300;
const TRANSFER_GAS = 50_000n;
/**
 * Asks BLS12-381's multi-scalar multiplication for 32 points at infinity and keeps its 128 bytes of answer as code: PUSH1 128, PUSH0, PUSH2 5120,
 * PUSH0, PUSH1 12, GAS, STATICCALL, POP, PUSH1 128, PUSH0, RETURN. It is a precompile that L1 is asked for (modexp is a part of the program), it
 * can fail, its answer is in the state, and twice its gas is more than a starving proof has.
 */
const ASKING_CODE = "0x60805f6114005f600c5afa5060805ff3";
const ASKING_GAS = 1_000_000n;

/** @param receiver - of a transfer, where a block with one offers the lie. */
export function newsFor(fault: string, receiver: string): News {
  return needOf(fault) === "precompile"
    ? { to: null, value: 0n, gasLimit: ASKING_GAS, data: ASKING_CODE }
    : { to: receiver, value: 1n, gasLimit: TRANSFER_GAS, data: "0x" };
}

/**
 * On an idle chain nobody has anything to lie about: a delayed message and a transaction, or the message alone, forced in, where there is no
 * sequencer to send one to; for a lie about a precompile one that asks it.
 */
export async function makeNews(devnet: Devnet, fault: string, say: Say): Promise<void> {
  const scene = new Scene(devnet);
  try {
    const news = newsFor(fault, scene.receiver);
    const what = news.to === null ? "a call of a precompile" : "a transfer";
    if (devnet.info.l2.sequencer === null) {
      const message = await scene.sendMessage(news);
      devnet.rounds?.go();
      await message.wait();
      await forceIn(scene);
      say(`${what} was forced in through L1: something to lie about`);
      return;
    }
    const message = await scene.sendTransfer(1n);
    const hash = await scene.send(news);
    devnet.rounds?.go();
    await Promise.all([message.wait(), scene.confirmed(hash)]);
    say(`${what} and a message from L1 are under way: something to lie about`);
  } finally {
    scene.close();
  }
}

async function forceIn(scene: Scene): Promise<void> {
  const messages = (await scene.inbox().delayedCount()) as bigint;
  await scene.untilOverdue(messages, OVERDUE_SECONDS);
  await scene.force(messages);
}
