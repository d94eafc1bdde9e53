import { mine, setCoinbase, takeSnapshot } from "@nomicfoundation/hardhat-network-helpers";
import { toBeHex } from "ethers";
import hre from "hardhat";
import Mocha from "mocha";
import type { Bytecode } from "../../../simulator/boards/setup";
import { compileSources, sourcesOf, type SolidityMutant, type Sources, type Target } from "./solidityMutants";

/** Another code is another gas: what pins it would kill every mutant, and say nothing of its rule. */
const PINS = /pins? the gas/;
/** So many mutants in one code leave it below the limit of 24,576 bytes. */
const MOST = 45;

/** A block's fees go to this address and the mutant's number: the code knows from it which one lives. No rule looks there. */
const FIRST = 0x50_0000n;
const SWITCH = {
  path: "contracts/test/IsMutant.sol",
  content: `// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;
function isMutant(uint160 coinbase) view returns (bool) {
    return uint160(address(block.coinbase)) == coinbase;
}
`,
};

/** A contract, and the test files that are to tell its mutants from it. */
export interface MutantTarget {
  source: Target;
  files: readonly string[];
}

/** Mutants that are compiled together, each of them asleep until its number is called. */
export interface Litter {
  mutants: readonly SolidityMutant[];
  code(): Bytecode;
}

/** Shares them out: no two of a litter change the same text. */
export function littersOf(mutants: readonly SolidityMutant[], source: Target): Litter[] {
  const litters: SolidityMutant[][] = [];
  for (const mutant of mutants) {
    const fits = (litter: readonly SolidityMutant[]): boolean =>
      litter.length < MOST && litter.every((other) => !overlaps(mutant, other));
    const litter = litters.find(fits);
    if (litter === undefined) litters.push([mutant]);
    else litter.push(mutant);
  }
  return litters.map((litter) => {
    let code: Bytecode | undefined;
    return { mutants: litter, code: () => (code ??= compileSources(weave(sourcesOf(source), litter), source)) };
  });
}

/**
 * Runs the files' tests against a litter's code with one mutant awake, up to the first that fails.
 * @param mutant - null: all sleep. @returns the test's title, or null where all pass.
 */
export async function killerOf(mutant: SolidityMutant | null, litter: Litter, target: MutantTarget) {
  const putBack = deployInstead(target.source[1], litter.code());
  const snapshot = await takeSnapshot();
  try {
    // Of none it is a number that no mutant has: all but the rule is as it is for them.
    const index = mutant === null ? litter.mutants.length : litter.mutants.indexOf(mutant);
    await setCoinbase(toBeHex(numberOf(index), 20));
    // Calls that only read see the last block's address.
    await mine();
    return await firstFailure(target.files);
  } finally {
    putBack();
    await setCoinbase(toBeHex(1n, 20));
    await snapshot.restore();
  }
}

const numberOf = (index: number): bigint => FIRST + BigInt(index);

function overlaps(one: SolidityMutant, other: SolidityMutant): boolean {
  if (one.file !== other.file) return false;
  const text = sourcesOf([one.file, ""])[one.file].content;
  const [start, otherStart] = [one, other].map((mutant) => indexOnce(text, mutant));
  return start < otherStart + other.from.length && otherStart < start + one.from.length;
}

/** @throws Error where its text does not stand exactly once. */
function indexOnce(text: string, { name, from }: SolidityMutant): number {
  const index = text.indexOf(from);
  if (index < 0 || text.includes(from, index + 1)) throw new Error(`mutant "${name}" must find its text once: ${from}`);
  return index;
}

/** Puts each mutant beside the text that it replaces: statements (to their last semicolon), or an expression. */
function weave(sources: Sources, litter: readonly SolidityMutant[]): Sources {
  sources[SWITCH.path] = { content: SWITCH.content };
  for (const file of new Set(litter.map((mutant) => mutant.file))) {
    const own = litter.filter((mutant) => mutant.file === file);
    let { content } = sources[file];
    const places = own.map((mutant) => ({ mutant, index: indexOnce(content, mutant) }));
    for (const { mutant, index } of places.sort((a, b) => b.index - a.index)) {
      const { from, to } = mutant;
      const isAwake = `isMutant(${numberOf(litter.indexOf(mutant))})`;
      const woven = from.endsWith(";")
        ? `if (${isAwake}) { ${to} } else { ${from} }`
        : `(${isAwake} ? ${to} : ${from})`;
      content = content.slice(0, index) + woven + content.slice(index + from.length);
    }
    // What asks for the number is not pure any more.
    content = content.replaceAll(" pure ", " view ");
    sources[file] = {
      content: content.replace(/^pragma .*$/m, (line) => `${line}\nimport {isMutant} from "${SWITCH.path}";`),
    };
  }
  return sources;
}

/** Whoever asks Hardhat for the contract of that name gets this code. @returns what ends it. */
function deployInstead(contract: string, { bytecode }: Bytecode): () => void {
  const { artifacts } = hre;
  const readArtifact = artifacts.readArtifact;
  artifacts.readArtifact = async (name: string) => {
    const artifact = await readArtifact.call(artifacts, name);
    return name === contract ? { ...artifact, bytecode } : artifact;
  };
  return () => void (artifacts.readArtifact = readArtifact);
}

async function firstFailure(files: readonly string[]): Promise<string | null> {
  const mocha = new Mocha({ bail: true, timeout: 300_000, reporter: class {} as never });
  mocha.grep(PINS).invert();
  for (const file of files) mocha.addFile(file);
  let title: string | null = null;
  const { log } = console;
  console.log = () => {};
  try {
    await new Promise<void>((resolve) => {
      mocha.run(() => resolve()).on("fail", (test) => (title ??= test.title));
    });
  } finally {
    console.log = log;
    mocha.dispose();
  }
  return title;
}
