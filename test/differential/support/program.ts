import { Assembler } from "./assembler";
import type { Random } from "./random";

/** What an operand means, so that most programs do something: any word, memory offset or size, storage key, value of it, address, ... */
type Kind = "word" | "offset" | "size" | "key" | "value" | "address" | "gas" | "wei" | "index" | "number" | "salt";
type Op = readonly [opcode: number, outputs: number, ...operands: Kind[]];

/** Opcodes with their operands, the top of the stack first. */
const ARITHMETIC: readonly Op[] = [
  ...[0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x10, 0x11, 0x12, 0x13, 0x14, 0x16, 0x17, 0x18].map((opcode): Op => [
    opcode,
    1,
    "word",
    "word",
  ]),
  [0x08, 1, "word", "word", "word"],
  [0x09, 1, "word", "word", "word"],
  [0x0a, 1, "word", "index"],
  [0x0b, 1, "index", "word"],
  [0x15, 1, "word"],
  [0x19, 1, "word"],
  [0x1a, 1, "index", "word"],
  [0x1b, 1, "index", "word"],
  [0x1c, 1, "index", "word"],
  [0x1d, 1, "index", "word"],
  [0x1e, 1, "word"],
];
const ENVIRONMENT: readonly Op[] = [
  ...[0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a, 0x3d, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x4a].map(
    (opcode): Op => [opcode, 1],
  ),
  [0x58, 1],
  [0x59, 1],
  [0x5a, 1],
  [0x31, 1, "address"],
  [0x35, 1, "offset"],
  [0x3b, 1, "address"],
  [0x3f, 1, "address"],
  [0x40, 1, "number"],
  [0x49, 1, "index"],
];
const MEMORY: readonly Op[] = [
  [0x20, 1, "offset", "size"],
  [0x37, 0, "offset", "offset", "size"],
  [0x39, 0, "offset", "offset", "size"],
  [0x3c, 0, "address", "offset", "offset", "size"],
  [0x3e, 0, "offset", "index", "index"],
  [0x51, 1, "offset"],
  [0x52, 0, "offset", "word"],
  [0x52, 0, "offset", "word"],
  [0x53, 0, "offset", "word"],
  [0x5e, 0, "offset", "offset", "size"],
];
const STORAGE: readonly Op[] = [
  [0x54, 1, "key"],
  [0x55, 0, "key", "value"],
  [0x55, 0, "key", "value"],
  [0x5c, 1, "key"],
  [0x5d, 0, "key", "value"],
];
const LOGS: readonly Op[] = [0, 1, 2, 3, 4].map((topics): Op => [
  0xa0 + topics,
  0,
  "offset",
  "size",
  ...Array<Kind>(topics).fill("word"),
]);
const CALLS: readonly Op[] = [
  [0xf1, 1, "gas", "address", "wei", "offset", "size", "offset", "size"],
  [0xf1, 1, "gas", "address", "wei", "offset", "size", "offset", "size"],
  [0xf2, 1, "gas", "address", "wei", "offset", "size", "offset", "size"],
  [0xf4, 1, "gas", "address", "offset", "size", "offset", "size"],
  [0xfa, 1, "gas", "address", "offset", "size", "offset", "size"],
];

const MAX_HEIGHT = 16;

export interface ProgramOptions {
  /** Addresses that exist or may come to exist. */
  addresses: readonly bigint[];
  /** Roughly how many operations. */
  length: number;
  /** How deep programs made by programs may nest. */
  depth?: number;
}

/** Random code that is mostly valid: operands are there and mean something, jumps go to places where they may. */
export function randomProgram(random: Random, options: ProgramOptions): Uint8Array {
  if (random.oneIn(25)) return random.bytes(1 + random.int(60));
  return new Generator(random, options).program();
}

class Generator {
  private readonly code = new Assembler();
  private height = 0;

  constructor(
    private readonly random: Random,
    private readonly options: ProgramOptions,
  ) {}

  program(): Uint8Array {
    this.block(this.options.length, 2);
    this.finish();
    return this.code.bytes();
  }

