/**
 * Cuts a long range of block numbers into spans for a reader whose node refuses answers that are too long or take too long: a span halves
 * where it is refused and grows back by half where it is not. What fits is learnt once and kept.
 */
export class Spans {
  #size: number;

  /** @param most - Blocks of a span at most. */
  constructor(private readonly most: number) {
    this.#size = most;
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
      const end = Math.min(to, at + this.#size - 1);
      try {
        await read(at, end);
      } catch (error) {
        this.#size = Math.max(1, Math.floor((end - at + 1) / 2));
        if (end === at || !isTooMuch(error)) throw error;
        continue;
      }
      at = end + 1;
      this.#size = Math.min(this.most, this.#size + Math.max(1, this.#size >> 1));
    }
  }
}
