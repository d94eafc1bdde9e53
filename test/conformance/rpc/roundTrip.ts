/** One file of the suite: requests and the answers to them, in order. */
export interface RoundTripFile {
  /** `method/case.io`. */
  name: string;
  /** The values of the answers are free; their shape counts. */
  isShapeOnly: boolean;
  trips: { request: string; response: unknown }[];
}

/** Parses `>> request` and `<< response` lines with `//` comments. @throws Error naming the line that is neither. */
export function parseRoundTrips(name: string, text: string): RoundTripFile {
  const file: RoundTripFile = { name, isShapeOnly: false, trips: [] };
  let request: string | null = null;
  text.split("\n").forEach((line, i) => {
    if (line.trim() === "") return;
    if (line.startsWith("//")) file.isShapeOnly ||= /\bspeconly\b/.test(line);
    else if (line.startsWith(">>") && request === null) request = line.slice(2).trim();
    else if (line.startsWith("<<") && request !== null) {
      file.trips.push({ request, response: JSON.parse(line.slice(2)) });
      request = null;
    } else throw new Error(`${name}:${i + 1}: expected ">> request", then "<< response"`);
  });
  return file;
}
