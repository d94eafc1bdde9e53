import { toMinimalBytes } from "../../../protocol";
import { precompileCases, bnPairing, blsPairing } from "../../vm/support/precompiles";

/** A loop whose steps per gas are measured; what the pushes and pops of the body take counts in. */
export type Case = {
  name: string;
  prelude?: string;
  body: string;
  data?: Uint8Array;
  repeat?: number;
  isMany?: boolean;
};

const ONES = `0x${"ff".repeat(32)}`;
const ODD = `0x${"e7".repeat(31)}01`;
const HALF = `0x${"9d".repeat(17)}`;
const LEAST = `0x80${"00".repeat(31)}`;

/** Operands (the last is the top of the stack) that send an operator its longest way. */
const OPERATORS: [name: string, ...operands: string[]][] = [
  ["ADD", ONES, ONES],
  ["MUL", ONES, ODD],
  ["SUB", ONES, "1"],
  ["DIV", HALF, ONES],
  ["DIV", "0x10000000000000001", ONES],
  ["SDIV", HALF, LEAST],
  ["MOD", HALF, ONES],
  ["SMOD", HALF, LEAST],
  ["ADDMOD", HALF, ONES, ODD],
  ["ADDMOD", ODD, ONES, ONES],
  ["MULMOD", HALF, ONES, ODD],
  ["MULMOD", ODD, ONES, ONES],
  ["MULMOD", "0x10000000000000001", ONES, ONES],
  ["EXP", ONES, ODD],
  ["EXP", "0xff", ODD],
  ["SIGNEXTEND", ONES, "3"],
  ["LT", ONES, ONES],
  ["SLT", ONES, ONES],
  ["EQ", ONES, ONES],
  ["ISZERO", "0"],
  ["AND", ONES, ODD],
  ["NOT", ODD],
  ["BYTE", ODD, "31"],
  ["SHL", ODD, "77"],
  ["SHR", ODD, "77"],
  ["SAR", LEAST, "77"],
  ["CLZ", "1"],
];
const READS = ["ADDRESS", "ORIGIN", "CALLER", "CALLVALUE", "CALLDATASIZE", "CODESIZE", "GASPRICE", "RETURNDATASIZE", "COINBASE", "TIMESTAMP",
  "NUMBER", "PREVRANDAO", "GASLIMIT", "CHAINID", "SELFBALANCE", "BASEFEE", "BLOBBASEFEE", "PC", "MSIZE", "GAS"]; // prettier-ignore

