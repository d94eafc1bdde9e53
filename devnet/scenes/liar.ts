import { devAccount, ROLES } from "../accounts";
import type { Devnet } from "../devnet";
import { Referee } from "../referee";
import { describeSpending, untilSlashed, type Verdict } from "../verdict";
import type { Say } from "./types";
import { Scene } from "./scene";

/** A liar in the game: until its assertion is slashed. */
export async function runLiar(devnet: Devnet, text: string, seed: number, say: Say): Promise<string[]> {
  const account = devAccount(ROLES.liar);
  const { info, options } = devnet;
  const referee = await Referee.start(info.l1.url, info.deployment);
  try {
    const from = referee.seen.length;
    say(`fault ${text}, seed ${seed}: the liar is ${account.address}`);
    await devnet.startLiar(text, seed);
    await makeNews(devnet, say);
    // At most two challenge periods, and the time of the answers; see docs/spec/06-game.md.
    const { challengePeriodSeconds, heights } = referee.replica.parameters;
    const answers = heights.reduce((sum, height) => sum + height, 3) * options.responseTimeSeconds;
    const limitSeconds = 2 * challengePeriodSeconds + answers + 120;
    const verdict = await untilSlashed(referee, account.address, from, limitSeconds * 1_000);
    return [`fault ${text}, seed ${seed}:`, ...describeVerdict(verdict, referee).map((line) => `  ${line}`)];
  } finally {
    referee.stop();
  }
}

/** On an idle chain nobody has anything to lie about: a delayed message and a transfer, so that each kind of lie finds its place. */
async function makeNews(devnet: Devnet, say: Say): Promise<void> {
  const { sequencer, verifier } = devnet.info.l2;
  if (sequencer === null || verifier === null) return;
  const scene = new Scene(devnet);
  try {
    await scene.forceTransfer(1n);
    await scene.transfer(1n);
    say("a transfer and a message from L1 are under way: something to lie about");
  } finally {
    scene.close();
  }
}

/** Who won, why, in which time, at which cost. */
export function describeVerdict(verdict: Verdict, referee: Referee): string[] {
  const { winner, loser, by, provenAfterMs, settledAfterMs, reward, burnt, proven } = verdict;
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  const place = proven === null ? null : referee.placeOf(proven);
  return [
    `won: ${winner.account}; lost: ${loser.account}, its stake: ${ether(reward)} to the winner, ${ether(burnt)} burnt`,
    by === "proof"
      ? `why: L1 executed one instruction (block ${place!.run} of the assertion, stretch ${place!.segment}, step ${place!.step})`
      : "why: time; the lie could not be defended and earned none",
    `time: ${provenAfterMs === null ? "" : `${seconds(provenAfterMs)} from the lie to the proof, `}${seconds(settledAfterMs)} to the end`,
    `cost: the winner ${describeSpending(referee.spentBy(winner.account))}`,
    `      the loser ${describeSpending(referee.spentBy(loser.account))}`,
  ];
}

function ether(wei: bigint): string {
  return `${Number(wei) / 1e18} ether`;
}
