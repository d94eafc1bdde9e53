import type { RunFault } from "./types";
import { Scene } from "./scene";

/** Gas of one flooding deposit on L2: a quarter of it is burnt on L1, which caps what fits one L1 transaction. */
const DEPOSIT_GAS = 7_500_000n;

/** One account buys as much forced L2 gas as it can; everybody else still gets in. */
export const runDepositFlood: RunFault = async (devnet, [count = "40"], _seed, say) => {
  const scene = new Scene(devnet);
  try {
    const total = Number(count);
    const inbox = scene.inbox(scene.stranger);
    const before = (await inbox.delayedCount()) as bigint;
    // Code that runs until its gas is used up: JUMPDEST, PUSH0, JUMP.
    const loop = "0x5b5f56";
    say(`fault deposit-flood: ${total} deposits of ${DEPOSIT_GAS} gas each, in a row`);
    const sent = [];
    for (let i = 0; i < total; i++)
      sent.push(await inbox.sendMessage(`0x${"00".repeat(20)}`, 0n, DEPOSIT_GAS, true, loop, { gasLimit: 3_000_000n }));
    const soft = scene.transfer(1n).then(async (hash) => ({ hash, after: scene.seconds() }));
    let gas = 0n;
    for (const transaction of sent) gas += (await transaction.wait()).gasUsed as bigint;
    const user = await soft;
    await scene.until("the user's transfer in a batch", () => scene.isSafe(user.hash), 300);
    await scene.until(
      "the flood on L2",
      async () => {
        const { extraData } = (await scene.verifier.send("eth_getBlockByNumber", ["safe", false])) as {
          extraData: string;
        };
        return BigInt(`0x${extraData.slice(36)}`) >= before + BigInt(total);
      },
      300,
    );
    const l2Gas = DEPOSIT_GAS * BigInt(total);
    return [
      "fault deposit-flood:",
      `  won: the user ${scene.user.address}: a transfer was confirmed ${user.after} after the flood began`,
      "  why: each deposit burns a quarter of its L2 gas on L1, so L1's blocks bound what can be forced on L2",
      `  time: ${scene.seconds()} until L2 had worked off the flood`,
      `  cost: the flooder ${gas} L1 gas for ${l2Gas} gas on L2 (1 for ${(Number(l2Gas) / Number(gas)).toFixed(1)})`,
    ];
  } finally {
    scene.close();
  }
};