/** As in "2 operands of 32 bytes": how many, and the bytes of the longest. */
function describe(operands: readonly string[]): string {
  const bytes = Math.max(...operands.map((one) => Math.max(1, toMinimalBytes(BigInt(one)).length)));
  return `${counted(operands.length, "operand")} of ${counted(bytes, "byte")}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Every opcode in a loop, at its worst. */
export function opcodeCases(): Case[] {
  const cases: Case[] = OPERATORS.map(([name, ...operands]) => ({
    name: `${name} (${describe(operands)})`,
    body: `${operands.join(" ")} ${name} POP`,
    repeat: 20,
  }));
  for (const name of READS) cases.push({ name, body: `${name} POP` });
  const other: [name: string, body: string, prelude?: string][] = [
    ["POP and PUSH0", "0 POP"],
    ["PUSH32", `${ONES} POP`],
    ["DUP16", "DUP16 POP", "1 ".repeat(16)],
    ["SWAP16", "SWAP16", "1 ".repeat(17)],
    ["JUMPDEST", "JUMPDEST"],
    ["JUMPI, not taken", "0 0 JUMPI"],
    ["CALLDATALOAD", "0 CALLDATALOAD POP"],
    ["BLOBHASH", "0 BLOBHASH POP"],
    ["MLOAD", "1 MLOAD POP"],
    ["MSTORE", `${ONES} 1 MSTORE`],
    ["MSTORE8", "1 1 MSTORE8"],
    ["MCOPY of 32 bytes", "32 1 50 MCOPY"],
    ["MCOPY of 4,096 bytes", "4096 1 50 MCOPY"],
    ["KECCAK256 of nothing", "0 0 KECCAK256 POP"],
    ["KECCAK256 of 136 bytes", "136 1 KECCAK256 POP"],
    ["KECCAK256 of 8,192 bytes", "8192 1 KECCAK256 POP"],
    ["CALLDATACOPY of 4,096 bytes", "4096 0 1 CALLDATACOPY"],
    ["CODECOPY of 4,096 bytes", "4096 0 1 CODECOPY"],
    ["EXTCODECOPY of 4,096 bytes, warm", "4096 0 1 ADDRESS EXTCODECOPY"],
    ["RETURNDATACOPY of 32 bytes", "32 0 1 RETURNDATACOPY", "32 0 32 0 4 GAS STATICCALL POP"],
    ["EXTCODESIZE, warm", "ADDRESS EXTCODESIZE POP"],
    ["EXTCODEHASH, warm", "ADDRESS EXTCODEHASH POP"],
    ["BALANCE, warm", "ADDRESS BALANCE POP"],
    ["BALANCE, cold", "1 ADD DUP1 BALANCE POP", "0x10000"],
    ["BLOCKHASH of the parent", "0 BLOCKHASH POP"],
    ["SLOAD, warm", "0 SLOAD POP"],
    ["SLOAD, cold", "1 ADD DUP1 SLOAD POP", "0x10000"],
    ["SSTORE, cold, from zero", "1 ADD DUP1 DUP1 SSTORE", "0x10000"],
    ["SSTORE, warm, no change", "0 0 SSTORE"],
    ["SSTORE, warm, dirty", "DUP1 0 SSTORE 1 ADD", "1 0 SSTORE 1"],
    ["TLOAD", "1 TLOAD POP"],
    ["TSTORE, new slots", "1 ADD DUP1 DUP1 TSTORE", "0x10000"],
    ["LOG0", "0 0 LOG0"],
    ["LOG4", "4 3 2 1 0 0 LOG4"],
    ["LOG1 of 4,096 bytes", "1 4096 0 LOG1"],
    ["CALL of an empty account, warm", "0 0 0 0 0 0x123456 GAS CALL POP"],
    ["CALL of an empty account, cold", "1 ADD 0 0 0 0 0 DUP6 GAS CALL POP", "0x20000"],
    ["CALL with value", "0 0 0 0 0 0x123456 GAS CALL POP"],
    ["DELEGATECALL of an empty account", "0 0 0 0 0x123456 GAS DELEGATECALL POP"],
    ["CREATE of nothing", "0 0 0 CREATE POP"],
    ["CREATE2 with 49,152 bytes of code", "1 ADD DUP1 49152 0 0 CREATE2 POP", "1"],
    ["CREATE with 49,152 bytes of code", "49152 0 0 CREATE POP"],
  ];
  for (const [name, body, prelude = ""] of other) {
    // what costs tens of thousands of gas stands few times in the loop, which must end before the gas does
    const isDear = /^SSTORE, cold|^CREATE/.test(name);
    cases.push({ name, body, prelude, repeat: isDear ? 3 : 40 });
  }
  return cases;
}

/** Every precompile, by an input of each kind that could be its worst. */
export function precompileLoops(): Case[] {
  const cases: Case[] = [];
  const add = (name: string, address: number, input: Uint8Array): void => {
    cases.push({
      name: `${name}, ${input.length} bytes`,
      prelude: `${input.length} DATA 0 CODECOPY`,
      body: `0 0 ${input.length} 0 ${address} GAS STATICCALL POP`,
      data: input,
      repeat: 20,
    });
  };
  const zeros = (length: number): Uint8Array => new Uint8Array(length);
  const bytes = (hex: string): Uint8Array => Buffer.from(hex, "hex");
  for (const length of [0, 55, 56, 64, 8192]) add("sha256", 2, zeros(length).fill(7));
  for (const length of [0, 55, 56, 8192]) add("ripemd160", 3, zeros(length).fill(7));
  for (const length of [0, 32, 8192]) add("identity", 4, zeros(length).fill(7));
  for (const rounds of [0, 1, 12, 20_000]) add(`blake2f of ${rounds} rounds`, 9, blake2Input(rounds));
  for (const [base, exponent, modulus, last] of MODEXP)
    add(
      `modexp ${base}-${exponent}-${modulus} bytes, modulus ...${last.toString(16)}`,
      5,
      modexpInput(base, exponent, modulus, last),
    );
  for (const { name, address, input, flipped } of precompileCases()) {
    add(name, address, bytes(input));
    const invalid = bytes(input);
    invalid[flipped] ^= 1;
    add(`${name}, invalid`, address, invalid);
  }
  add("bn254 pairing of nothing", 8, zeros(0));
  add("bn254 pairing", 8, bytes(bnPairing(20)));
  add("BLS12-381 pairing", 15, bytes(blsPairing(10)));
  return cases;
}

/** Lengths of base, exponent and modulus, and the modulus's last byte (odd: Montgomery; even and powers of two: the other ways). */
const MODEXP: [number, number, number, number][] = [
  [1, 1, 1, 3],
  [32, 1, 32, 0xff],
  [32, 32, 32, 0xff],
  [32, 32, 32, 0xfe],
  [32, 32, 32, 0],
  [64, 1, 64, 0xff],
  [64, 8, 64, 0xfe],
  [256, 1, 256, 0xff],
  [256, 3, 256, 0xfe],
  [1024, 1, 1024, 0xff],
  [1024, 1, 1024, 0xfe],
  [1024, 1, 1024, 0],
  [8, 1024, 8, 0xff],
  [8, 1024, 8, 0xfe],
  [1024, 1, 1, 3],
  [1, 1, 1024, 0xff],
];

/** Base and exponent of ones, modulus of ones but for its last byte. */
export function modexpInput(base: number, exponent: number, modulus: number, last: number): Uint8Array {
  const lengths = [base, exponent, modulus].map((length) => length.toString(16).padStart(64, "0")).join("");
  const input = Buffer.concat([Buffer.from(lengths, "hex"), Buffer.alloc(base + exponent + modulus, 0xff)]);
  input[input.length - 1] = last;
  return input;
}

/** @param rounds - below 2^32. */
export function blake2Input(rounds: number): Uint8Array {
  const input = new Uint8Array(213).fill(0xa5);
  new DataView(input.buffer).setUint32(0, rounds);
  input[212] = 1;
  return input;
}
