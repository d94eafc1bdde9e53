import { join } from "node:path";
import { Contract, formatEther } from "ethers";
import { QuietProvider } from "../../actor/provider";
import { readArtifact } from "../../deployment";
import { moduleFile } from "../../node/modules";
import { devAccount, OTHER_SEQUENCERS, ROLES } from "../accounts";
import type { RunFault } from "./types";
import { untilTrue } from "./scene";

const EQUIVOCATING_SEQUENCER = moduleFile(join(__dirname, "..", "..", "adversary", "equivocatingSequencer"));
const [LEADER, WATCHER] = ["sequencer-2", "watcher"];
const LIMIT_SECONDS = 180;

/** A leader of a rotation signs two blocks for one height; a verifier that was shown both takes its stake. */
export const runEquivocatingLeader: RunFault = async (devnet, _args, _seed, say) => {
  const started = Date.now();
  const { l1, members, deployment } = devnet.info;
  const [leader] = OTHER_SEQUENCERS;
  const reporter = devAccount(ROLES.stranger);
  const provider = new QuietProvider(l1.url, undefined, { cacheTimeout: -1, pollingInterval: 100 });
  const inbox = new Contract(deployment.addresses.inbox, readArtifact("inbox/RotatingInbox").abi, provider);
  const burnt = (): Promise<bigint> => inbox.stakesBurnt() as Promise<bigint>;
  try {
    const { address } = devAccount(leader);
    await inbox.seatOf(address).catch(() => {
      throw new Error(`${LEADER} has no seat any more: start the devnet anew`);
    });
    const before = await burnt();
    await devnet.processes.stopOne(LEADER);
    await devnet.startMember(LEADER, leader, EQUIVOCATING_SEQUENCER);
    const config = { sequencerUrl: members[LEADER], reporterKey: reporter.privateKey };
    await devnet.startVerifier(WATCHER, 0, config);
    say(
      `fault equivocating-leader: ${LEADER} shows who asks twice another block, signed as well; a verifier asks twice`,
    );
    await untilTrue("the loss of the stake", async () => (await burnt()) > before, LIMIT_SECONDS);
    const half = formatEther((await burnt()) - before);
    return [
      "fault equivocating-leader:",
      `  won: the reporter ${reporter.address}; lost: ${LEADER}, ${address}: ${half} ether for the report, ${half} burnt`,
      "  why: two signatures of one leader for one slot, height and parent, and two blocks; L1 needs nothing else to see it",
      `  time: ${((Date.now() - started) / 1_000).toFixed(1)} s; its slots are every member's until the second term from now`,
    ];
  } finally {
    provider.destroy();
    await devnet.processes.stopOne(WATCHER);
    await devnet.processes.stopOne(LEADER);
  }
};
