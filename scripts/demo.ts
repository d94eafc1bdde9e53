import { Option } from "commander";
import { parseEther } from "ethers";
import { devAccount, ROLES } from "../devnet/accounts";
import { Devnet } from "../devnet/devnet";
import { ensureCompiled, GAMES, type GameType } from "../deployment";
import {
  DATA_CHOICES,
  SEQUENCING_MODES,
  SLOW_RESPONSE_SECONDS,
  dataModeOf,
  type DataChoice,
  type SequencingMode,
} from "../devnet/options";
import { startReferee, type Referee } from "../devnet/referee";
import { runDispute, tellSettlement, type DisputeResult } from "./demo/dispute";
import { ether, eventually, Narrator } from "./demo/narrator";
import { playSolvency, SOLVENCY_DEVNET } from "./demo/solvency";
import type { Withdrawal } from "../client";
import type { Hex } from "../protocol/types";
import { User } from "./demo/user";
import { createCommand, runCommand, wholeNumber } from "../actor/command";
import { ensureBuilt } from "./support/ensureBuilt";
import { untilStopped } from "./support/untilStopped";

/** The demo's L1 mines this often. */
const L1_INTERVAL_MS = 100;
const VERDICT_LIMIT_SECONDS = 60;
const FURTHER_LIMIT_SECONDS = 15;

type AuditJson = { assets: { asset: string; escrow: string; surplus: string }[]; alerts: { text: string }[] };

const STORIES = ["fraud", "solvency"] as const;

interface Options {
  json?: boolean;
  seed: number;
  game: GameType;
  data: DataChoice;
  sequencing: SequencingMode;
  story: (typeof STORIES)[number];
}

/**
 * `npm run demo`: one run with a liar, told as it happens: deposit, Uniswap on L2, batches, assertions, a lie, its refutation by one
 * instruction on L1, the liar's stake, a user's withdrawals paid out, the books balanced. Ends by itself; exit status 0 only if all
 * of that happened. `--story solvency` tells another: scripts/demo/solvency.ts.
 */
async function main(): Promise<void> {
  const options = createCommand(
    "npm run demo --",
    "One narrated run: a rollup, a liar, a dispute down to one instruction, and the money at the right place.",
  )
    .option("--json", "one JSON object a line instead of text")
    .addOption(
      new Option("--story <name>", "a lie and its refutation, or an insolvent root").choices(STORIES).default("fraud"),
    )
    .addOption(new Option("--game <name>", "the rules by which disputes are settled").choices(GAMES).default("edges"))
    .addOption(new Option("--data <name>", "where the bytes of batches are").choices(DATA_CHOICES).default("calldata"))
    .addOption(
      new Option("--sequencing <name>", "who posts batches: one always, or three in turns")
        .choices(SEQUENCING_MODES)
        .default("single"),
    )
    .option("--seed <n>", "of the lies: where in the block they begin", wholeNumber(0, 2 ** 31 - 2), 7)
    .parse()
    .opts<Options>();
  const { json, seed, game, data, sequencing, story: chosen } = options;
  const story = new Narrator(json === true);
  await ensureBuilt((text) => story.tell(text, "build"));
  if (chosen === "solvency") await ensureCompiled(["solvency/DynamicCollateral"]);
  const devnet = new Devnet({
    ...{
      l1Port: 0,
      sequencerPort: 0,
      verifierPort: 0,
      l1IntervalMs: L1_INTERVAL_MS,
      blockTimeMs: 200,
      batchAgeMs: 500,
    },
    // Each assertion of the story covers what happened in it.
    ...{ game, data, sequencing, assertionIntervalSeconds: 3, emptyBlocks: false },
    // Who joins a tournament late has that much less on its clock: a liar's process must come up in time.
    ...(game === "tournament" ? { challengePeriodSeconds: 60 } : {}),
    ...(chosen === "solvency" ? SOLVENCY_DEVNET : {}),
    // Of the two only anvil has blobs.
    ...(dataModeOf(data) === "blobs" ? { l1: "anvil", responseTimeSeconds: SLOW_RESPONSE_SECONDS } : {}),
  });
  const tell = chosen === "solvency" ? playSolvency : play;
  const ended = new Promise<never>((_, reject) => {
    devnet.processes.onExit = (name, code) =>
      reject(new Error(`${name} ended with status ${code}; see ${devnet.logDir}`));
  });
  const stopped = untilStopped().then((reason) => Promise.reject(new Error(`stopped: ${reason}`)));
  const cleanUp: (() => void)[] = [];
  try {
    await Promise.race([tell(devnet, story, seed, cleanUp), ended, stopped]);
  } finally {
    devnet.processes.onExit = () => {};
    cleanUp.forEach((run) => run());
    await devnet.stop();
  }
}

