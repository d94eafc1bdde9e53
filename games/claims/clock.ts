import type { ClaimTree } from "./types";

/** Seconds that the side of whoever answers the claim has used on its path. Twin of `Claims._usedAgainst`. */
export function usedAgainst({ claims }: ClaimTree, index: number, nowSeconds: number): number {
  const { parent, stamp } = claims[index];
  return (index === 0 ? 0 : claims[parent].used) + nowSeconds - stamp;
}
