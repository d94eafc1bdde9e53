import type { ExitTerms, OfferState } from "../client";
import { termsFromJson, termsToJson } from "../client/fastExit";
import { putJson, type Store } from "../node/store/store";
import { SolventError } from "../protocol/errors";
import type { Hex } from "../protocol/types";

/** Sales that nobody has bought are remembered up to here: telling of one costs nothing. */
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
  /** Wei that the withdrawal pays; 0 until it was seen. */
  value: bigint;
}

type Row = Omit<Offer, "terms" | "value"> & { terms: Record<string, string>; value: string };

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
    const offers = rows.map((row) => ({ ...row, terms: termsFromJson(row.terms), value: BigInt(row.value) }));
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

  /** @throws SolventError `offers-full` where too many wait. */
  async add(offer: Offer): Promise<void> {
    if (this.count("waiting") >= MOST_WAITING)
      throw new SolventError(
        "offers-full",
        `${MOST_WAITING} offers wait already: try again later, or ask another maker`,
        {
          retry: true,
        },
      );
    await this.set(offer);
  }

  async set(offer: Offer): Promise<void> {
    this.offers.set(offer.claim, offer);
    const refused = [...this.offers.values()].filter(({ state }) => state === "refused");
    for (const { claim } of refused.slice(0, -MOST_REFUSED)) this.offers.delete(claim);
    // What was refused is looked at again after a restart; it need not be kept.
    const kept = [...this.offers.values()].filter(({ state }) => state !== "refused");
    const rows: Row[] = kept.map((one) => ({ ...one, terms: termsToJson(one.terms), value: String(one.value) }));
    await this.store.write((batch) => putJson(batch, NAME, rows), { sync: true });
  }
}
