import type { Place } from "../router";
import { edgesView } from "./edges/edgesView";
import type { DisputeView } from "./view";

/** Games that can be looked at, by name; the first is the rollup's own. */
const VIEWS: Readonly<Record<string, DisputeView>> = { edges: edgesView };

function viewOf({ query }: Place): DisputeView {
  const name = query.get("game") ?? "edges";
  return Object.hasOwn(VIEWS, name) ? VIEWS[name] : VIEWS.edges;
}

/** All assertions and disputes. */
export function Disputes({ place }: { place: Place }) {
  const { List } = viewOf(place);
  return <List />;
}

/** One dispute. */
export function DisputePage({ place }: { place: Place }) {
  const { Dispute } = viewOf(place);
  return <Dispute place={place} />;
}
