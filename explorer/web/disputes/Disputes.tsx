import { SETTLEMENT_ABI } from "../../../games/settlement";
import { useQuery } from "../live";
import { Loaded } from "../parts/parts";
import type { Place } from "../router";
import { openQueue } from "./follow";
import type { DisputeView } from "./view";

/** Games that can be looked at, by the type that a queue on L1 names (`games/registry.ts`); each comes with its own script. */
const VIEWS: Readonly<Record<string, () => Promise<DisputeView>>> = {
  100: async () => (await import("./edges/edgesView")).edgesView,
  101: async () => (await import("./claims/claimsView")).claimsView,
  102: async () => (await import("./tournament/tournamentView")).tournamentView,
};

/** All assertions and disputes. */
export function Disputes() {
  return <Loaded query={useView()}>{({ List }) => <List />}</Loaded>;
}

/** One dispute. */
export function DisputePage({ place }: { place: Place }) {
  return <Loaded query={useView()}>{({ Dispute }) => <Dispute place={place} />}</Loaded>;
}

/** The view of the game that the rollup's queue is settled by. */
function useView() {
  return useQuery("game", async () => {
    const { read } = await openQueue();
    const type = String(await read(SETTLEMENT_ABI, "respectedGameType"));
    if (!Object.hasOwn(VIEWS, type)) throw new Error(`this page shows no game of type ${type}`);
    return VIEWS[type]();
  });
}
