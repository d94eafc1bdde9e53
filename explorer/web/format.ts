/** `0x12345678…9abc`: enough to recognise, never enough to copy. */
export function shorten(hash: string): string {
  return hash.length <= 14 ? hash : `${hash.slice(0, 8)}…${hash.slice(-4)}`;
}

/** A whole number as a node writes it: hex, with its sign behind the `0x` where it is negative. */
export function amountOf(value: bigint | string): bigint {
  return typeof value === "string" && value.startsWith("0x-") ? -BigInt(`0x${value.slice(3)}`) : BigInt(value);
}

/** An amount in units of 10^decimals, exactly. */
export function units(value: bigint | string, decimals = 18): string {
  const amount = amountOf(value);
  const digits = (amount < 0n ? -amount : amount).toString().padStart(decimals + 1, "0");
  const whole = decimals === 0 ? digits : digits.slice(0, -decimals);
  const rest = decimals === 0 ? "" : digits.slice(-decimals).replace(/0+$/, "");
  return `${amount < 0n ? "-" : ""}${BigInt(whole).toLocaleString("en")}${rest === "" ? "" : `.${rest}`}`;
}

const GWEI = 10n ** 9n;
/** Below this many wei an amount is none in millionths of an ether. */
const MILLIONTH = 10n ** 12n;

/** `0.00024 ether`: money as a sentence says it, to a millionth, rounded down; what is less than that in gwei, to a hundredth, or in wei. */
export function ether(wei: bigint): string {
  if (wei > 0n && wei < GWEI) return `${count(wei)} wei`;
  if (wei > 0n && wei < MILLIONTH) return `${units(wei - (wei % (GWEI / 100n)), 9)} gwei`;
  return `${units(wei - (wei % MILLIONTH))} ether`;
}

/** A whole number with separators. */
export function count(value: number | bigint | string): string {
  return (typeof value === "string" ? BigInt(value) : value).toLocaleString("en");
}

/** Seconds in words a person reads: `45 s`, `3 min 20 s`, `2 h 5 min`, `6 d 4 h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), "d"],
    [Math.floor(whole / 3_600) % 24, "h"],
    [Math.floor(whole / 60) % 60, "min"],
    [whole % 60, "s"],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) return "0 s";
  const shown = parts.slice(first, first + 2).filter(([value]) => value > 0);
  return shown.map(([value, unit]) => `${value} ${unit}`).join(" ");
}

/** A moment of a chain, in UTC; what no calendar has stays a number. */
export function moment(seconds: number | string): string {
  const date = new Date(Number(seconds) * 1_000);
  if (Number.isNaN(date.getTime())) return `second ${seconds}`;
  return date.toISOString().replace("T", " ").replace(".000Z", " UTC");
}

/** `1 block`, `2 blocks`, `2 matches`. @param many - Where an `s` does not make it. */
export function plural(value: number, noun: string, many = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : many}`;
}

/** `5`, `5 to 9`: neighbouring numbers; `none` where there are none. */
export function range(first: number | null, last: number | null): string {
  if (first === null || last === null) return "none";
  return first === last ? count(first) : `${count(first)} to ${count(last)}`;
}
