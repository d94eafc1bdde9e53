import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM } from "@ethereumjs/evm";
import { SimpleStateManager } from "@ethereumjs/statemanager";
import { Account, createAddressFromString, hexToBytes } from "@ethereumjs/util";
import { spawn } from "node:child_process";
import { anvilBinary } from "../../../devnet/l1/anvil";
import type { Hex } from "../../../protocol/types";
import { openEngine } from "../../../node/engine";
import { genesisFromJson } from "../../../node/state";
import { toHex } from "../../../protocol";
import { median } from "./median";
import { MemoryNodes } from "./memoryNodes";
import { PROGRAMS } from "./programs";

const TARGET: Hex = `0x${"77".repeat(20)}`;
const GAS = 16_000_000n;
/** What fits in the gas with some of it left. */
const ITERATIONS: Readonly<Record<string, number>> = { arithmetic: 200_000, division: 180_000, keccak: 120_000 };
/** @ethereumjs/evm gets that part of them: it takes seconds. */
const SHARE = 20;
const REPETITIONS = 7;

export interface LoopResult {
  name: string;
  gas: bigint;
  /** Million gas a second. */
  solvent: number;
  ethereumjs: number;
  anvil: number;
}

/** Runs each program in engine.wasm, in @ethereumjs/evm and in anvil's eth_call; outputs have to be equal. */
export async function benchLoops(): Promise<LoopResult[]> {
  const anvil = await startAnvil();
  try {
    const results: LoopResult[] = [];
    for (const program of PROGRAMS) {
      const iterations = ITERATIONS[program.name];
      const code = program.code(iterations);
      const solvent = runSolvent(code);
      const short = program.code(iterations / SHARE);
      const ethereumjs = await runEthereumjs(short);
      const other = await anvil.run(code);
      if (other.output !== solvent.output || ethereumjs.output !== runSolvent(short, 1).output)
        throw new Error(`${program.name}: outputs differ`);
      const perSecond = (gas: bigint, ms: number): number => Number(gas) / 1e3 / ms;
      results.push({
        name: program.name,
        gas: solvent.gas,
        solvent: perSecond(solvent.gas, solvent.ms),
        ethereumjs: perSecond(ethereumjs.gas, ethereumjs.ms),
        anvil: perSecond(solvent.gas, other.ms),
      });
    }
    return results;
  } finally {
    anvil.stop();
  }
}

function runSolvent(code: string, repetitions = REPETITIONS): { gas: bigint; ms: number; output: Hex } {
  const nodes = new MemoryNodes();
  const genesis = genesisFromJson({ alloc: { [TARGET]: { code: `0x${code}` } }, gasLimit: 30_000_000 }, nodes);
  const engine = openEngine({ nodes });
  const run = () => engine.call({ header: genesis.header, to: TARGET, gas: GAS });
  const { ms, result } = measure(run, repetitions);
  if (result.status !== "success") throw new Error(`the loop ended with: ${result.message}`);
  return { gas: result.gasUsed - 21_000n, ms, output: toHex(result.returnData) };
}

async function runEthereumjs(code: string): Promise<{ gas: bigint; ms: number; output: Hex }> {
  const common = new Common({ chain: Mainnet, hardfork: Hardfork.Prague });
  const evm = await createEVM({ common, stateManager: new SimpleStateManager({ common }) });
  const to = createAddressFromString(TARGET);
  await evm.stateManager.putAccount(to, new Account());
  await evm.stateManager.putCode(to, hexToBytes(`0x${code}`));
  const times: number[] = [];
  let gas = 0n;
  let output: Hex = "0x";
  for (let i = 0; i < 4; i++) {
    const started = performance.now();
    const { execResult } = await evm.runCall({ to, gasLimit: GAS });
    // The first run compiles.
    if (i > 0) times.push(performance.now() - started);
    gas = execResult.executionGasUsed;
    output = toHex(execResult.returnValue);
  }
  return { gas, ms: median(times), output };
}

async function startAnvil() {
  const process = spawn(anvilBinary(), ["--port", "0", "--hardfork", "osaka", "--no-mining"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let text = "";
    process.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const found = /Listening on (\S+)/.exec(text);
      if (found !== null) resolve(`http://${found[1]}`);
    });
    process.on("exit", () => reject(new Error("anvil ended before it listened")));
  });
  const send = async (method: string, params: unknown[]): Promise<string> => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const response = await fetch(url, { method: "POST", body, headers: { "content-type": "application/json" } });
    const answer = (await response.json()) as { result: string; error?: { message: string } };
    if (answer.error !== undefined) throw new Error(`anvil: ${answer.error.message}`);
    return answer.result;
  };
  const call = () => send("eth_call", [{ to: TARGET, gas: `0x${GAS.toString(16)}` }, "latest"]);
  const timed = async (repetitions: number): Promise<number> => {
    const times: number[] = [];
    for (let i = 0; i < repetitions; i++) {
      const started = performance.now();
      await call();
      times.push(performance.now() - started);
    }
    return median(times);
  };
  return {
    async run(code: string): Promise<{ ms: number; output: string }> {
      await send("anvil_setCode", [TARGET, "0x"]);
      await timed(5);
      const overhead = await timed(REPETITIONS);
      await send("anvil_setCode", [TARGET, `0x${code}`]);
      const output = await call();
      return { ms: (await timed(REPETITIONS)) - overhead, output };
    },
    stop: () => void process.kill(),
  };
}

function measure<T>(run: () => T, repetitions: number): { ms: number; result: T } {
  let result = run();
  const times: number[] = [];
  for (let i = 0; i < repetitions; i++) {
    const started = performance.now();
    result = run();
    times.push(performance.now() - started);
  }
  return { ms: median(times), result };
}
