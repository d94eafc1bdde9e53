import { Random } from "../random";

export const BASE_FEES = ["constant", "walk"] as const;

/** Price of gas on L1. A walk moves by up to 12.5 % an hour, between a tenth and ten times of where it starts. */
export interface BaseFee {
  readonly kind: (typeof BASE_FEES)[number];
  readonly gwei: number;
}

/** @returns ether for one unit of gas, by seconds since the start. */
export function baseFeeProcess({ kind, gwei }: BaseFee, seed: number): (seconds: number) => number {
  if (kind === "constant") return () => gwei / 1e9;
  const random = new Random(seed);
  const hours = [gwei];
  return (seconds) => {
    const hour = Math.floor(seconds / 3_600);
    while (hours.length <= hour) {
      const moved = hours[hours.length - 1] * (1 + (random.below(2_001) - 1_000) / 8_000);
      hours.push(Math.min(gwei * 10, Math.max(gwei / 10, moved)));
    }
    return hours[hour] / 1e9;
  };
}
