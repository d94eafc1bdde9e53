/** So many spans in a row must be read before one is tried that is as long as what was refused; an eighth of that after each that was taken. */
const PROBE_AFTER = 32;

/**
 * Cuts a long range of block numbers into spans for a reader whose node refuses answers that are too long or take too long: a span halves
 * where it is refused and grows back by half where it is not, up to what was refused last. What fits is learnt once and kept; now and
 * then more is tried, for the node may be another, or the blocks emptier.
 */
export class Spans {
  private size: number;
  private ceiling: number;
  private inARow = 0;
  private probeAfter = PROBE_AFTER;

  /** @param most - Blocks of a span at most. */
  constructor(private readonly most: number) {
    this.size = this.ceiling = most;
  }

  /**
   * Reads `from` to `to` (both included) in order.
   * @param read - One span. @param isTooMuch - Whether it was refused for its length; anything may be, down to one block.
   * @throws what `read` throws where a single block is refused, or for another reason; the next call begins with half the span.
   */
  async each(
    from: number,
    to: number,
    read: (from: number, to: number) => Promise<void>,
    isTooMuch: (error: unknown) => boolean,
  ): Promise<void> {
    for (let at = from; at <= to;) {
      const end = Math.min(to, at + this.size - 1);
      try {
        await read(at, end);
      } catch (error) {
        const refused = end - at + 1;
        this.size = Math.max(1, Math.floor(refused / 2));
        this.ceiling = Math.max(1, refused - 1);
        [this.inARow, this.probeAfter] = [0, PROBE_AFTER];
        if (end === at || !isTooMuch(error)) throw error;
        continue;
      }
      at = end + 1;
      if (++this.inARow >= this.probeAfter) {
        this.ceiling = Math.min(this.most, 2 * this.ceiling);
        [this.inARow, this.probeAfter] = [0, Math.max(1, this.probeAfter >> 3)];
      }
      this.size = Math.min(this.ceiling, this.size + Math.max(1, this.size >> 1));
    }
  }
}
