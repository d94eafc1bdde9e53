/** What each row of the panel rests on: sentences of docs/threat-model.md, word for word by test. Rows after L2BEAT's. */
export const PROMISES = {
  "state validation":
    "One honest party follows L1, holds the stakes of spend and gets its answers into L1 within d, but for at most C seconds in sum",
  "data availability": "L1's calldata and events can be had by whoever wants to verify",
  "exit window": "there is no guardian, no pause and no upgrade, so what was confirmed wrongly stays wrong",
  "sequencer failure": "Silent for ever, L2 goes on by forced messages alone, withdrawals included.",
  "proposer failure": "asserters and challengers are trusted for: nothing; one honest one is enough",
} as const;
