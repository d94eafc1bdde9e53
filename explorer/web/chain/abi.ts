import { Interface, type ParamType, type Result } from "ethers";

/** A call, a log or an error in words: name and arguments as text. Everything that a chain says stays text. */
export interface Decoded {
  contract: string;
  name: string;
  signature: string;
  arguments: { name: string; type: string; value: string }[];
}

const STORED = "solvent.abis";

let known: Promise<Map<string, Interface>> | null = null;

/** The product's own ABIs and those that a person gave; read once. */
export function knownAbis(): Promise<Map<string, Interface>> {
  known ??= (async () => {
    const response = await fetch("/abis.json");
    const all = (response.ok ? await response.json() : {}) as Record<
      string,
      ConstructorParameters<typeof Interface>[0]
    >;
    const abis = new Map(Object.entries(all).map(([name, abi]) => [name, new Interface(abi)]));
    for (const [name, text] of Object.entries(storedAbis())) abis.set(name, new Interface(text));
    return abis;
  })();
  return known;
}

/**
 * Keeps an ABI in this browser: JSON as a compiler writes it (an array, or an artifact with `abi`).
 * @throws Error where it is none.
 */
export function addAbi(name: string, text: string): void {
  const parsed = JSON.parse(text) as { abi?: unknown };
  const abi = JSON.stringify(Array.isArray(parsed) ? parsed : parsed.abi);
  if (new Interface(abi).fragments.length === 0) throw new Error("there is nothing in this ABI");
  localStorage.setItem(STORED, JSON.stringify({ ...storedAbis(), [name]: abi }));
  known = null;
}

/** Decodes calldata by its selector; null where no known ABI has it. */
export async function decodeCall(data: string): Promise<Decoded | null> {
  return first((abi) => {
    const call = abi.parseTransaction({ data });
    return call && { name: call.name, signature: call.signature, inputs: call.fragment.inputs, args: call.args };
  });
}

/** Decodes a log by its first topic; null where no known ABI has it. */
export async function decodeLog(log: { topics: string[]; data: string }): Promise<Decoded | null> {
  return first((abi) => {
    const event = abi.parseLog(log);
    return event && { name: event.name, signature: event.signature, inputs: event.fragment.inputs, args: event.args };
  });
}

/** The reason that a revert gives, in words. */
export async function decodeRevert(data: string): Promise<string> {
  if (data === "0x" || data === "") return "without a reason";
  const decoded = await first((abi) => {
    const error = abi.parseError(data);
    return error && { name: error.name, signature: error.signature, inputs: error.fragment.inputs, args: error.args };
  });
  if (decoded === null) return data;
  // Solidity's own errors name no argument.
  const said = decoded.arguments.map(({ name, value }) => (/^\d+$/.test(name) ? value : `${name}: ${value}`));
  return `${decoded.name}(${said.join(", ")})`;
}

interface Parsed {
  name: string;
  signature: string;
  inputs: readonly ParamType[];
  args: Result;
}

async function first(parse: (abi: Interface) => Parsed | null): Promise<Decoded | null> {
  for (const [contract, abi] of await knownAbis()) {
    try {
      const found = parse(abi);
      if (found === null) continue;
      const { name, signature, inputs, args } = found;
      const texts = inputs.map((input, i) => ({
        name: input.name === "" ? `${i}` : input.name,
        type: input.type,
        value: textOf(input, args[i]),
      }));
      return { contract, name, signature, arguments: texts };
    } catch {
      // The selector is known, the data is not what it takes: another ABI may fit.
    }
  }
  return null;
}

/** One value of what a function answers, with the name that its ABI gives, or none. */
export interface Answer {
  name: string;
  type: string;
  text: string;
}

/** What a function answers; numbers as the contract has them. */
export function answersOf(outputs: readonly ParamType[], answer: Result): Answer[] {
  return outputs.map((output, i) => ({ name: output.name, type: output.type, text: textOf(output, answer[i]) }));
}

function named(type: ParamType, value: unknown): string {
  return type.name === "" ? textOf(type, value) : `${type.name}: ${textOf(type, value)}`;
}

function textOf({ arrayChildren, components }: ParamType, value: unknown): string {
  if (arrayChildren !== null)
    return `[${(value as Result).map((one: unknown) => textOf(arrayChildren, one)).join(", ")}]`;
  if (components === null) return String(value);
  return `(${components.map((component, i) => named(component, (value as Result)[i])).join(", ")})`;
}

function storedAbis(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(STORED) ?? "{}") as Record<string, string>;
  } catch {
    return {}; // somebody else's entry, or storage is switched off
  }
}