async function play(devnet: Devnet, story: Narrator, seed: number, cleanUp: (() => void)[]): Promise<void> {
  story.intro(
    "A devnet with everything real, told as it happens; on the left seconds since the start. It takes a minute or two.",
  );
  story.chapter("1. A rollup on its own L1");
  const info = await devnet.start();
  const { deployment, l1, l2 } = info;
  const sequencers = ["sequencer", ...Object.keys(info.members)].join(", ");
  story.tell(
    `L1 (a block each ${L1_INTERVAL_MS} ms), contracts, ${sequencers}, verifier and challenger are up`,
    "ready",
    {
      l1,
      l2,
    },
  );
  const referee = await startReferee(l1.url, deployment, 50);
  const user = new User(info, story, 0);
  cleanUp.push(
    () => referee.stop(),
    () => user.close(),
  );

  story.chapter("2. In: ether, a token, a market");
  await user.deposit(parseEther("5"));
  const token = await user.depositToken();
  await user.swap(token);
  const etherOut = parseEther("3");
  const withdrawals = [await user.startWithdrawal(etherOut), await user.startTokenWithdrawal(token, parseEther("20"))];
  story.tell("started two withdrawals on L2: 3 ether, and 20 ORD", "withdrawals", {
    hashes: withdrawals.map(({ hash }) => hash),
  });
  const last = withdrawals[1].l2Block;
  await untilSafe(user, last);
  story.tell(`everything up to L2 block ${last} is in batches on L1`, "batched", { block: last });

  story.chapter("3. A lie: 1,000 ether that nobody paid in");
  const assertion = await untilAsserted(referee, last);
  story.tell(`the challenger has asserted the state after block ${assertion.l2BlockNumber}`, "asserted", assertion);
  const honest = devAccount(ROLES.challenger);
  const disputes: DisputeResult[] = [];
  const begin = referee.seen.length;
  const first = devAccount(ROLES.liar);
  disputes.push(
    await runDispute(devnet, referee, story, { fault: "wrong-state", seed, name: "liar", account: first, honest }),
  );
  await devnet.processes.stopOne("liar");

  story.chapter("4. Another lie, while the first is being settled");
  const secondBegin = referee.seen.length;
  const second = devAccount(ROLES.stranger);
  if (devnet.options.game === "tournament") await firstIsTooOldToJoin(referee, first.address, begin);
  await anotherAssertion(user, referee);
  disputes.push(
    await runDispute(devnet, referee, story, {
      fault: dataModeOf(devnet.options.data) === "blobs" ? "wrong-blob:first" : "wrong-preimage:last",
      seed: seed + 1,
      name: "liar2",
      account: second,
      honest,
    }),
  );
  await devnet.processes.stopOne("liar2");

  story.chapter("5. The money");
  for (const withdrawal of withdrawals) await user.prove(withdrawal, assertion);
  story.tell("the user has proven both withdrawals against the honest assertion", "proven");
  await tellSettlement(referee, story, "first", first, begin);
  await payOut(user, story, withdrawals, etherOut);
  await tellSettlement(referee, story, "second", second, secondBegin);
  await balanceBooks(devnet, story);

  sumUp(story, disputes);
}

async function untilSafe(user: User, block: number): Promise<void> {
  await eventually("the batch on L1", async () => {
    const { safe } = (await user.l2.send("rollup_syncStatus", [])) as { safe: { number: number } };
    return safe.number >= block;
  });
}

