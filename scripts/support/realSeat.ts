import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemOf } from "../../actor/deployedSystem";
import { createLogger } from "../../actor/log";
import { parseConfig } from "../../actor/config/load";
import { parseFault, type Fault } from "../../adversary/faults";
import { Challenger } from "../../challenger/challenger";
import { challengerConfig } from "../../challenger/config";
import { parseDeploymentConfig } from "../../deployment";
import { devAccount, USER_ACCOUNTS } from "../../devnet/accounts";
import type { DevnetInfo } from "../../devnet/devnet";
import type { GameMove, Plan } from "../../games/game";
import { openProgram } from "../../node/engine";
import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import type { Seat } from "../../simulator/boards/l1/seat";

/** L1 is looked at so often while something is being computed, and a plan waits so long for it. */
const LOOK_MS = 100;
const LONGEST_LOOK_MS = 300_000;
/** What a liar forges. */
const FORGED_WEI = 1_000n * 10n ** 18n;

/** A seat with a challenger behind it that computes everything and sends nothing. */
export interface RealSeat extends Seat {
  close(): Promise<void>;
}

/**
 * Sits down at a devnet's own game, over its own program.
 * @param fault - what is patched of the honest challenger, as `solvent devnet --fault` takes it; undefined sits for the truth.
 * @throws SolventError `config-invalid` for a fault that there is not, or what starting a challenger throws.
 */
export async function realSeat(info: DevnetInfo, privateKey: Hex, fault?: string, seed = 1): Promise<RealSeat> {
  const { deployment, deploymentFile, l1 } = info;
  const dataDir = mkdtempSync(join(tmpdir(), "solvent-play-"));
  const quiet = { logLevel: "fatal", l1: { pollIntervalMs: 100 } };
  const config = parseConfig(challengerConfig, {
    ...{ dataDir, deployment: deploymentFile, l1Url: l1.url, privateKey, moves: "manual", ...quiet },
    // Who is honest answers what is wrong; a liar has one thing to say.
    ...{ assertionIntervalSeconds: 0, propose: fault !== undefined, metrics: { port: 0 } },
  });
  const challenger = await Challenger.create(config, {
    system: systemOf(deployment),
    open: (nodes) => ({ program: openProgram({ nodes }) }),
    log: createLogger("play", config.logLevel),
    ...patchOf(info, fault, seed),
  });
  await challenger.start();
  const { game, truth } = challenger;
  const account = challenger.sender.address;
  /** A person plays about one assertion of its own, however far the chain goes on. */
  const once = (plan: Plan): Plan => {
    if (!game.assertions().some(({ staker }) => staker === account)) return plan;
    const isNew = ({ kind }: GameMove): boolean => kind === "assertState";
    const staked = plan.staked.filter(({ moves: [first] }) => !isNew(first));
    return { ...plan, moves: plan.moves.filter((move) => !isNew(move)), staked, stake: stakeIn(plan, staked) };
  };
  return {
    ...{ account, queue: deployment.addresses.queue as Hex, game },
    async look(): Promise<Plan> {
      for (const end = Date.now() + LONGEST_LOOK_MS; Date.now() < end;) {
        const plan = await challenger.tick();
        if (plan !== null && plan.missing.length === 0 && !truth.isBusy) return fault === undefined ? plan : once(plan);
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
      const problem = truth.problem ?? "its histories are not there in time";
      throw new SolventError("l1-unavailable", `the seat cannot decide: ${problem}; see whether L1 answers`);
    },
    async close(): Promise<void> {
      await challenger.stop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function stakeIn({ stakes }: Plan, staked: Plan["staked"]): bigint {
  return staked.flatMap(({ moves }) => moves).reduce((sum, move) => sum + (stakes.get(move) ?? 0n), 0n);
}

/** How a liar's challenger differs from the honest one. */
function patchOf({ deployment }: DevnetInfo, fault: string | undefined, seed: number): Partial<Fault> {
  if (fault === undefined) return {};
  const { game } = parseDeploymentConfig(deployment.parameters);
  // Forging a balance needs an account that exists on L2.
  const account = devAccount(USER_ACCOUNTS - 1).address;
  const { createSource, workerModule } = parseFault(fault, { seed, account, amountWei: FORGED_WEI }, game.type);
  return { createSource, ...(workerModule === undefined ? {} : { workerModule }) };
}
