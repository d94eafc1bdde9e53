import type { Chart } from "./chart";
import { FOREVER, type Scope } from "./position";

/** A place whose past is true: it has one true edge. */
export interface RightPlace {
  place: number;
  /** The right place above it; -1 above an assertion. */
  above: number;
  /** Number of the true edge. */
  truth: number;
  /** Whether a tree starts here, so that edges have stakes. */
  isRoot: boolean;
  /** All edges that can stand here. */
  edges: readonly number[];
}

/** The places of the true tree of trees, each after the one above it. */
export function rightPlaces(chart: Chart): RightPlace[] {
  const found: RightPlace[] = [];
  const visit = (truth: number, above: number): void => {
    const { place, isStaked, halves, claims } = chart.edges[truth];
    found.push({ place, above, truth, isRoot: isStaked, edges: chart.all((edge) => edge.place === place) });
    for (const below of [...(halves ?? []), ...claims]) if (chart.edges[below].isTrue === true) visit(below, place);
  };
  visit(
    chart.roots.find((edge) => chart.edges[edge].isTrue === true)!,
    -1,
  );
  return found;
}

/** What of the game a complete search looks at. */
export interface Part {
  places: readonly RightPlace[];
  /** The one root place that is waited for, in a part that is one way down; null for all that stakes make worth it. */
  watched: number | null;
  /** The false edges that are looked at, besides all true ones, among any number of others (crowd.ts); null for all there are, and no others. */
  chain: readonly number[] | null;
}

/** Every way down through every root place: what a stake has earned is the least over the ways below it. */
export function waysDown(chart: Chart): Part[] {
  const places = rightPlaces(chart);
  const byNumber = new Map(places.map((place) => [place.place, place]));
  const upwards = (from: RightPlace): RightPlace[] => {
    const above = byNumber.get(from.above);
    return [from, ...(above === undefined ? [] : upwards(above))];
  };
  const isLast = (place: RightPlace): boolean => !places.some(({ above }) => above === place.place);
  return places.filter(isLast).flatMap((leaf) => {
    const way = upwards(leaf).reverse();
    return way.filter(({ isRoot }) => isRoot).map(({ place }) => ({ places: way, watched: place, chain: null }));
  });
}

/**
 * The ways that a false edge on a way down can have earned its time, each by itself: from a false root edge down, by the one half that
 * is a false edge on this way, and by one of the claims. What it has earned is the most over these. And none: for the truth's own time.
 */
export function chainsOf(chart: Chart, { places }: Part): number[][] {
  const falseEdges = places.flatMap(({ edges }) => edges.filter((edge) => chart.edges[edge].isTrue === false));
  const below = (edge: number): number[] => {
    const { halves, claims } = chart.edges[edge];
    return [...(halves ?? claims)].filter((other) => falseEdges.includes(other));
  };
  const down = (edge: number): number[][] => {
    const others = below(edge);
    return others.length === 0 ? [[edge]] : others.flatMap((other) => down(other).map((rest) => [edge, ...rest]));
  };
  const inner = new Set(falseEdges.flatMap(below));
  return [[], ...falseEdges.filter((edge) => !inner.has(edge)).flatMap(down)];
}

/**
 * Whether the true edge of a root place is confirmed as soon as somebody likes. Where a chain is looked at, the one that is waited for
 * is at its very term: that it is by then is shown without a chain.
 */
export function isConfirmedIn({ watched, chain }: Part, place: number): boolean {
  return chain === null || chain.length === 0 || place !== watched;
}

/** Whether the edge is played, where a chain is looked at: if it is true or on the chain. All others are the crowd's. */
export function isTold(chart: Chart, { chain }: Part, edge: number): boolean {
  return chain === null || chart.edges[edge].isTrue === true || chain.includes(edge);
}

/**
 * The part as a game of its own. What is not in it is granted: for ever where it is true, or has a false past; nothing where it is a
 * false edge of the crowd, or on another way down, where it is looked at in its turn.
 */
export function scopeOf(chart: Chart, part: Part): Scope {
  const inside = new Set(part.places.map(({ place }) => place));
  const granted = (edge: number): number | null => {
    const { place, isTrue } = chart.edges[edge];
    if (inside.has(place)) return isTold(chart, part, edge) ? null : 0;
    return isTrue === false ? 0 : FOREVER;
  };
  return { granted, confirms: part.watched === null };
}