/** The first assertion of the truth that covers an L2 block. */
function untilAsserted(
  referee: Referee,
  block: number,
): ReturnType<typeof eventually<{ index: number; l2BlockNumber: number; outputRoot: Hex }>> {
  const honest = devAccount(ROLES.challenger).address;
  return eventually("an assertion", async () =>
    referee.assertedBy(honest).find(({ l2BlockNumber }) => l2BlockNumber >= block),
  );
}

/** Something new on L2, so that there is another assertion to lie about. */
async function anotherAssertion(user: User, referee: Referee): Promise<void> {
  const block = await user.transfer(devAccount(1).address, parseEther("0.01"));
  await untilSafe(user, block);
  await untilAsserted(referee, block);
}

/**
 * Whoever joins the tournament of the first lie is paired there, by the rules, only when its match is over: with the tournaments below it
 * that takes as long as they are open. The second liar takes the oldest tournament that it is not too late for; this waits until that is
 * another one.
 */
async function firstIsTooOldToJoin(referee: Referee, liar: Hex, from: number): Promise<void> {
  const lie = referee.seen.slice(from).find(({ told }) => told?.kind === "asserted" && told.by === liar)!;
  const tooLateMs = (referee.challengePeriodSeconds / 2) * 1_000;
  await eventually("the first lie's tournament is half over", async () => Date.now() >= lie.at + tooLateMs);
}

async function payOut(user: User, story: Narrator, withdrawals: Withdrawal[], etherOut: bigint): Promise<void> {
  const before = await user.balanceOnL1();
  for (const withdrawal of withdrawals) await eventually("a withdrawal's payment", () => user.finalize(withdrawal), 30);
  const gained = (await user.balanceOnL1()) - before;
  if (gained < etherOut - parseEther("0.1"))
    throw new Error(`the user got ${ether(gained)} ether instead of ${ether(etherOut)}`);
  story.tell(`paid out on L1: 3 ether and 20 ORD`, "paid", { gained });
}

async function balanceBooks(devnet: Devnet, story: Narrator): Promise<void> {
  const audit = await eventually("the audit", async () => {
    const response = await fetch(devnet.info.l2.verifier!, {
      method: "POST",
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "rollup_getAudit", params: [] }),
    });
    const { result } = (await response.json()) as { result?: AuditJson & { l1Block: { number: number } } };
    return result;
  });
  const short = audit.assets.filter(({ surplus }) => BigInt(surplus) < 0n);
  if (audit.alerts.length > 0 || short.length > 0)
    throw new Error(`the books do not balance: ${JSON.stringify(audit)}`);
  const assets = audit.assets.map(({ asset, escrow, surplus }) => {
    const name = asset === "ether" ? "ether" : "ORD";
    return `${ether(BigInt(escrow))} ${name} in escrow, ${ether(BigInt(surplus))} more than L2 owes`;
  });
  story.tell(`books balanced by the verifier: ${assets.join("; ")}`, "books", audit);
}

function sumUp(story: Narrator, disputes: readonly DisputeResult[]): void {
  story.chapter("Figures");
  for (const [i, { fault, seed, verdictSeconds, rounds, step, gas }] of disputes.entries()) {
    const limit = i === 0 ? VERDICT_LIMIT_SECONDS : FURTHER_LIMIT_SECONDS;
    story.tell(
      `${fault}, seed ${seed}: verdict after ${verdictSeconds.toFixed(1)} s (${verdictSeconds > limit ? "over the " : ""}limit ${limit} s), ${rounds} bisections, step ${step.atStep}; ` +
        `gas: honest ${gas.honest.toLocaleString("en")}, liar ${gas.liar.toLocaleString("en")}`,
      "figures",
      { fault, seed, verdictSeconds, limitSeconds: limit, rounds, atStep: step.atStep, gas },
    );
  }
  story.tell("all of it happened", "done");
}

void runCommand("demo", main).then(() => process.exit());
