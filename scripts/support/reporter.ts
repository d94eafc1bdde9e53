import type { Progress } from "../../simulator/lab/progress";

/** Seconds between two lines of progress. */
const PROGRESS_SECONDS = 5;

/** A line on standard error every few seconds. */
export function reporter(): (progress: Progress) => void {
  let last = Date.now();
  return (progress) => {
    const now = Date.now();
    if (now - last < PROGRESS_SECONDS * 1_000) return;
    last = now;
    console.error(progress.line(now));
  };
}
