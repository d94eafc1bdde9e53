import type { PartyResult, PlayEvent, Played } from "./play";

/** Columns of summary.csv after the parameters of the sweep. */
export const MEASURES = [
  "point",
  "seed",
  "outcome",
  "reason",
  "end",
  "honest_win",
  "confirmable_seconds",
  "withdrawable_seconds",
  "censored_seconds",
  "transactions",
  "honest_transactions",
  "commitments",
  "honest_gas_osaka",
  "honest_gas_glamsterdam",
  "adversary_gas_osaka",
  "adversary_gas_glamsterdam",
  "honest_peak_ether",
  "honest_lost_ether",
  "adversary_peak_ether",
  "adversary_lost_ether",
  "burnt_ether",
  "events_sha256",
] as const;
export type Measure = (typeof MEASURES)[number];

/** Columns of parties.csv after the parameters of the sweep and the seed. */
export const PARTY_COLUMNS = [
  "name",
  "side",
  "strategy",
  "transactions",
  "refused",
  "osakaGas",
  "glamsterdamGas",
  "gasEther",
  "peakLockedEther",
  "lostEther",
  "wonEther",
  "refundedEther",
  "ruinedAt",
] as const satisfies readonly (keyof PartyResult)[];

type Summed = "transactions" | "osakaGas" | "glamsterdamGas" | "peakLockedEther" | "lostEther";

/** One line of events.ndjson. Written out, not by JSON.stringify, which took a tenth of a game's time: names and keys need no escapes. */
export function eventLine(point: number, seed: number, { at, by, kind, key, refused }: PlayEvent): string {
  const end = refused === undefined ? "" : `,"refused":"${refused}"`;
  return `{"point":${point},"seed":${seed},"at":${at},"by":"${by}","kind":"${kind}","key":"${key}"${end}}\n`;
}

/** The cells of one line of summary.csv, in the order of MEASURES. */
export function measuresOf(played: Played, point: number, seed: number, eventsHash: string): string[] {
  const sum = (side: PartyResult["side"], key: Summed): number =>
    played.parties.reduce((all, party) => (party.side === side ? all + party[key] : all), 0);
  const values: Readonly<Record<Measure, unknown>> = {
    point,
    seed,
    outcome: played.outcome,
    reason: played.reason,
    end: played.end,
    honest_win: played.isHonestWin,
    confirmable_seconds: played.confirmableSeconds,
    withdrawable_seconds: played.withdrawableSeconds,
    censored_seconds: played.censoredSeconds,
    transactions: played.parties.reduce((all, { transactions }) => all + transactions, 0),
    honest_transactions: sum("honest", "transactions"),
    commitments: played.commitments,
    honest_gas_osaka: sum("honest", "osakaGas"),
    honest_gas_glamsterdam: sum("honest", "glamsterdamGas"),
    adversary_gas_osaka: sum("adversary", "osakaGas"),
    adversary_gas_glamsterdam: sum("adversary", "glamsterdamGas"),
    honest_peak_ether: sum("honest", "peakLockedEther"),
    honest_lost_ether: sum("honest", "lostEther"),
    adversary_peak_ether: sum("adversary", "peakLockedEther"),
    adversary_lost_ether: sum("adversary", "lostEther"),
    burnt_ether: played.burntEther,
    events_sha256: eventsHash,
  };
  return MEASURES.map((name) => cell(values[name]));
}

/** The cells of a party's line, in the order of PARTY_COLUMNS. */
export function partyCells(party: PartyResult): string[] {
  return PARTY_COLUMNS.map((key) => cell(party[key]));
}

/** One cell of a CSV file. Numbers to nine digits behind the point at most: sums of ether are exact no further. */
export function cell(value: unknown): string {
  if (typeof value === "number")
    return Number.isInteger(value) || !Number.isFinite(value) ? String(value) : String(+value.toFixed(9));
  const text = String(value ?? "");
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
