/** A move that the rules do not allow now. `name` is the custom error of the contract, where the game stands on L1. */
export class Refused extends Error {
  private static readonly made = new Map<string, Refused>();

  private constructor(override readonly name: string) {
    super(name);
  }

  /** One for each name: systematic play refuses moves by the million, and stack traces are dear. */
  static by(name: string): Refused {
    let refused = Refused.made.get(name);
    if (refused === undefined) Refused.made.set(name, (refused = new Refused(name)));
    return refused;
  }
}
