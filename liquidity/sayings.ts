import type { Hex } from "../protocol/types";

/** As many offers are remembered, the newest: far more than wait or are held at once. */
const MOST_OFFERS = 10_000;

/** What was said of each offer. Memory is bounded; what is forgotten is said once more. */
export class Sayings {
  private readonly said = new Map<Hex, Set<string>>();

  /** Whether that was not said of the offer before; it counts as said now. */
  isNew(claim: Hex, cause: string): boolean {
    const known = this.said.get(claim) ?? new Set();
    this.said.delete(claim);
    this.said.set(claim, known);
    if (this.said.size > MOST_OFFERS) this.said.delete(this.said.keys().next().value!);
    if (known.has(cause)) return false;
    known.add(cause);
    return true;
  }
}
