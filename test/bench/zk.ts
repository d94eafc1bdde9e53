import { existsSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import hre from "hardhat";
import { Interface } from "ethers";
import type { Hex } from "../../protocol/types";
import { compileCircuit, pointsFor } from "../../zk/circuit";
import { prove, solve, verificationKey } from "../../zk/prove";
import { insecureTwist, makeInsecureSrs } from "../../zk/srs";
import { INSTALL, isInstalled } from "../../zk/tools";
import { compileVerifier, verifierSource } from "../../zk/verifier";
import { CACHE, INSECURE_SRS } from "../../zk/cache";
import { worldOf, type Alloc } from "../zk/support/world";

/** The most blocks of keccak-256 that fit 2^17, 2^18 and 2^19 gates; 2^20 take minutes and more than a gigabyte. */
const SIZES = process.env.SOLVENT_FULL === "1" ? [5, 11, 23, 47] : [5, 11, 23];
const TICKS_A_SECOND = 100;
const L1_CONTRACT: Hex = `0x${"11".repeat(20)}`;
const CHAIN_ID = 31_337n;
const abi = new Interface(["function verify(bytes proof, bytes32[] publicInputs) view returns (bool)"]);

/** What the proof of solvency costs, by the size of the world. */
export async function bench(): Promise<string> {
  if (!isInstalled()) throw new Error(`the prover is not installed: ${INSTALL}`);
  const rows: string[] = [];
  for (const size of SIZES) {
    const next = await row(size);
    console.log(next);
    rows.push(next);
  }
  return `The sum of a whole account trie ([spec 19](spec/19-proof-of-solvency.md)), proven with a development setup that is not secure, by
${availableParallelism()} threads. An account costs a block of keccak-256 for its leaf and its share of the branches above.

| accounts | blocks | gates | compile s | solve s | key CPU s | prove CPU s | prove wall s | prover's memory, MiB | proof, bytes | L1 gas | verifier, bytes |
|---|---|---|---|---|---|---|---|---|---|---|---|
${rows.join("\n")}

A circuit is compiled, and its key made, once for its size. The prover's time and memory go by the next power of two of the gates. L1's gas is
that of a transaction that calls the verifier alone; recording the sum is pinned in \`test/snapshots/gas.solvency.json\`.`;
}

async function row(size: number): Promise<string> {
  const { stateRoot, trie } = largestWorld(size);
  const compileMs = Date.now();
  const circuit = await compileCircuit(size, join(CACHE, "bench"));
  const compiled = Date.now() - compileMs;
  await makeInsecureSrs(INSECURE_SRS, pointsFor(circuit));
  const statement = { stateRoot, total: trie.total, chainId: CHAIN_ID, l1Contract: L1_CONTRACT };
  const solveMs = Date.now();
  const witness = await solve(circuit, statement, trie.blocks);
  const solved = Date.now() - solveMs;
  const keyCpu = childCpu();
  await verificationKey(circuit, INSECURE_SRS);
  const [proveCpu, proveMs] = [childCpu(), Date.now()];
  const proof = await prove(circuit, witness, INSECURE_SRS);
  const [cpu, wall] = [childCpu() - proveCpu, Date.now() - proveMs];
  const memory = Math.max(...[...proof.log.matchAll(/mem: ([\d.]+) MiB/g)].map(([, mib]) => Number(mib)));
  const code = compileVerifier(await verifierSource(circuit, INSECURE_SRS, insecureTwist()));
  const { gas, bytes } = await onL1(code, abi.encodeFunctionData("verify", [proof.bytes, proof.publicInputs]));
  // What was measured once is not what the next run measures: it compiles anew.
  rmSync(circuit.folder, { recursive: true });
  const cells = [trie.accounts, size, circuit.gates, ...[compiled, solved].map(seconds)];
  cells.push(...[(proveCpu - keyCpu) * 1000, cpu * 1000, wall].map(seconds), memory.toFixed(0));
  return `| ${[...cells, (proof.bytes.length - 2) / 2, gas, bytes].join(" | ")} |`;
}

/** As many accounts as the circuit has room for. */
function largestWorld(size: number): ReturnType<typeof worldOf> {
  const alloc: Alloc = {};
  let world: ReturnType<typeof worldOf> | undefined;
  for (let i = 1; ; i++) {
    alloc[`0x${i.toString(16).padStart(40, "0")}`] = { balance: `${10n ** 18n * BigInt(i)}`, nonce: i };
    const next = worldOf(alloc);
    if (next.trie.blocks.length > size && world !== undefined) return world;
    world = next;
  }
}

async function onL1(code: Hex, data: string): Promise<{ gas: bigint; bytes: number }> {
  const [signer] = await hre.ethers.getSigners();
  const made = await (await signer.sendTransaction({ data: code })).wait();
  const to = made?.contractAddress;
  const receipt = await (await signer.sendTransaction({ to, data })).wait();
  if (typeof to !== "string" || receipt?.status !== 1) throw new Error("L1 refused the proof");
  return { gas: receipt.gasUsed, bytes: ((await hre.ethers.provider.getCode(to)).length - 2) / 2 };
}

/** Processor seconds of all ended children; 0 where the system does not tell. */
function childCpu(): number {
  if (!existsSync("/proc/self/stat")) return 0;
  const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1].split(" ");
  // Without pid and name: cutime and cstime.
  return (Number(fields[13]) + Number(fields[14])) / TICKS_A_SECOND;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
