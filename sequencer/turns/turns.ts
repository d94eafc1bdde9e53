/** A slot that one sequencer alone may fill; `ends` in L1 seconds. */
export interface OwnSlot {
  slot: number;
  ends: number;
}

/** Whose turn it is to append a batch, as a sequencer needs it. Twin of contracts/interfaces/ISequencing.sol. */
export interface Turns {
  /**
   * @param now - L1's time, in seconds.
   * @returns null where this sequencer may append the next batch now; else why not, for the health page.
   * @throws SolventError `l1-*` where L1 would have to be asked and cannot be.
   */
  obstacle(now: number): Promise<string | null>;
  /**
   * Whether blocks built now are this sequencer's to post: it is its turn, and a batch can still land in it.
   * @param waitedSeconds - for how long it has had something to build, 0 where it has nothing.
   * @throws as `obstacle`.
   */
  mayBuild(now: number, waitedSeconds: number): Promise<boolean>;
  /** The slot of now, where this sequencer leads it and can sign for it; null in one that is open, or where nothing is signed. @throws as `obstacle`. */
  ownSlot(now: number): Promise<OwnSlot | null>;
  /** Gas that L1 may need to find out whose turn it is, beside what a batch takes in the cheapest order of turns. @throws as `obstacle`. */
  extraGas(): Promise<bigint>;
}
