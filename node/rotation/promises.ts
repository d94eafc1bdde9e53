import { nameKey, numberKey } from "../store/keys";
import type { WriteBatch } from "../store/database";
import type { Store } from "../store/store";
import { isEquivocation, type SignedConfirmation } from "./confirmation";

/** Kept for one height at most: slots in which it was promised anew, and what contradicts one of them. */
const MOST = 16;

/** Names of the slot in which a store began, and of the faults that were seen. */
const [BEGAN, FAULTS] = ["promises-began", "equivocations"];

/** Two promises of one leader that cost it the stake. */
export type Equivocation = [SignedConfirmation, SignedConfirmation];

/** The signed confirmations that this node gave or saw, by height, for ever: what was signed can still cost its signer the stake. */
export class Promises {
  constructor(private readonly store: Store) {}

  /** Those of one height, the youngest slot first. */
  at(height: number): SignedConfirmation[] {
    const value = this.store.get(numberKey("promise", height));
    return value === undefined ? [] : (JSON.parse(value.toString()) as SignedConfirmation[]);
  }

  /**
   * Whether this store knows all that was signed in a slot by whoever writes here: it does not of the slot that it begins with, which a
   * node may have signed in before it lost its disk.
   */
  async knowsOf(slot: number): Promise<boolean> {
    const began = this.store.getJson<number>(BEGAN);
    if (began !== undefined) return slot > began;
    await this.store.write((write) => write.put(nameKey("meta", BEGAN), Buffer.from(JSON.stringify(slot))), {
      sync: true,
    });
    return false;
  }

  /** Puts one that is new into a write, which nobody sees before it is on disk. */
  putIn(write: WriteBatch, promise: SignedConfirmation): void {
    const all = [promise, ...this.at(promise.height)].sort((a, b) => b.slot - a.slot);
    write.put(numberKey("promise", promise.height), Buffer.from(JSON.stringify(all)));
  }

  /** Whether it is kept here already: who asks for the same again and again need not check it again. */
  has(promise: SignedConfirmation): boolean {
    return this.at(promise.height).some((one) => isSame(one, promise));
  }

  /**
   * Keeps one that was seen, unless it is known or tells nothing more than those that are.
   * @param promise - whose signature was checked.
   * @returns whether it shows its signer's fault, the first that is known of it.
   */
  async add(promise: SignedConfirmation): Promise<boolean> {
    const known = this.at(promise.height);
    const against = known.find((one) => isEquivocation(one, promise));
    const faults = this.faults();
    const isNews = against !== undefined && !faults.some(([{ leader }]) => leader === promise.leader);
    if (isNews) faults.push([against, promise]);
    const isKnown = known.some((one) => isSame(one, promise));
    if (!isKnown && (isNews || (against === undefined && known.length < MOST)))
      await this.store.write(
        (write) => {
          this.putIn(write, promise);
          if (isNews) write.put(nameKey("meta", FAULTS), Buffer.from(JSON.stringify(faults)));
        },
        { sync: true },
      );
    return isNews;
  }

  /** Two that contradict each other, for each signer of such that was seen. */
  faults(): Equivocation[] {
    return this.store.getJson<Equivocation[]>(FAULTS) ?? [];
  }
}

function isSame(a: SignedConfirmation, b: SignedConfirmation): boolean {
  const isSamePlace = a.leader === b.leader && a.slot === b.slot && a.height === b.height;
  return isSamePlace && a.parentHash === b.parentHash && a.blockHash === b.blockHash;
}
