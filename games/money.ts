/** Gas of paying a stake in, and of taking a balance out, in every game. */
export const DEPOSIT_GAS = 80_000n;

/** Cuts a list, in order, into parts that need at most `gasLimit`; what needs more alone goes alone. */
export function pagesOf<M>(moves: readonly M[], gasLimit: number, gasOf: (move: M) => number): M[][] {
  const pages: M[][] = [];
  let page: M[] = [];
  let gas = 0;
  for (const move of moves) {
    const needed = gasOf(move);
    if (page.length > 0 && gas + needed > gasLimit) {
      pages.push(page);
      [page, gas] = [[], 0];
    }
    page.push(move);
    gas += needed;
  }
  if (page.length > 0) pages.push(page);
  return pages;
}