  private block(length: number, nesting: number): void {
    const { random } = this;
    for (let i = 0; i < length; i++) {
      const kind = random.weighted([
        [30, "arithmetic"],
        [14, "environment"],
        [16, "memory"],
        [16, "storage"],
        [4, "log"],
        [9, "call"],
        [3, "create"],
        [8, "stack"],
        [nesting > 0 ? 6 : 0, "branch"],
        [nesting > 0 ? 3 : 0, "loop"],
        [2, "modexp"],
        [1, "end"],
      ] as const);
      if (kind === "arithmetic") this.operation(random.pick(ARITHMETIC));
      else if (kind === "environment") this.operation(random.pick(ENVIRONMENT));
      else if (kind === "memory") this.operation(random.pick(MEMORY));
      else if (kind === "storage") this.operation(random.pick(STORAGE));
      else if (kind === "log") this.operation(random.pick(LOGS));
      else if (kind === "call") this.operation(random.pick(CALLS));
      else if (kind === "create") this.create();
      else if (kind === "stack") this.shuffle();
      else if (kind === "branch") this.branch(nesting);
      else if (kind === "loop") this.loop(nesting);
      else if (kind === "modexp") this.modexp();
      else if (random.oneIn(8)) this.code.op(random.pick([0xfe, 0x0c, 0x4b, 0xef, 0x50, 0x56, 0x00]));
      this.settle(MAX_HEIGHT);
    }
  }

  private operation([opcode, outputs, ...operands]: Op): void {
    for (const kind of [...operands].reverse()) this.operand(kind);
    this.code.op(opcode);
    this.height += outputs - operands.length;
  }

  private operand(kind: Kind): void {
    const { random, code } = this;
    this.height += 1;
    const old = this.height - 1;
    const mayCopy = kind === "word" || kind === "value" || (kind === "address" && random.oneIn(3));
    if (mayCopy && old > 0 && random.int(5) < 3) {
      code.op(0x80 + random.int(Math.min(old, 16)));
      return;
    }
    const rare = random.oneIn(60);
    if (rare || kind === "word") code.push(random.word());
    else if (kind === "offset") code.push(random.oneIn(12) ? random.int(5000) : random.int(200));
    else if (kind === "size") code.push(random.oneIn(4) ? 0 : random.oneIn(12) ? random.int(3000) : random.int(100));
    else if (kind === "index") code.push(random.oneIn(3) ? random.int(300) : random.int(34));
    else if (kind === "key") code.push(random.int(4));
    else if (kind === "value") code.push(random.int(3));
    else if (kind === "wei") code.push(random.int(4) < 3 ? 0 : random.int(2000));
    else if (kind === "salt") code.push(random.int(2));
    else if (kind === "number") code.push(995 + random.int(6));
    else if (kind === "gas") this.gas();
    else code.push(random.pick(this.options.addresses));
  }

  private gas(): void {
    const { random, code } = this;
    const kind = random.int(4);
    if (kind === 0) code.op(0x5a);
    else if (kind === 1) code.push(random.int(3000));
    else code.push(random.int(60_000));
  }

  private shuffle(): void {
    const { random, code, height } = this;
    if (height >= 2 && random.oneIn(2)) code.op(0x90 + random.int(Math.min(height - 1, 16)));
    else if (height >= 1) {
      code.op(0x80 + random.int(Math.min(height, 16)));
      this.height += 1;
    }
  }

  /** A body that runs if a word is not zero; the stack is as high behind it as before. */
  private branch(nesting: number): void {
    const behind = this.code.label();
    this.operand(this.random.oneIn(2) ? "value" : "word");
    this.code.pushLabel(behind).op(0x57);
    this.height -= 1;
    this.body(nesting);
    this.code.place(behind);
  }

  private loop(nesting: number): void {
    const start = this.code.label();
    this.code.push(1 + this.random.int(5));
    this.height += 1;
    this.code.place(start);
    this.body(nesting);
    this.code.push(1).op(0x90, 0x03, 0x80).pushLabel(start).op(0x57, 0x50);
    this.height -= 1;
  }

  private body(nesting: number): void {
    const { height } = this;
    this.block(1 + this.random.int(5), nesting - 1);
    while (this.height < height) this.operand("word");
    while (this.height > height) {
      this.code.op(0x50);
      this.height -= 1;
    }
  }

