/** Opcodes by name; PUSH1 to PUSH32, DUP, SWAP and LOG are made from their number. */
const OPCODES: Record<string, number> = {
  STOP: 0x00, ADD: 0x01, MUL: 0x02, SUB: 0x03, DIV: 0x04, SDIV: 0x05, MOD: 0x06, SMOD: 0x07, ADDMOD: 0x08, MULMOD: 0x09,
  EXP: 0x0a, SIGNEXTEND: 0x0b, LT: 0x10, GT: 0x11, SLT: 0x12, SGT: 0x13, EQ: 0x14, ISZERO: 0x15, AND: 0x16, OR: 0x17, XOR: 0x18,
  NOT: 0x19, BYTE: 0x1a, SHL: 0x1b, SHR: 0x1c, SAR: 0x1d, CLZ: 0x1e, KECCAK256: 0x20, ADDRESS: 0x30, BALANCE: 0x31, ORIGIN: 0x32,
  CALLER: 0x33, CALLVALUE: 0x34, CALLDATALOAD: 0x35, CALLDATASIZE: 0x36, CALLDATACOPY: 0x37, CODESIZE: 0x38, CODECOPY: 0x39,
  GASPRICE: 0x3a, EXTCODESIZE: 0x3b, EXTCODECOPY: 0x3c, RETURNDATASIZE: 0x3d, RETURNDATACOPY: 0x3e, EXTCODEHASH: 0x3f,
  BLOCKHASH: 0x40, COINBASE: 0x41, TIMESTAMP: 0x42, NUMBER: 0x43, PREVRANDAO: 0x44, GASLIMIT: 0x45, CHAINID: 0x46,
  SELFBALANCE: 0x47, BASEFEE: 0x48, BLOBHASH: 0x49, BLOBBASEFEE: 0x4a, POP: 0x50, MLOAD: 0x51, MSTORE: 0x52, MSTORE8: 0x53,
  SLOAD: 0x54, SSTORE: 0x55, JUMP: 0x56, JUMPI: 0x57, PC: 0x58, MSIZE: 0x59, GAS: 0x5a, JUMPDEST: 0x5b, TLOAD: 0x5c,
  TSTORE: 0x5d, MCOPY: 0x5e, PUSH0: 0x5f, CREATE: 0xf0, CALL: 0xf1, CALLCODE: 0xf2, RETURN: 0xf3, DELEGATECALL: 0xf4, CREATE2: 0xf5,
  STATICCALL: 0xfa, REVERT: 0xfd, INVALID: 0xfe, SELFDESTRUCT: 0xff,
}; // prettier-ignore

/** Code from words: names of opcodes, and numbers (decimal or 0x) that are pushed with as few bytes as they need. */
export function assemble(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    if (/^\d/.test(word)) bytes.push(...push(BigInt(word)));
    else bytes.push(opcode(word));
  }
  return Uint8Array.from(bytes);
}

function push(value: bigint): number[] {
  if (value === 0n) return [OPCODES.PUSH0];
  const hex = value.toString(16);
  const bytes = [...Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex")];
  return [0x5f + bytes.length, ...bytes];
}

function opcode(name: string): number {
  const known = OPCODES[name];
  if (known !== undefined) return known;
  const [, family, number] = /^(DUP|SWAP|LOG)(\d+)$/.exec(name) ?? [];
  if (family === undefined) throw new Error(`no opcode ${name}`);
  return { DUP: 0x7f, SWAP: 0x8f, LOG: 0xa0 }[family]! + Number(number);
}

/** Gas that a loop leaves: enough for any body and for ending well. */
const RESERVE = 120_000;

/**
 * A contract that runs `prelude` once and then `body` over and over until the gas is short; it ends well, so that what it wrote stays.
 * @param repeat - how many times the body stands in the code, so that the loop itself costs little.
 * @param data - appended to the code; `prelude` finds it at the word DATA.
 */
export function loopContract(
  prelude: string,
  body: string,
  repeat: number,
  data: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const build = (dataAt: number): Uint8Array => {
    // a fixed width for the place of the data keeps the length of the code
    const start = Buffer.concat(
      prelude
        .split(/\bDATA\b/)
        .flatMap((part, i) => [...(i === 0 ? [] : [Uint8Array.of(0x61, dataAt >> 8, dataAt & 0xff)]), assemble(part)]),
    );
    const loop = assemble(`JUMPDEST ${`${body} `.repeat(repeat)} ${RESERVE} GAS GT ${start.length} JUMPI STOP`);
    return Buffer.concat([start, loop, data]);
  };
  return build(build(0).length - data.length);
}
