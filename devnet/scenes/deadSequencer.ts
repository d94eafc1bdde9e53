import type { RunFault } from "./types";
import { Scene } from "./scene";

/** The sequencer is killed and stays away; a user forces a transfer in, and any verifier derives it. */
export const runDeadSequencer: RunFault = async (devnet, _args, _seed, say) => {
  const scene = new Scene(devnet);
  try {
    const before = await scene.safeBalance();
    await devnet.processes.stopOne("sequencer", "SIGKILL");
    say("fault dead-sequencer: the sequencer is dead; the user sends a transfer to L1's Inbox");
    const sent = await scene.forceTransfer(1n);
    await scene.untilOverdue(sent.messages);
    const forced = await scene.force(sent.messages);
    await scene.until("the transfer on L2", async () => (await scene.safeBalance()) === before + 1n);
    return [
      "fault dead-sequencer:",
      `  won: the user ${scene.user.address}: the transfer is in a safe block`,
      `  why: forced inclusion, open to anyone ${devnet.options.forceDelaySeconds} s after the message was sent`,
      `  time: ${scene.seconds()}`,
      `  cost: ${sent.gas} L1 gas for the message, ${forced} for forcing it in`,
    ];
  } finally {
    scene.close();
  }
};
