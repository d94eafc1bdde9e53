import { expect } from "chai";
import { JsonRpcProvider, parseEther, Wallet } from "ethers";
import { createDevnet, type Devnet, type DevnetOptions } from "../../devnet";
import { devAccount, ROLES } from "../../devnet/accounts";
import { readEvents } from "../../devnet/events";
import { startReferee } from "../../devnet/referee";
import { startFault } from "../../devnet/scenes";

const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 };
const PORTS = { l1Port: 0, sequencerPort: 0, verifierPort: 0 };
/** Steps of everything until a dispute over blocks is won, at most. */
const MOST_STEPS = 400;

interface Told {
  events: string[];
  /** Where L1 executed an instruction. */
  step: string;
}

describe("devnet: the same in each run with the same seed", function () {
  this.timeout(900_000);

  /** Plays twice, line by line the same. */
  async function compare(play: (seed: number) => Promise<Told>): Promise<Told> {
    const first = await play(7);
    const again = await play(7);
    expect(first.step).to.match(/"step":\d+/);
    // Line by line first: what differs is shown where it begins.
    for (const [i, line] of first.events.entries()) expect(again.events[i], `line ${i}`).to.equal(line);
    expect(again).to.deep.equal(first);
    return first;
  }

  async function within(options: Partial<DevnetOptions>, task: (devnet: Devnet) => Promise<Told>): Promise<Told> {
    const devnet = createDevnet({ ...PORTS, ...options });
    try {
      await devnet.start();
      return await task(devnet);
    } finally {
      await devnet.stop();
    }
  }

  it("moves by steps from outside: transfers, a deposit, a jump of time, and a dispute to its end", () =>
    compare((seed) => within({ seed, isManual: true }, (devnet) => playByHand(devnet, seed))));

  it("moves by itself, in rounds, and has a liar slashed in the same one; with another seed in another", async () => {
    const play = (seed: number): Promise<Told> =>
      within({ seed }, async (devnet) => {
        const lines = await startFault(devnet, "wrong-state", seed, () => {});
        return { events: await readEvents(devnet.info), step: JSON.stringify(stepIn(lines.join("\n"))) };
      });
    const first = await compare(play);
    const other = await play(8);
    expect(other.events[0]).not.to.equal(first.events[0]);
    expect(other.step).not.to.equal(first.step);
  });
});

async function playByHand(devnet: Devnet, seed: number): Promise<Told> {
  const { info, control } = devnet;
  const [onL1, onL2] = [info.l1.url, info.l2.sequencer!].map((url) => new JsonRpcProvider(url, undefined, OPTIONS));
  const referee = await startReferee(info.l1.url, info.deployment);
  try {
    const { portal } = info.deployment.addresses;
    const deposit = { to: portal, value: parseEther("3"), gasLimit: 300_000n };
    await new Wallet(devAccount(5).privateKey, onL1).sendTransaction(deposit);
    await new Wallet(devAccount(2).privateKey, onL2).sendTransaction({ to: devAccount(3).address, value: 1n });
    await control.step("all");
    await control.advanceTime(3_600);
    await devnet.startLiar("wrong-state", seed);
    await new Wallet(devAccount(2).privateKey, onL2).sendTransaction({ to: devAccount(3).address, value: 2n });
    const liar = devAccount(ROLES.liar).address;
    for (let i = 0; i < MOST_STEPS && referee.verdict(liar, 0) === null; i++) {
      await control.step("all");
      await referee.look();
    }
    const { proven } = referee.verdict(liar, 0)!;
    return { events: await readEvents(info), step: JSON.stringify(proven) };
  } finally {
    referee.stop();
    for (const provider of [onL1, onL2]) provider.destroy();
  }
}

/** What a verdict says of the disputed instruction. */
function stepIn(text: string): object | null {
  const found = /block (\d+) of the assertion, stretch (\d+), step (\d+)/.exec(text);
  return found && { run: Number(found[1]), segment: Number(found[2]), step: Number(found[3]) };
}
