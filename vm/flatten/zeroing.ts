import { W, type Decoded } from "./decode";

/**
 * Which locals a function may read before it sets them, so that they must be zeroed at its start.
 * Conservative: what is set inside a block counts behind it only if no branch leaves the block early.
 * @param count - locals with parameters; @param parameters - how many of them are parameters.
 */
export function localsToZero(code: readonly Decoded[], count: number, parameters: number): boolean[] {
  const needed = new Array<boolean>(count).fill(false);
  let assigned = new Uint8Array(count).fill(1, 0, parameters);
  const frames: { op: number; entry: Uint8Array<ArrayBuffer>; isTarget: boolean }[] = [];
  const target = (label: number): void => {
    const frame = frames[frames.length - 1 - label];
    if (frame !== undefined) frame.isTarget = true;
  };
  for (const { op, index, targets } of code) {
    if (op === W.localGet && assigned[index] === 0) needed[index] = true;
    else if (op === W.localSet || op === W.localTee) assigned[index] = 1;
    else if (op === W.br || op === W.brIf) target(index);
    else if (op === W.brTable) targets?.forEach(target);
    else if (op === W.block || op === W.loop || op === W.if)
      frames.push({ op, entry: assigned.slice(), isTarget: false });
    else if (op === W.else) assigned = frames[frames.length - 1].entry.slice();
    else if (op === W.end) {
      const frame = frames.pop();
      // A branch to a loop goes to its start, so it does not skip what the loop sets.
      const keeps = frame === undefined || frame.op === W.loop || (frame.op === W.block && !frame.isTarget);
      if (!keeps) assigned = frame.entry;
    }
  }
  return needed;
}
