import type { ExitTerms, OfferState } from "../client";
import { termsFromJson, termsToJson } from "../client/fastExit";
import { putJson, type Store } from "../node/store/store";
import { SolventError } from "../protocol/errors";
import type { Hex } from "../protocol/types";

/** Sales that nobody has bought are remembered up to here; of more, those that leave the maker most. */
const MOST_WAITING = 100;
/** As many are remembered as refused, the newest: one that is forgotten and told of again is looked at again. */
const MOST_REFUSED = 1_000;
const NAME = "exit offers";

/** A sale that this maker was told of. */
export interface Offer extends OfferState {
  /** Number of the claim. */
  claim: Hex;
  terms: ExitTerms;
  /** Transaction on L2 that started the withdrawal. */
  l2Hash: Hex;
  /** Wei that the withdrawal pays; 0 until it was bought. */
  value: bigint;
  /** What it would leave the maker, in wei; 0 while the withdrawal was not seen, since telling of one costs nothing. */
  margin: bigint;
}

type Row = Omit<Offer, "terms" | "value" | "margin"> & { terms: Record<string, string>; value: string };

/** What this maker was offered and what became of it, on disk before anything is paid. */
export class Book {
  private readonly store: Store;
  private offers = new Map<Hex, Offer>();

  constructor(store: Store) {
    this.store = store;
    this.reload();
  }

  /** Begins with what the store has. */
  reload(): void {
    const rows = this.store.getJson<Row[]>(NAME) ?? [];
    const offers = rows.map((row) => ({
      ...row,
      terms: termsFromJson(row.terms),
      value: BigInt(row.value),
      margin: 0n,
    }));
    this.offers = new Map(offers.map((offer) => [offer.claim, offer]));
  }

  get(claim: Hex): Offer | undefined {
    return this.offers.get(claim);
  }

  /** Those that something may still have to be done for. */
  get open(): Offer[] {
    return [...this.offers.values()].filter(({ state }) => state === "waiting" || state === "bought");
  }

  /** Wei that the claims have cost which the portal has not paid yet. */
  get exposure(): bigint {
    return this.open.reduce((sum, { state, terms }) => (state === "bought" ? sum + terms.price : sum), 0n);
  }

  /** How many there are of a state. */
  count(state: OfferState["state"]): number {
    return [...this.offers.values()].filter((offer) => offer.state === state).length;
  }

  /** Whether an offer more takes another's place. */
  get isFull(): boolean {
    return this.count("waiting") >= MOST_WAITING;
  }

  /**
   * Remembers an offer; where too many wait, in the place of the newest of those that leave the maker least.
   * @throws SolventError `offers-full` where none leaves less.
   */
  async add(offer: Offer): Promise<void> {
    if (this.isFull) {
      const waiting = this.open.filter(({ state }) => state === "waiting");
      const least = waiting.reduce((one, other) => (other.margin <= one.margin ? other : one));
      if (least.margin >= offer.margin)
        throw new SolventError(
          "offers-full",
          `${MOST_WAITING} offers that leave as much wait already: try again when this node has seen the withdrawal, ask less, or ask ` +
            "another maker",
          { retry: true },
        );
      this.offers.delete(least.claim);
    }
    await this.set(offer);
  }

  /** Has it on disk when it returns. */
  async set(offer: Offer): Promise<void> {
    this.note(offer);
    // What was refused is looked at again after a restart; it need not be kept.
    const kept = [...this.offers.values()].filter(({ state }) => state !== "refused");
    const rows: Row[] = kept.map(({ margin: _, ...one }) => ({
      ...one,
      terms: termsToJson(one.terms),
      value: String(one.value),
    }));
    await this.store.write((batch) => putJson(batch, NAME, rows), { sync: true });
  }

  /** Has it in memory alone: for words and figures of one that is on disk. */
  note(offer: Offer): void {
    this.offers.set(offer.claim, offer);
    const refused = [...this.offers.values()].filter(({ state }) => state === "refused");
    for (const { claim } of refused.slice(0, -MOST_REFUSED)) this.offers.delete(claim);
  }
}
