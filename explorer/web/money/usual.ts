import type { Assertion } from "../chain/types";

/** Three of four distances between assertions are no longer than what is called usual: one jump of a clock or one outage does not count. */
const PART = 3 / 4;

/**
 * When an assertion usually covers an L2 block, judged by those before: how often somebody asserts is a setting of theirs, which no contract knows.
 * @param assertions - The last ones; those on the node's own chain count.
 * @param isPosted - Whether L1 has the block; else the next assertion may come before its batch, and it waits for the one after.
 * @returns L1 seconds; null where fewer than two assertions tell.
 */
export function usuallyCoveredAt(
  assertions: readonly Pick<Assertion, "created" | "onChain">[],
  isPosted: boolean,
): number | null {
  const own = assertions.filter(({ onChain }) => onChain).map(({ created }) => created);
  const times = [...new Set(own)].sort((one, other) => one - other);
  if (times.length < 2) return null;
  const gaps = times.slice(1).map((time, i) => time - times[i]);
  gaps.sort((one, other) => one - other);
  const usual = gaps[Math.ceil((gaps.length - 1) * PART)];
  return times[times.length - 1] + usual * (isPosted ? 1 : 2);
}
