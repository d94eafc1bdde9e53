import type { HeadEvent } from "./types";

const EMPTY_BLOOM = `0x${"00".repeat(256)}`;

/**
 * Which canonical blocks are known to hold no log: a bit a block, so that whoever looks for logs passes idle stretches without reading them.
 * It forgets what a reorg drops; of blocks that were there before the process, whoever reads one tells it.
 */
export class LoglessBlocks {
  private bits = new Uint8Array(1_024);

  has(number: number): boolean {
    return (this.bits[number >> 3] & (1 << (number & 7))) !== 0;
  }

  /** @returns whether the bloom of a canonical block is that of no log; remembered if so. */
  note(number: number, logsBloom: string): boolean {
    if (logsBloom !== EMPTY_BLOOM) return false;
    if (number >> 3 >= this.bits.length) {
      const grown = new Uint8Array(Math.max(2 * this.bits.length, (number >> 3) + 1));
      grown.set(this.bits);
      this.bits = grown;
    }
    this.bits[number >> 3] |= 1 << (number & 7);
    return true;
  }

  /** After each change of the chain, before anybody asks again. */
  onHead({ dropped, added }: HeadEvent): void {
    for (const { header } of dropped) this.bits[header.number >> 3] &= ~(1 << (header.number & 7));
    for (const { header } of added) this.note(header.number, header.logsBloom);
  }
}
