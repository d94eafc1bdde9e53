import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { devAccount } from "../../../../devnet/accounts";
import type { SignedConfirmation } from "../../../../node/rotation/confirmation";
import { tableRange } from "../../../../node/store/keys";
import type { Sequencer } from "../../../../sequencer/sequencer";
import type { Verifier, VerifierDeps } from "../../../../verifier/verifier";
import { MEMBERS } from "../members";
import { mark, openVerifier, restore, startSequencer } from "./actors";
import { DRAWN_SLOTS, TurnsL1 } from "./l1";

/** Seconds. Twin of `SLOT_SECONDS` of devnet/contracts.ts. */
export const SLOT_SECONDS = 6;
/** L1's blocks in a slot: the last is for what was built before it, since in a slot's last sixth nothing is. */
export const OFFSETS = [0, 2, 5] as const;
/** After so many seconds slots, terms and members stand as they did. */
const ROUND = 72;
/** Where seed 0 begins: 2030-01-01, later than any clock of this machine, so that time is L1's. */
const START = Math.ceil(1_893_456_000 / ROUND) * ROUND;
/** From a seed to the next: no two of them share a slot. */
const BETWEEN = 5 * ROUND;
/** Slots in which all are honest, before all seeds: each member has led once, and knows what it signed. */
const WARM_SLOTS = 4;

/** A member, played by the real sequencer in two settings, or by what posts under its key. */
export class Member {
  readonly address: string;
  /** What it does with what is its own to decide; nothing where it is honest. */
  mayPost: (() => boolean) | null = null;
  showPromises: ((promises: SignedConfirmation[]) => SignedConfirmation[]) | null = null;
  honest!: Sequencer;
  /** The same key, and messages so deep under L1's head that none is ever found. */
  censoring!: Sequencer;

  constructor(readonly index: number) {
    this.address = devAccount(MEMBERS[index]).address;
  }

  async start(l1: TurnsL1, folder: string): Promise<void> {
    const account = MEMBERS[this.index];
    const lies = {
      mayPost: () => this.mayPost?.() ?? true,
      showPromises: (promises: SignedConfirmation[]) => this.showPromises?.(promises) ?? promises,
    };
    const start = (name: string, config: object): Promise<Sequencer> =>
      startSequencer(l1, folder, `${name}-${this.index}`, account, config, lies);
    // At L1's head, where most is taken back.
    this.honest = await start("sequencer", { l1Confirmations: 0 });
    this.censoring = await start("censoring", { l1Confirmations: 1_000_000 });
  }
}

/** A rotation of three on L1, with a verifier that reads as L1 goes and one that reads late. */
export class TurnsWorld {
  l1!: TurnsL1;
  readonly members = [...MEMBERS.keys()].map((index) => new Member(index));
  prompt!: Verifier;
  late!: Verifier;
  private readonly folder = mkdtempSync(join(tmpdir(), "solvent-turns-"));
  private base = "";

  /** @param options.openLate - what the late verifier runs; the program by default. @param options.isDrawn - beacon roots draw the order of turns. */
  async start({
    openLate,
    isDrawn = false,
  }: { openLate?: VerifierDeps["open"]; isDrawn?: boolean } = {}): Promise<void> {
    this.l1 = await TurnsL1.start(isDrawn);
    const { l1, folder } = this;
    for (const member of this.members) await member.start(l1, folder);
    this.prompt = await openVerifier(l1, folder, "prompt");
    this.late = await openVerifier(l1, folder, "late", openLate);
    await l1.mine(START - BETWEEN);
    for (let slot = 0; slot < WARM_SLOTS; slot++)
      for (const offset of OFFSETS) {
        for (const { honest } of this.members) await turn(honest);
        await l1.mine(START - BETWEEN + slot * SLOT_SECONDS + offset + 1);
      }
    for (const actor of this.actors) await actor.devnet.look();
    for (const actor of this.actors) await mark(actor);
    this.base = await l1.keep();
  }

  /** Puts all back, and L1 to the second before a seed begins. */
  async begin(seed: number): Promise<void> {
    this.base = await this.l1.restore(this.base);
    for (const actor of this.actors) await restore(actor);
    // What was signed stays signed, whatever a devnet goes back to; but this seed is not that one.
    for (const { core } of this.actors) {
      const signed = await core.store.database.range(...tableRange("promise"));
      await core.store.write((write) => signed.forEach(([key]) => write.del(key)));
    }
    for (const member of this.members) [member.mayPost, member.showPromises] = [null, null];
    await this.startAt(START + seed * BETWEEN);
  }

  /** Brings L1 to the second before a seed's first slot; where turns are drawn, to the middle of a drawn term, with the next one drawn. */
  private async startAt(time: number): Promise<void> {
    if (!this.l1.isDrawn) return this.l1.mine(time - 1);
    const termSeconds = DRAWN_SLOTS * SLOT_SECONDS;
    await this.l1.mine(time - termSeconds);
    await this.l1.mine(time);
    await this.l1.mine(time + termSeconds / 2 - 1);
  }

  async stop(): Promise<void> {
    for (const actor of this.actors) await actor?.stop();
    await this.l1?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get actors(): (Sequencer | Verifier)[] {
    return [...this.members.flatMap(({ honest, censoring }) => [honest, censoring]), this.prompt, this.late];
  }
}

/** What a sequencer's timers do, once: L1 is read, a block is built where one is due, and posted. */
export async function turn(sequencer: Sequencer): Promise<void> {
  await sequencer.tick();
  await sequencer.buildDue();
  await sequencer.flush();
}
