import type { EdgeState, MutualState } from "./types";

/** What a proven leaf has earned; sums saturate here. Twin of `Timers.INFINITE`. */
export const INFINITE_TIME = 2 ** 40 - 1;

/** Seconds from the edge's creation until its place was rivalled; 0 for those who come later. Twin of `Timers.own`. */
export function ownTime(edge: EdgeState, mutual: MutualState, nowSeconds: number): number {
  return Math.max(0, (mutual.rivalledAt ?? nowSeconds) - edge.created);
}

/** What the edge shows on L1 at that time. Twin of `Timers.live`. */
export function liveTime(edge: EdgeState, mutual: MutualState, nowSeconds: number): number {
  return Math.max(edge.timer, ownTime(edge, mutual, nowSeconds));
}

/** Saturating sum. Twin of `Timers.add`. */
export function addTime(a: number, b: number): number {
  return Math.min(INFINITE_TIME, a + b);
}
