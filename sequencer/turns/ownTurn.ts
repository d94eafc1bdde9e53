import { SolventError } from "../../protocol/errors";
import type { Turns } from "./turns";

/** Whether what is built now is this sequencer's to post, as L1 said last; at first a sequencer takes it for its own. */
export class OwnTurn {
  private isOurs = true;

  constructor(private readonly turns: () => Promise<Turns>) {}

  /**
   * While L1 cannot be asked it stays as it was.
   * @param now - L1's time, in seconds.
   * @param waitingSince - since when there is something to build; null while there is nothing.
   */
  async isNow(now: number, waitingSince: number | null): Promise<boolean> {
    const waited = waitingSince === null ? 0 : now - waitingSince;
    try {
      this.isOurs = await (await this.turns()).mayBuild(now, waited);
    } catch (error) {
      if (!(error instanceof SolventError) || !error.code.startsWith("l1-")) throw error;
    }
    return this.isOurs;
  }
}
