import type { Cursor, Hex } from "./types";
import { fromHex, toHex } from "./bytes";

/** The segment offset of a cursor that stands behind all data of its batch. */
export const NO_SEGMENT = 0xffffffff;
const CURSOR_BYTES = 25;
const VERSION = 1;

/** The 25 bytes of `extraData`. @see docs/spec/01-interfaces.md#header */
export function encodeCursor(cursor: Cursor): Hex {
  const bytes = new Uint8Array(CURSOR_BYTES);
  const view = new DataView(bytes.buffer);
  bytes[0] = VERSION;
  view.setBigUint64(1, cursor.batch);
  view.setUint32(9, cursor.segment);
  view.setUint32(13, cursor.offset);
  view.setBigUint64(17, cursor.delayed);
  return toHex(bytes);
}

/** @throws Error where the bytes are no cursor: no block of this chain has such a header. */
export function decodeCursor(extraData: Hex): Cursor {
  const bytes = fromHex(extraData);
  if (bytes.length !== CURSOR_BYTES || bytes[0] !== VERSION) throw new Error(`no inbox cursor: ${extraData}`);
  const view = new DataView(bytes.buffer);
  return {
    batch: view.getBigUint64(1),
    segment: view.getUint32(9),
    offset: view.getUint32(13),
    delayed: view.getBigUint64(17),
  };
}
