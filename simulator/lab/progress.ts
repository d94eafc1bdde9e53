/** How far a sweep is, in words, with an estimate of the time left from what this run has played so far. */
export class Progress {
  private played = 0;

  /**
   * @param total - Games of the sweep. @param found - Those of them that an earlier run had played.
   * @param now - Milliseconds.
   */
  constructor(
    private readonly total: number,
    private readonly found: number,
    private readonly started: number,
  ) {}

  add(games: number): void {
    this.played += games;
  }

  line(now: number): string {
    const { total, found, played } = this;
    const done = found + played;
    const percent = Math.floor((100 * done) / total);
    const seconds = (now - this.started) / 1_000;
    const rate = played / Math.max(seconds, 1e-3);
    const left = played === 0 ? "time left unknown" : `${duration((total - done) / rate)} left`;
    return `${done} of ${total} games (${percent} %), ${Math.round(rate)} a second, ${left}`;
  }
}

/** @returns hours, minutes and seconds, as in `1 h 02 min`, `3 min 20 s` or `7 s`. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  if (whole >= 3_600) return `${Math.floor(whole / 3_600)} h ${two(Math.floor((whole % 3_600) / 60))} min`;
  return whole >= 60 ? `${Math.floor(whole / 60)} min ${two(whole % 60)} s` : `${whole} s`;
}
