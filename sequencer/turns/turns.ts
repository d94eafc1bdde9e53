/** Whose turn it is to append a batch, as a sequencer needs it. Twin of contracts/interfaces/ISequencing.sol. */
export interface Turns {
  /**
   * @returns null where this sequencer may append the next batch now; else why not, for the health page.
   * @throws SolventError `l1-*` where L1 would have to be asked and cannot be.
   */
  obstacle(): Promise<string | null>;
}
