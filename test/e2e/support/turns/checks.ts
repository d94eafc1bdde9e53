import { expect } from "chai";
import { isEquivocation, type SignedConfirmation } from "../../../../node/rotation/confirmation";
import { Promises } from "../../../../node/rotation/promises";
import { decodeCursor } from "../../../../protocol";
import { FORCE_DELAY, INBOX } from "./l1";
import { nonceOf, type Play } from "./play";
import { SLOT_SECONDS, type Member } from "./world";

/** Heights that are looked through for what was signed, above a member's head. */
const ABOVE = 16;
/** Seconds: L1's longest time between two blocks, and what three that were taken back cost at most. */
const [BLOCK_SECONDS, REORG_SECONDS] = [4, 9];
/** An honest member of three comes, and its batch lands; a slot more, for L1 may miss what it posts. */
const TURN_SECONDS = 3 * SLOT_SECONDS + BLOCK_SECONDS;

/** What became of a seed. */
export interface Outcome {
  batches: number;
  forced: number;
  messages: number;
  promises: number;
  /**
   * Of the honest: blocks that they signed, and posted another of in the same slot, at the same height and on the same parent: what a rule
   * that punishes it would slash them for (docs/adr/0050-a-block-that-the-chain-contradicts.md).
   */
  contradicted: number;
  punished: number;
  blocks: number;
}

/**
 * No message waits longer than its delay and the next chance to get in: a block where somebody forces it in, an honest member's turn else.
 * Rationale: a batch of anybody's that passes it by is refused.
 */
export function expectBound(play: Play): void {
  const { view } = play.world.prompt.core;
  const consumed = view.batch(view.batchCount - 1)?.delayedCount ?? 0;
  const oldest = view.message(consumed);
  if (oldest === undefined) return;
  const chance = play.isForced ? 2 * BLOCK_SECONDS : TURN_SECONDS + play.missed * 3 * SLOT_SECONDS;
  const waited = view.tip!.time - oldest.l1Time;
  const most = FORCE_DELAY + chance + play.reorgs.count * REORG_SECONDS;
  expect(waited, `seed ${play.seed}: message ${oldest.index} waits`).to.be.at.most(most);
}

/** After a seed. Each of these is shown to fail by a fault of its own (test/e2e/rotationSeeds.full.ts). */
export async function expectAll(play: Play): Promise<Outcome> {
  const { prompt } = play.world;
  expectOneChain(play);
  expectNoneBypassed(play);
  expectAllLanded(play);
  const signed = play.world.members.map((member) => promisesOf(play, member));
  const punished = await expectPunished(play, signed);
  const { view, chain } = prompt.core;
  const batches = Array.from({ length: view.batchCount }, (_, index) => view.batch(index)!);
  return {
    batches: batches.length,
    forced: batches.filter(({ forced }) => forced).length,
    messages: view.delayedCount,
    promises: signed.flat().length,
    contradicted: await contradictedOf(play, signed),
    punished,
    blocks: chain.safe.number,
  };
}

/** Rationale: what L1 holds has one meaning, whenever and in how many pieces it is read, and whatever a liar put there. */
function expectOneChain({ world, seed, ways }: Play): void {
  const honest = world.members.filter(({ index }) => ways[index] === "honest").map((member) => member.honest.core);
  const { core } = world.prompt;
  for (const [i, { chain, view, health }] of [world.late.core, ...honest].entries()) {
    // A sequencer's last turn is before the last block.
    if (i === 0) expect(chain.safe, `seed ${seed}: heads`).to.deep.equal(core.chain.safe);
    expect(view.batchCount, `seed ${seed}: batches`).to.be.at.most(core.view.batchCount);
    for (let number = 1; number <= Math.min(chain.safe.number, core.chain.safe.number); number++)
      expect(chain.blockAt(number)!.hash, `seed ${seed}: block ${number}`).to.equal(core.chain.blockAt(number)!.hash);
    for (const topic of ["program", "check", "derivation"])
      expect(health.has(topic), `seed ${seed}: ${topic}`).to.equal(false);
  }
}

