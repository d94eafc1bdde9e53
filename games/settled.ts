import { asParent, futureOf, type Parent } from "./truth";
import type { AssertionInfo } from "./types";

/** So many places are known to be over, at most: a chain of them is longer than any reorg. */
const MOST = 1_024;

/**
 * How far a party's chain is over for good, assertion by assertion: what is settled is not walked again. A reorg of L1 may take back the last
 * of it; what was settled before stays so, and is looked at again on the new view without the party's own histories.
 * @typeParam View - The state of a game, which only goes forward; after a reorg it is another object.
 */
export class SettledChain<View extends object, Place extends { parent: Parent }> {
  private places: Place[] = [];
  private seen: View | null = null;

  /**
   * @param first - where the chain begins.
   * @param isSettled - whether a place that was settled once is so in that view.
   */
  constructor(
    private readonly first: Parent,
    private readonly isSettled: (view: View, place: Place) => boolean,
  ) {}

  /** The parent of what is to be walked. */
  last(view: View): Parent {
    if (view !== this.seen) {
      const gone = this.places.findIndex((place) => !this.isSettled(view, place));
      if (gone >= 0) this.places.splice(gone);
      this.seen = view;
    }
    while (this.places.length > 0 && !this.isSettled(view, this.places.at(-1)!)) this.places.pop();
    return this.places.at(-1)?.parent ?? this.first;
  }

  /** @param place - `parent` is the settled assertion, as the parent of what follows it. */
  add(place: Place): void {
    this.places.push(place);
    if (this.places.length > MOST) this.places.shift();
  }
}

/** Whether an assertion of a view is that parent, with what follows it: after a reorg its id may stand behind another inbox. */
export function hasFuture(assertion: AssertionInfo, parent: Parent): boolean {
  return futureOf(asParent(assertion)) === futureOf(parent);
}
