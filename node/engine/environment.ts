import { fromHex, leftPad32, word } from "../../protocol";
import type { Hex } from "../../protocol/types";
import type { Instance } from "./instance";

/** A block environment as stf/engine/environment.ts reads it; hex of any length up to 32 bytes is padded on the left. */
export interface Environment {
  parentHash: Hex;
  stateRoot: Hex;
  baseFee: bigint;
  coinbase: Hex;
  prevRandao: Hex;
  parentBeaconBlockRoot: Hex;
  /** Where the state has none. */
  chainId: bigint;
  blobBaseFee: bigint;
  number: bigint;
  timestamp: bigint;
  gasLimit: bigint;
}

/** Writes it to the request. */
export function writeEnvironment(instance: Instance, environment: Environment): void {
  const words = [
    fromHex(environment.parentHash),
    fromHex(environment.stateRoot),
    word(environment.baseFee),
    fromHex(environment.coinbase),
    fromHex(environment.prevRandao),
    fromHex(environment.parentBeaconBlockRoot),
    word(environment.chainId),
    word(environment.blobBaseFee),
  ];
  const [wordsAt, numbersAt] = [instance.address("REQUEST_WORDS"), instance.address("REQUEST_NUMBERS")];
  words.forEach((bytes, i) => instance.bytes.set(leftPad32(bytes), wordsAt + 32 * i));
  const { number, timestamp, gasLimit } = environment;
  [number, timestamp, gasLimit].forEach((value, i) => instance.view.setBigUint64(numbersAt + 8 * i, value, true));
}

/** What BLOBBASEFEE answers: e^(excess / fraction) by its series in integers. Source: EIP-4844, `fake_exponential`; fraction of Osaka. */
export function blobBaseFee(excessBlobGas: bigint): bigint {
  const fraction = 5_007_716n;
  let sum = 0n;
  let term = fraction;
  for (let i = 1n; term > 0n; i++) {
    sum += term;
    term = (term * excessBlobGas) / (fraction * i);
  }
  return sum / fraction;
}
