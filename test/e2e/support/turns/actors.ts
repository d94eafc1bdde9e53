import { join } from "node:path";
import { parseConfig } from "../../../../actor/config/load";
import { systemOf } from "../../../../actor/deployedSystem";
import { openExecution } from "../../../../actor/execution";
import { createLogger } from "../../../../actor/log";
import type { DevnetAnswers } from "../../../../actor/marks";
import { twoFaced } from "../../../../adversary/twoFaced";
import { devAccount, ROLES } from "../../../../devnet/accounts";
import { L1Sender } from "../../../../node/l1/sender";
import { Promises } from "../../../../node/rotation/promises";
import { sequencerConfig } from "../../../../sequencer/config";
import { Sequencer, type SequencerDeps } from "../../../../sequencer/sequencer";
import { verifierConfig } from "../../../../verifier/config";
import { PromiseWatch } from "../../../../verifier/promiseWatch";
import { SequencerClient } from "../../../../verifier/sequencerClient";
import { Verifier, type VerifierDeps } from "../../../../verifier/verifier";
import type { TurnsL1 } from "./l1";

/** Nothing moves by a timer: longer than any run, and as long as a timer can be. */
const NEVER_MS = 2_000_000_000;
const MARK = "base";
/** How a report is bid for. */
const REPORTER_OPTIONS = { stuckBlocks: 3, maxFeePerGas: 500_000_000_000n };

const log = (name: string) => createLogger(name, process.env.SOLVENT_LOG ?? "silent");

const shared = (l1: TurnsL1, folder: string, name: string): object => ({
  dataDir: join(folder, name),
  deployment: "none: the test has it",
  l1Url: l1.url,
  l1: { pollIntervalMs: NEVER_MS, finality: 64, timeoutMs: 20_000 },
});

/** A sequencer that serves, and does else what it is told: the test is its clock. */
export async function startSequencer(
  l1: TurnsL1,
  folder: string,
  name: string,
  account: number,
  config: object,
  lies: Pick<SequencerDeps, "mayPost" | "showPromises">,
): Promise<Sequencer> {
  const whole = parseConfig(sequencerConfig, {
    ...shared(l1, folder, name),
    privateKey: devAccount(account).privateKey,
    ...{ blockTimeMs: NEVER_MS, emptyBlocks: false, batch: { isManual: true }, ...config },
  });
  const sequencer = await Sequencer.create(whole, {
    ...{ system: systemOf(l1.deployment), open: openExecution, log: log(name), ...lies },
  });
  await sequencer.start();
  return sequencer;
}

/** A verifier that reads L1 when it is told. */
export function openVerifier(
  l1: TurnsL1,
  folder: string,
  name: string,
  open: VerifierDeps["open"] = openExecution,
): Promise<Verifier> {
  const whole = parseConfig(verifierConfig, shared(l1, folder, name));
  return Verifier.create(whole, { system: systemOf(l1.deployment), open, log: log(name) });
}

/** Looks at what all of these sequencers show, as a verifier's owner that reports does. */
export async function openWatch({ core }: Verifier, l1: TurnsL1, from: readonly Sequencer[]): Promise<PromiseWatch> {
  const { privateKey } = devAccount(ROLES.stranger);
  const sender = await L1Sender.create(core.l1, privateKey, core.store, REPORTER_OPTIONS, log("watch"));
  const sources = from.map(({ rpcUrl }) => new SequencerClient(rpcUrl!));
  return new PromiseWatch(core, new Promises(core.store), sources, sender, () => l1.now, log("watch"));
}

/** What an equivocating leader shows. */
export function twoFaces(l1: TurnsL1, account: number): NonNullable<SequencerDeps["showPromises"]> {
  return twoFaced(systemOf(l1.deployment), devAccount(account).privateKey);
}

interface Marked {
  devnet: DevnetAnswers;
}

/** Has an actor keep what it is now. */
export async function mark(actor: Marked): Promise<void> {
  await held(actor, [], () => ask(actor, "mark", MARK));
}

/** Puts an actor back to what it was when it was marked. */
export async function restore(actor: Marked): Promise<void> {
  await held(actor, [MARK], () => ask(actor, "restore", MARK));
}

async function held(actor: Marked, params: readonly string[], task: () => Promise<unknown>): Promise<void> {
  await ask(actor, "hold", ...params);
  try {
    await task();
  } finally {
    await ask(actor, "release");
  }
}

function ask({ devnet }: Marked, name: string, ...params: readonly string[]): Promise<unknown> {
  return (devnet[name] as (...params: readonly string[]) => Promise<unknown>)(...params);
}
