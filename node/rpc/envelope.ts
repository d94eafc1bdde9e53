/**
 * Ids of calls as they are written: JavaScript's numbers keep 53 bits, clients take more (nanoseconds of the clock), and an answer carries
 * its call's very digits.
 */

const STRING = /"(?:[^"\\]|\\.)*"/y;
const NUMBER = /-?[0-9][0-9.eE+-]*/y;
const COLON = /\s*:\s*/y;

/**
 * @param text - JSON that has been parsed without an error.
 * @returns the text of each call's numeric `id` by the call's place in the batch (0 where there is one call); others are not in it.
 */
export function numericIds(text: string): Map<number, string> {
  const ids = new Map<number, string>();
  const isBatch = /^\s*\[/.test(text);
  const callDepth = isBatch ? 2 : 1;
  let depth = 0;
  let place = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "{" || char === "[") depth++;
    else if (char === "}" || char === "]") depth--;
    else if (char === "," && isBatch && depth === 1) place++;
    else if (char === '"') {
      const name = match(STRING, text, at);
      at += name.length - 1;
      if (depth !== callDepth || JSON.parse(name) !== "id") continue;
      const colon = match(COLON, text, at + 1);
      if (colon === "") continue; // a value, no key
      const number = match(NUMBER, text, at + 1 + colon.length);
      if (number === "") ids.delete(place);
      else ids.set(place, number);
    }
  }
  return ids;
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}