/** Rationale: whoever leads, a batch takes what is overdue in or is refused, so that censorship ends with the delay. */
function expectNoneBypassed({ world, seed }: Play): void {
  const { view } = world.prompt.core;
  const messages = Array.from({ length: view.delayedCount }, (_, index) => view.message(index)!);
  for (let index = 0; index < view.batchCount; index++) {
    const { l1Time, delayedCount } = view.batch(index)!;
    const overdue = messages.filter((message) => message.l1Time + FORCE_DELAY <= l1Time).length;
    expect(delayedCount, `seed ${seed}: batch ${index} passes no overdue message by`).to.be.at.least(overdue);
  }
}

/** Rationale: what an honest member took in comes on L1 when it has had its turns, and so does every message that was due. */
function expectAllLanded({ world, seed, ways, taken }: Play): void {
  const { core } = world.prompt;
  for (const { index } of world.members)
    if (ways[index] === "honest") expect(nonceOf(core, index), `seed ${seed}: user ${index}`).to.equal(taken[index]);
  const { chain, view } = core;
  const { delayed } = decodeCursor(chain.requireBlockAt(chain.safe.number).header.extraData);
  const consumed = view.batch(view.batchCount - 1)?.delayedCount ?? 0;
  expect(Number(delayed), `seed ${seed}: messages executed`).to.equal(consumed);
}

/** All that a member signed. */
function promisesOf(play: Play, member: Member): SignedConfirmation[] {
  const { chain, store } = play.playedBy(member).core;
  const promises = new Promises(store);
  return Array.from({ length: chain.unsafe.number + ABOVE }, (_, height) => promises.at(height)).flat();
}

async function contradictedOf({ world, ways }: Play, signed: SignedConfirmation[][]): Promise<number> {
  const { chain, view } = world.prompt.core;
  let count = 0;
  for (const { index, address } of world.members)
    for (const { height, parentHash, blockHash, slot } of ways[index] === "honest" ? signed[index] : []) {
      const block = chain.blockAt(height);
      if (block === undefined || block.hash === blockHash || block.header.parentHash !== parentHash) continue;
      const { l1Time, l1TransactionHash } = view.batch(Number(decodeCursor(block.header.extraData).batch))!;
      if (Math.floor(l1Time / SLOT_SECONDS) !== slot) continue;
      const { from } = await world.l1.ask<{ from: string }>("eth_getTransactionByHash", [l1TransactionHash]);
      if (from.toLowerCase() === address.toLowerCase()) count++;
    }
  return count;
}

/**
 * Rationale: who shows two blocks has signed both, and the one who reports it needs no more. An honest member signs once for each slot and
 * height, whatever L1 takes back, so that nothing it ever signed is worth anything to a reporter.
 */
async function expectPunished(play: Play, signed: SignedConfirmation[][]): Promise<number> {
  const { world, seed, ways } = play;
  const { l1, members } = world;
  const liars = members.filter(({ index }) => ways[index] === "equivocating" && signed[index].length > 0);
  const filter = { address: l1.inbox, topics: [INBOX.getEvent("Equivocated")!.topicHash], fromBlock: "0x0" };
  const logs = await l1.ask<{ topics: string[]; data: string }[]>("eth_getLogs", [filter]);
  const punished = logs.map((log) => (INBOX.parseLog(log)!.args.account as string).toLowerCase());
  expect(punished.sort(), `seed ${seed}: who lost its stake`).to.deep.equal(
    liars.map(({ address }) => address.toLowerCase()).sort(),
  );
  const { stake } = await l1.view<{ stake: bigint }>("rotationParameters");
  expect(await l1.view<bigint>("stakesBurnt"), `seed ${seed}: burnt`).to.equal((stake / 2n) * BigInt(liars.length));
  for (const { index } of members) {
    if (ways[index] === "equivocating") continue;
    const pairs = signed[index].flatMap((one, i) => signed[index].slice(i + 1).map((other) => [one, other] as const));
    const wrong = pairs.filter(([one, other]) => isEquivocation(one, other));
    expect(wrong, `seed ${seed}: what ${ways[index]} member ${index} signed`).to.deep.equal([]);
  }
  return liars.length;
}
