import type { DisputedStep } from "../../challenger/truth";
import type { DevAccount } from "../../devnet/accounts";
import type { Devnet } from "../../devnet/devnet";
import { untilSlashed, type Referee, type Seen, type Spending } from "../../devnet/referee";
import { eventually, type Narrator } from "./narrator";

/** What one dispute came to. */
export interface DisputeResult {
  fault: string;
  seed: number;
  /** From the lie on L1 to the instruction that L1 executed. */
  verdictSeconds: number;
  rounds: number;
  step: DisputedStep;
  gas: { honest: bigint; liar: bigint };
}

/** Heights at which a bisection is worth a line. */
const TOLD_HEIGHTS = [12, 6, 0];
const VERDICT_SECONDS = 180;
/** What a leaf of each level is. */
const UNITS = [
  ["block", "blocks"],
  ["stretch of steps", "stretches of steps"],
  ["step", "steps"],
];

/**
 * Starts a liar and tells the dispute until L1 has executed the disputed instruction.
 * @throws Error where the lie is not refuted by proof, or not in time.
 */
export async function runDispute(
  devnet: Devnet,
  referee: Referee,
  story: Narrator,
  liar: { fault: string; seed: number; name: string; account: DevAccount; honest: DevAccount },
): Promise<DisputeResult> {
  const { fault, seed, name, account, honest } = liar;
  const teller = new DisputeTeller(story, liar);
  const steps: DisputedStep[] = [];
  devnet.processes.onMessage = (from, { step }) => void (from === "challenger" && steps.push(step as DisputedStep));
  const before = { honest: gasOf(referee.spentBy(honest.address)), liar: gasOf(referee.spentBy(account.address)) };
  const stop = referee.subscribe((seen) => teller.see(seen));
  try {
    story.tell(`a liar joins: the honest challenger with one patch (${fault}, seed ${seed})`, "liar", { fault, seed });
    await devnet.startLiar(fault, seed, name, account);
    const proof = await eventually("a verdict", async () => teller.proof, VERDICT_SECONDS);
    const step = await eventually("the disputed step in words", async () => steps[0], 10);
    const place = `${step.file ?? "the program"}${step.line === null ? "" : `:${step.line}`}`;
    story.tell(`step ${step.atStep} of the block: ${step.mnemonic}`, "step", step);
    story.tell(`in AssemblyScript, ${place}:   ${step.source ?? "(no source map)"}`, "source", step);
    const verdictSeconds = (proof.at - teller.toldAt!) / 1_000;
    story.tell(`L1 executed it: the honest side is right, ${verdictSeconds.toFixed(1)} s after the lie`, "verdict", {
      verdictSeconds,
      l1Block: proof.l1Block,
    });
    const gas = {
      honest: gasOf(referee.spentBy(honest.address)) - before.honest,
      liar: gasOf(referee.spentBy(account.address)) - before.liar,
    };
    return { fault, seed, verdictSeconds, rounds: teller.rounds, step, gas };
  } finally {
    stop();
  }
}

/** Waits until the liar's stake is taken. @param which - of the liars, in words. */
export async function tellSettlement(
  referee: Referee,
  story: Narrator,
  which: string,
  liar: DevAccount,
  from: number,
): Promise<void> {
  const { challengePeriodSeconds } = referee;
  const verdict = await untilSlashed(referee, liar.address, from, (2 * challengePeriodSeconds + 60) * 1_000);
  if (verdict.by !== "proof") throw new Error("the lie was not refuted by proof");
  const [reward, burnt] = [verdict.reward, verdict.burnt].map((wei) => Number(wei) / 1e18);
  story.tell(
    `the truth is confirmed against the ${which} liar; of its stakes ${reward} ether pay for the moves against it, ${burnt} are burnt`,
    "slashed",
    verdict,
  );
}

/** Turns events of the game into a few lines. */
class DisputeTeller {
  toldAt: number | null = null;
  proof: Seen | null = null;
  rounds = 0;
  private lowest = new Map<number, number>();

  constructor(
    private readonly story: Narrator,
    private readonly liar: { account: DevAccount; honest: DevAccount },
  ) {}

  see(seen: Seen): void {
    const { told } = seen;
    const { story } = this;
    if (told?.kind === "asserted" && told.by === this.liar.account.address) {
      if (this.toldAt !== null) return;
      this.toldAt = seen.at;
      const { outputRoot, l2BlockNumber } = told.assertion;
      const says = `the lie: "after block ${l2BlockNumber} the output root is ${outputRoot.slice(0, 10)}..."`;
      story.tell(says, "lie", told.assertion);
    } else if (told === null || this.toldAt === null || this.proof !== null) return;
    else if (told.kind === "narrowed") this.narrow(told.level, told.leaves);
    else if (told.kind === "opened" && told.by === this.liar.honest.address) {
      const what =
        told.level === 1
          ? "one block is left: its machine hashes are opened"
          : "one stretch of steps is left: every step of it is opened";
      story.tell(`${what} (level ${told.level})`, "opened", { level: told.level });
    } else if (told.kind === "proven") this.proof = seen;
  }

  private narrow(level: number, leaves: number): void {
    if (leaves >= (this.lowest.get(level) ?? Infinity)) return;
    this.lowest.set(level, leaves);
    this.rounds++;
    const [one, many] = UNITS[level];
    if (TOLD_HEIGHTS.includes(Math.log2(leaves)))
      this.story.tell(`bisected: ${leaves} ${leaves === 1 ? one : many} left in question`, "bisected", {
        level,
        leaves,
      });
  }
}

function gasOf({ gas }: Spending): bigint {
  return gas;
}
