import { toMinimalBytes } from "../../../protocol";

/** EVM code under construction: opcodes, pushes, jumps whose place is found later, and data behind the code. */
export class Assembler {
  private readonly code: number[] = [];
  private readonly labels = new Map<number, number>();
  private readonly fixups: { at: number; target: number | Uint8Array }[] = [];
  private readonly data: Uint8Array[] = [];
  private labelCount = 0;

  op(...opcodes: number[]): this {
    this.code.push(...opcodes);
    return this;
  }

  /** The shortest PUSH of a number; `width` bytes where given. */
  push(value: bigint | number, width?: number): this {
    const bytes = toMinimalBytes(value);
    const length = width ?? bytes.length;
    this.code.push(0x5f + length, ...new Uint8Array(length - bytes.length), ...bytes);
    return this;
  }

  /** A name for a place that `place` fixes. */
  label(): number {
    return this.labelCount++;
  }

  /** Stands a JUMPDEST here. */
  place(label: number): this {
    this.labels.set(label, this.code.length);
    return this.op(0x5b);
  }

  pushLabel(label: number): this {
    this.fixups.push({ at: this.code.length + 1, target: label });
    return this.op(0x61, 0, 0);
  }

  /** Puts bytes behind the code and pushes where they will stand. */
  pushData(bytes: Uint8Array): this {
    this.data.push(bytes);
    this.fixups.push({ at: this.code.length + 1, target: bytes });
    return this.op(0x61, 0, 0);
  }

  bytes(): Uint8Array {
    const places = new Map<Uint8Array, number>();
    const all = [...this.code];
    for (const bytes of this.data) {
      places.set(bytes, all.length);
      all.push(...bytes);
    }
    for (const { at, target } of this.fixups) {
      const place = typeof target === "number" ? this.labels.get(target) : places.get(target);
      if (place === undefined) throw new Error("a label without place");
      all[at] = place >> 8;
      all[at + 1] = place & 255;
    }
    return Uint8Array.from(all);
  }
}
