import { Result, type Interface } from "ethers";

/** A log of a contract, decoded: the event's name and its arguments by name, hex in lower case. */
export interface ReadLog {
  name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- of the ABI's types
  args: Record<string, any>;
}

/**
 * @returns the event, or null for a log of something else.
 * NOTE: what is kept of it is small: ethers writes hex digit by digit, and a hash made so takes 700 bytes until something flattens it, as
 * lower case does.
 */
export function readLog(abi: Interface, log: { topics: readonly string[]; data: string }): ReadLog | null {
  const parsed = abi.parseLog({ topics: [...log.topics], data: log.data });
  return parsed && { name: parsed.name, args: plain(parsed.args) as ReadLog["args"] };
}

function plain(value: unknown): unknown {
  if (typeof value === "string") return value.toLowerCase();
  if (!(value instanceof Result)) return value;
  return Object.fromEntries(Object.entries(value.toObject()).map(([name, part]) => [name, plain(part)]));
}
