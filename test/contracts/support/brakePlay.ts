import { time } from "@nomicfoundation/hardhat-network-helpers";
import { type Contract, toBeHex, ZeroAddress } from "ethers";

/** A call: the payment that is asked for, and the seconds since the one before. */
export interface BrakeCall {
  payment: number;
  amount: bigint;
  seconds: number;
  /** Instead: the payment that waits the longest, so many seconds after its wait ends; nothing where none waits. */
  dueIn: number | null;
}

/** What the play knows of a payment. */
interface Payment {
  amount: bigint;
  firstAskedAt: number;
  isPaid: boolean;
}

/**
 * Plays calls against a `BrakeHarness` with a limit on ether, and checks what a brake promises from what was paid when, without its formula:
 * in each stretch of `t` seconds no more than `capacity * (1 + t / drainTime)` leaves but what had waited a drain time; nothing waits
 * longer; what fits beside all that left within a drain time is never held.
 * @returns how often each outcome came, and the first promise that was broken.
 */
export async function playBrake(
  harness: Contract,
  { capacity, drainTime }: { capacity: bigint; drainTime: number },
  calls: readonly BrakeCall[],
): Promise<{ counts: Record<string, number>; violation: string | null }> {
  const counts: Record<string, number> = {};
  const payments = new Map<number, Payment>();
  const left: { at: number; amount: bigint }[] = [];
  let now = await time.latest();
  for (const { payment: chosen, amount: asked, seconds, dueIn } of calls) {
    const dueAt = ({ firstAskedAt }: Payment): number => firstAskedAt + drainTime + (dueIn ?? 0);
    const waiting = [...payments].filter(([, one]) => !one.isPaid && dueAt(one) > now);
    const [number, due] = dueIn !== null && waiting.length > 0 ? waiting[0] : [chosen, null];
    now = due === null ? now + seconds : dueAt(due);
    await time.setNextBlockTimestamp(now);
    const known = payments.get(number);
    if (known?.isPaid === true) continue;
    const amount = known?.amount ?? asked;
    const payment = known ?? { amount, firstAskedAt: now, isPaid: false };
    payments.set(number, payment);
    const outcome = await ask(harness, toBeHex(number + 1, 32), amount);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    const waited = now - payment.firstAskedAt;
    if (outcome === "reverted") return { counts, violation: `a payment of ${amount} cannot be made` };
    if (outcome !== "paid") {
      if (waited >= drainTime) return { counts, violation: `a payment waits for ${waited} s` };
      if (outcome === "held" && known !== undefined) return { counts, violation: "a payment is held a second time" };
      const recent = left.filter(({ at }) => now - at < drainTime).reduce((sum, one) => sum + one.amount, 0n);
      if (recent + amount <= capacity) return { counts, violation: `${amount} is held beside ${recent}` };
      continue;
    }
    payment.isPaid = true;
    if (waited >= drainTime) continue;
    left.push({ at: now, amount });
    let sum = 0n;
    for (const one of [...left].reverse()) {
      sum += one.amount;
      const most = capacity * BigInt(drainTime + now - one.at);
      if (sum * BigInt(drainTime) > most) return { counts, violation: `${sum} left within ${now - one.at} s` };
    }
  }
  return { counts, violation: null };
}

async function ask(harness: Contract, key: string, amount: bigint): Promise<string> {
  try {
    const receipt = await (await harness.pay(key, ZeroAddress, amount, { gasLimit: 500_000 })).wait();
    const names = (receipt.logs as { topics: string[] }[]).map((log) => harness.interface.parseLog(log as never)?.name);
    return names.includes("Paid") ? "paid" : "held";
  } catch (error) {
    const { data = "" } = error as { data?: unknown };
    const text = `${String(error)} ${JSON.stringify(data)}`;
    if (!/revert/.test(text)) throw error;
    const { name, selector } = harness.interface.getError("StillHeld")!;
    return text.includes(name) || text.includes(selector) ? "still held" : "reverted";
  }
}
