import { Op } from "./isa";
import { INSTRUCTION_BYTES, SLOT_BYTES } from "./types";

/**
 * The code as the fast interpreter wants it: slots, frame offsets and frame sizes in bytes, targets as addresses.
 * @param codeBase - address of the first instruction in the interpreter's memory.
 */
export function prepareCode(code: Uint8Array, codeBase: number): Uint8Array {
  const prepared = code.slice();
  const view = new DataView(prepared.buffer);
  for (let at = 0; at < prepared.length; at += INSTRUCTION_BYTES) {
    const op = view.getUint16(at, true);
    for (let field = 2; field < 8; field += 2)
      view.setUint16(at + field, view.getUint16(at + field, true) * SLOT_BYTES, true);
    const low = view.getUint32(at + 8, true);
    if (hasTarget(op)) view.setUint32(at + 8, codeBase + low * INSTRUCTION_BYTES, true);
    else if (op === Op.select) view.setUint32(at + 8, low * SLOT_BYTES, true);
  }
  return prepared;
}

const hasTarget = (op: number): boolean => op === Op.jump || op === Op.call || (op >= Op.branch && op < Op.binary);
