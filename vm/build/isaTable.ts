import { Binary, ISA, LOAD_BYTES, Load, Op, type OpInfo } from "../isa";

const EFFECTS: Readonly<Record<string, string>> = {
  unreachable: "",
  end: "status = halted",
  jump: "pc = I.lo",
  brTable: "pc = pc + 1 + min(A.lo, I.lo)",
  call: "f = fp + 8d; bytes at f + 8a = (pc + 1) \\| fp << 32; fp = f; pc = I.lo",
  return: "pc = A.lo; fp = A.hi",
  returnSlot: "slot 0 = B; pc = A.lo; fp = A.hi",
  returnConst: "slot 0 = I; pc = A.lo; fp = A.hi",
  const: "D = I",
  zero: "slots d .. d + b - 1 = 0",
  select: "D = slot(I.lo).lo ≠ 0 ? A : B",
  globalGet: "D = 8 bytes at I.lo",
  globalSet: "8 bytes at I.lo = A",
  copy: "D = A",
  wrap: "D = A.lo",
  input: "leaf at ptr = input",
  output: "output = leaf at ptr; status = halted",
  preimage: "leaf at dstPtr = 32 bytes of the data; D = its length",
  inbox: "leaf at dstPtr = record, D = 1; or D = 0",
  hint: "nothing",
};
const SYMBOLS = ["+", "-", "*", "/ s", "/ u", "% s", "% u", "&", "\\|", "^", "<<", ">> s", ">> u", "rotl", "rotr"];
const COMPARISONS = ["=", "≠", "< s", "≥ s", "< u", "≥ u"];
const LOAD_NAMES = Object.keys(Load);

/** The instruction table of docs/spec/04-vm.md, one row an opcode, from the table in vm/isa.ts. */
export function isaTable(): string {
  const rows = ISA.map((info) => `| ${cells(info).join(" | ")} |`);
  return [
    "| op | name | d | a | b | imm | effect | traps, in order | leaves |",
    "|---|---|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function cells(info: OpInfo): string[] {
  const { op, name, d, a, b, imm, traps, maxLeaves } = info;
  return [op.toString(16).padStart(2, "0"), name, d, a, b, imm, effectOf(info), traps.join(", "), String(maxLeaves)];
}

function effectOf(info: OpInfo): string {
  const { op, name } = info;
  const known = EFFECTS[name];
  if (known !== undefined) return known;
  if (op < Op.branch) {
    const isLow = op <= Op.extend16To32;
    return `D = ${name.includes("To") ? name : name.slice(0, -2)}(${isLow ? "A.lo" : "A"})`;
  }
  if (op < Op.binary) {
    const is64 = (op & 8) !== 0;
    return `if ${operands(COMPARISONS[op & 7], is64, (op & 16) !== 0 ? (is64 ? "sx(I.hi)" : "I.hi") : undefined)}: pc = I.lo`;
  }
  if (op < Op.load) {
    const fn = op & 0x1f;
    const is64 = (op & 0x20) !== 0;
    const symbol = fn < Binary.eq ? SYMBOLS[fn] : COMPARISONS[fn - Binary.eq];
    const value = operands(symbol, is64, (op & 0x80) !== 0 ? (is64 ? "I" : "I.lo") : undefined);
    return fn < Binary.eq ? `D = ${value}` : `D = (${value}) ? 1 : 0`;
  }
  return accessEffect(info);
}

function operands(symbol: string, is64: boolean, constant?: string): string {
  const low = is64 ? "" : ".lo";
  const [word, sign] = symbol.split(" ");
  const text = `A${low} ${word} ${constant ?? `B${low}`}`;
  return sign === undefined ? text : `${text} (${sign === "s" ? "signed" : "unsigned"})`;
}

function accessEffect({ op, name, memoryBytes }: OpInfo): string {
  const kind = name.split(".")[1];
  const isIndexed = op >= Op.loadIndexed;
  const address = isIndexed ? "(A.lo + B.lo mod 2^32) + I.lo" : name.includes("Absolute") ? "I.lo" : "A.lo + I.lo";
  if (name.startsWith("load")) return `D = ${kind} of ${bytes(LOAD_BYTES[LOAD_NAMES.indexOf(kind)])} at ${address}`;
  const value = isIndexed ? "D" : name.startsWith("storeConst") ? "sx(I.hi)" : "B";
  return `${bytes(memoryBytes)} at ${address} = low ones of ${value}`;
}

const bytes = (count: number): string => (count === 1 ? "1 byte" : `${count} bytes`);