  /** Copies initcode from behind the code to memory and creates. */
  private create(): void {
    const { random, code } = this;
    const initcode = randomInitcode(random, { ...this.options, depth: (this.options.depth ?? 2) - 1 });
    code.push(initcode.length).pushData(initcode).push(0).op(0x39);
    const isCreate2 = random.oneIn(2);
    if (isCreate2) code.push(random.int(2));
    code.push(initcode.length).push(0);
    code.push(random.int(3) === 0 ? random.int(50) : 0);
    code.op(isCreate2 ? 0xf5 : 0xf0);
    this.height += 1;
    if (random.oneIn(2)) return;
    // Call what was created.
    code.push(0).push(0).push(0).push(0).push(0).op(0x85).push(50_000).op(0xf1);
    this.height += 1;
  }

  /** Small numbers where modexp reads its lengths. */
  private modexp(): void {
    const { random, code } = this;
    for (const offset of [0, 32, 64])
      code
        .push(random.oneIn(8) ? random.int(1100) : random.int(40))
        .push(offset)
        .op(0x52);
    code.push(random.word()).push(96).op(0x52);
    code
      .push(64)
      .push(0)
      .push(96 + random.int(100))
      .push(0)
      .push(5)
      .op(0x5a, 0xfa);
    this.height += 1;
  }

  /** Takes words off the stack until at most `most` are left, mostly to where they leave a trace. */
  private settle(most: number): void {
    const { random, code } = this;
    while (this.height > most) {
      const kind = random.int(3);
      if (kind === 0) code.op(0x50);
      else if (kind === 1) code.push(random.int(200)).op(0x52);
      else code.push(random.int(4)).op(0x55);
      this.height -= 1;
    }
  }

  private finish(): void {
    const { random, code } = this;
    for (let i = 0; this.height > 0 && i < 6; i++, this.height--) code.push(32 * i).op(0x52);
    const end = random.weighted([
      [10, "return"],
      [3, "stop"],
      [3, "revert"],
      [2, "destruct"],
      [1, "invalid"],
    ] as const);
    if (end === "return") code.push(random.int(220)).push(random.int(40)).op(0xf3);
    else if (end === "revert") code.push(random.int(220)).push(random.int(40)).op(0xfd);
    else if (end === "stop") code.op(0x00);
    else if (end === "destruct") code.push(random.pick(this.options.addresses)).op(0xff);
    else code.op(0xfe);
  }
}

/** Code that runs once and returns the code of a contract, or does something else. */
export function randomInitcode(random: Random, options: ProgramOptions): Uint8Array {
  const depth = options.depth ?? 2;
  const kind = random.weighted([
    [depth > 0 ? 10 : 0, "contract"],
    [2, "empty"],
    [2, "destruct"],
    [2, "revert"],
    [1, "prefix"],
    [1, "long"],
    [depth > 0 ? 3 : 0, "program"],
  ] as const);
  const code = new Assembler();
  if (kind === "empty") return new Uint8Array(0);
  if (kind === "program") return randomProgram(random, { ...options, length: 6, depth: depth - 1 });
  if (random.oneIn(2)) code.push(random.int(3)).push(random.int(4)).op(0x55);
  if (kind === "destruct") {
    const to = random.int(3);
    if (to === 0) code.op(0x30);
    else if (to === 1) code.op(0x33);
    else code.push(random.pick(options.addresses));
    return code.op(0xff).bytes();
  }
  if (kind === "revert") return code.push(random.int(64)).push(0).op(0xfd).bytes();
  if (kind === "prefix")
    return code
      .push(0xef)
      .push(0)
      .op(0x53)
      .push(1 + random.int(30))
      .push(0)
      .op(0xf3)
      .bytes();
  if (kind === "long")
    return code
      .push(24_570 + random.int(12))
      .push(0)
      .op(0xf3)
      .bytes();
  const runtime = randomProgram(random, { ...options, length: 5, depth: depth - 1 });
  return code.push(runtime.length).pushData(runtime).push(0).op(0x39).push(runtime.length).push(0).op(0xf3).bytes();
}
