import { join } from "node:path";
import { formatEther } from "ethers";
import { SolventError, isErrorCode } from "../../protocol/errors";
import { devAccount, ROLES } from "../accounts";
import type { Devnet } from "../devnet";
import type { Processes } from "../processes";
import {
  describeSpending,
  isContradicted,
  startReferee,
  untilSlashed,
  type Referee,
  type Until,
  type Verdict,
} from "../referee";
import { makeNews } from "./news";
import type { Say } from "./types";

/** So often a liar is started whose lie comes too late: a machine that is busy enough is always late. */
const MOST_TRIES = 3;
/** It is given something to lie about then, whether it has caught up or not. */
const LONGEST_START_MS = 300_000;

/**
 * A liar in the game: until all of its false assertions are slashed; its process ends with it. Where rounds move the devnet it comes and
 * goes between two of them, and they are held at the end.
 */
export async function runLiar(devnet: Devnet, text: string, seed: number, say: Say): Promise<string[]> {
  const account = devAccount(ROLES.liar);
  const { info, options, rounds, processes } = devnet;
  await rounds?.hold();
  const referee = await startReferee(info.l1.url, info.deployment);
  try {
    const from = referee.seen.length;
    say(`fault ${text}, seed ${seed}: the liar is ${account.address}`);
    // Two challenge periods, and the time of the answers (docs/spec/06-game.md); rivals of a tournament are beaten in rounds of a clock or two.
    const { challengePeriodSeconds, heights } = referee;
    const answers = heights.reduce((sum, height) => sum + height, 3) * options.responseTimeSeconds;
    const periods = options.game === "tournament" ? 12 : 2;
    const limitSeconds = periods * challengePeriodSeconds + answers + 120;
    const mustGoOn = (): void => {
      if (processes.pid("liar") === undefined)
        throw new SolventError("liar-ended", `the liar ended by itself; its log is ${join(devnet.logDir, "liar.log")}`);
    };
    const afterRounds: Until | undefined =
      rounds === null
        ? undefined
        : (probe) =>
            rounds.until(async () => {
              await referee.look();
              const found = probe();
              if (found === null) return null;
              await processes.stopOne("liar");
              // What it sent last is its own lie, not the next one's.
              await devnet.control.step("l1");
              return found;
            });
    let verdict: Verdict | null = null;
    for (let tries = 1; verdict === null; tries++) {
      await devnet.startLiar(text, seed);
      if (rounds === null) await untilItHasCaughtUp(processes);
      await makeNews(devnet, text, say);
      try {
        verdict = await untilSlashed(referee, account.address, from, limitSeconds * 1_000, mustGoOn, afterRounds);
      } catch (error) {
        const isTooLate = isErrorCode(error, "liar-ended") && !isContradicted(referee, account.address, from);
        if (!isTooLate || tries === MOST_TRIES) throw error;
        say("its lie came too late: another assertion was confirmed in its place; it tells another");
      }
    }
    return [`fault ${text}, seed ${seed}:`, ...describeVerdict(verdict, referee).map((line) => `  ${line}`)];
  } finally {
    referee.stop();
    await processes.stopOne("liar");
  }
}

/**
 * What happens before a liar has read the chain and computed what others have asserted, which takes it long where that is long, may be half
 * decided by then.
 */
async function untilItHasCaughtUp(processes: Processes): Promise<void> {
  for (const end = Date.now() + LONGEST_START_MS; processes.pid("liar") !== undefined && Date.now() < end;) {
    try {
      if ((await processes.ask("liar", "hasCaughtUp")) === true) return;
    } catch (error) {
      if (!isErrorCode(error, "process-failed")) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Who won, why, in which time, at which cost. */
export function describeVerdict(verdict: Verdict, referee: Referee): string[] {
  const { winner, loser, by, provenAfterMs, settledAfterMs, reward, burnt, stakes, proven } = verdict;
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  const lost = stakes === 1 ? "its stake" : `its ${stakes} stakes`;
  return [
    `won: ${winner.account}; lost: ${loser.account}, ${lost}: ${ether(reward)} for the moves against it, ${ether(burnt)} burnt`,
    by === "proof"
      ? `why: L1 executed one instruction (block ${proven!.run} of the assertion, stretch ${proven!.segment}, step ${proven!.step})`
      : "why: time; the lie could not be defended and earned none",
    `time: ${provenAfterMs === null ? "" : `${seconds(provenAfterMs)} from the lie to the proof, `}${seconds(settledAfterMs)} to the end`,
    `cost: the winner ${describeSpending(referee.spentBy(winner.account))}`,
    `      the loser ${describeSpending(referee.spentBy(loser.account))}`,
  ];
}

function ether(wei: bigint): string {
  return `${formatEther(wei).replace(/\.0$/, "")} ether`;
}
