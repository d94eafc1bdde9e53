import { duration, units } from "../format";

/** Functions of the product's contracts that answer an amount in wei, and those that answer seconds. */
const AMOUNTS = /^(burnt|deposited|genesisBalance|basefee|minimumBaseFee|MIN_WITHDRAWAL_AMOUNT)$/;
const TIMES =
  /^(challengePeriod|censorshipTime|responseTime|stepTime|buildTime|clockExtension|forceDelay|maxAhead|\w+DelaySeconds)$/;

/** `0.1 ether`, `3 min 20 s`: what a function without arguments answers, where it is known to be an amount or a time. @param answer - A number in wei or seconds. */
export function withUnit(name: string, answer: string): string {
  if (AMOUNTS.test(name)) return `${units(BigInt(answer))} ether`;
  return TIMES.test(name) ? duration(Number(answer)) : answer;
}
