/*
 * Precompiles: 0x01 to 0x11 and 0x100. Gas is always reckoned here; the work is done inside the program or asked of the host.
 */
import { Account } from "../../state/records";
import { environment } from "../environment";
import { setReturnDataLength } from "../frame";
import { askHost } from "./hosted";
import { G1_DISCOUNTS, G2_DISCOUNTS } from "./discounts";
import { areMoved, movedNumber } from "./moved";
import { TRACING } from "../trace";
import { runBlake2f, runIdentity, runModexp, runRipemd160, runSha256 } from "./inside";

const P256: u32 = 0x100;
const LAST: u64 = 0x11;

/** Number of the precompile at the account's address, or 0. */
export function precompileNumber(account: Account): u32 {
  if (TRACING && areMoved()) return movedNumber(account);
  const low = account.key0;
  if ((account.key1 | account.key2) != 0 || (low > LAST && low != u64(P256))) return 0;
  return u32(low);
}

/**
 * Runs a precompile; its output goes to EVM_RETURN and its length to `returnDataLength`.
 * @returns the gas left, negative when the call fails: bad input or too little gas.
 */
export function runPrecompile(number: u32, input: usize, length: u32, gas: i64): i64 {
  const words = i64((u64(length) + 31) >>> 5);
  switch (number) {
    case 0x01:
      return hosted(number, gas, 3000, input, length, 128);
    case 0x02:
      return runSha256(input, length, gas - 60 - 12 * words);
    case 0x03:
      return runRipemd160(input, length, gas - 600 - 120 * words);
    case 0x04:
      return runIdentity(input, length, gas - 15 - 3 * words);
    case 0x05:
      return runModexp(input, length, gas);
    case 0x06:
      return hosted(number, gas, 150, input, length, 128);
    case 0x07:
      return hosted(number, gas, 6000, input, length, 96);
    case 0x08:
      return hostedList(number, gas, 45000 + 34000 * i64(length / 192), input, length, 192, true);
    case 0x09:
      return runBlake2f(input, length, gas);
    case 0x0a:
      return hostedExact(number, gas, 50000, input, length, 192);
    case 0x0b:
      return hostedExact(number, gas, 375, input, length, 256);
    case 0x0c:
      return hostedList(number, gas, sumGas(length / 160, 12000, G1_DISCOUNTS), input, length, 160, false);
    case 0x0d:
      return hostedExact(number, gas, 600, input, length, 512);
    case 0x0e:
      return hostedList(number, gas, sumGas(length / 288, 22500, G2_DISCOUNTS), input, length, 288, false);
    case 0x0f:
      return hostedList(number, gas, 37700 + 32600 * i64(length / 384), input, length, 384, false);
    case 0x10:
      return hostedExact(number, gas, 5500, input, length, 64);
    case 0x11:
      return hostedExact(number, gas, 23800, input, length, 128);
    default:
      return runP256(gas, input, length);
  }
}

/** Asks the host for an answer that depends on the first `used` bytes of the input only: no more is hashed. */
function hosted(number: u32, gas: i64, cost: i64, input: usize, length: u32, used: u32): i64 {
  if (gas < cost || isTooLong(length)) return -1;
  setReturnDataLength(0);
  return askHost(number, cost, input, length < used ? length : used) ? gas - cost : -1;
}

/** As `hosted`, for a precompile that fails unless the input has exactly that length. */
function hostedExact(number: u32, gas: i64, cost: i64, input: usize, length: u32, exact: u32): i64 {
  return length == exact ? hosted(number, gas, cost, input, length, exact) : -1;
}

/** As `hosted`, for a list of items of `item` bytes. */
function hostedList(number: u32, gas: i64, cost: i64, input: usize, length: u32, item: u32, mayBeEmpty: bool): i64 {
  if (length % item != 0 || (length == 0 && !mayBeEmpty)) return -1;
  return hosted(number, gas, cost, input, length, length);
}

/** 0x100 P256VERIFY. GAS 6,900. Input of another length than 160 is not an error: the output is empty. */
function runP256(gas: i64, input: usize, length: u32): i64 {
  if (length == 160) return hosted(P256, gas, 6900, input, length, 160);
  setReturnDataLength(0);
  return gas < 6900 || isTooLong(length) ? -1 : gas - 6900;
}

function isTooLong(length: u32): bool {
  const limit = environment.maxPrecompileInput;
  return limit != 0 && length > limit;
}

/** Gas of a multi-scalar multiplication of that many pairs. */
function sumGas(pairs: u32, each: i64, discounts: usize): i64 {
  if (pairs == 0) return 0;
  const index = pairs < 128 ? pairs : 128;
  const discount = load<u16>(discounts + (usize(index - 1) << 1));
  return (i64(pairs) * each * i64(discount)) / 1000;
}
