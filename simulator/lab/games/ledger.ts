/** Ether of one party in a game, as numbers of ether: 15 digits are enough for a comparison, and sums are made in one order. */
export interface Account {
  /** Bonds and stakes that stand in the game. */
  locked: number;
  /** Most that ever stood at once. */
  peakLocked: number;
  /** Bonds and stakes that will not come back. */
  lost: number;
  /** What others lost to it. */
  won: number;
  /** Refunds of gas that the game itself paid. */
  refunded: number;
}

/** Who has how much in a game. INVARIANT: what was put in is locked, given back, lost to somebody or burnt. */
export class Ledger {
  readonly accounts: Account[] = [];
  burnt = 0;

  account(party: number): Account {
    for (let next = this.accounts.length; next <= party; next++)
      this.accounts.push({ locked: 0, peakLocked: 0, lost: 0, won: 0, refunded: 0 });
    return this.accounts[party];
  }

  lock(party: number, ether: number): void {
    const account = this.account(party);
    account.locked += ether;
    account.peakLocked = Math.max(account.peakLocked, account.locked);
  }

  giveBack(party: number, ether: number): void {
    this.account(party).locked -= ether;
  }

  /** @param to - Who gets it; null burns it. */
  forfeit(party: number, ether: number, to: number | null): void {
    const account = this.account(party);
    account.locked -= ether;
    if (to === party) return;
    account.lost += ether;
    if (to === null) this.burnt += ether;
    else this.account(to).won += ether;
  }

  clone(): Ledger {
    const copy = new Ledger();
    copy.accounts.push(...this.accounts.map((account) => ({ ...account })));
    copy.burnt = this.burnt;
    return copy;
  }
}
