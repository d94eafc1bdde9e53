import { benchLoops, type LoopResult } from "./stf/loops";
import { countSteps } from "./stf/steps";
import { benchTransfers, type TransfersResult } from "./stf/transfers";

/** The least ratios that the project demands: against @ethereumjs/evm and against anvil. */
const BARS: Readonly<Record<string, [ethereumjs: number, anvil: number]>> = {
  arithmetic: [20, 0.5],
  division: [10, 0.35],
  keccak: [20, 0.5],
};
const BAR_TRANSFERS = 15;

/** Speed of the program's sources in V8, and what its transactions cost in the proof VM. */
export async function bench(): Promise<string> {
  const loops = await benchLoops();
  const transfers = await benchTransfers();
  const steps = await countSteps();
  return [
    describeLoops(loops),
    describeTransfers(transfers),
    "### Steps of the proof VM by kind of transaction",
    `A block without transactions takes ${number(steps.empty)} steps. On top of that, one transaction in the mean of 18 of its kind:`,
    table(
      ["kind", "gas", "steps", "steps per gas"],
      steps.kinds.map(({ kind, gas, steps: count }) => [kind, number(gas), number(count), (count / gas).toFixed(1)]),
    ),
    "Swaps are of Uniswap v2 through its router; the creation is an ERC-20; the reverted call is a swap that asks too much; the precompile calls are " +
      "two each of ecrecover, sha256, ripemd160, modexp, bn254 add, mul and pairing, blake2f and P-256.",
  ].join("\n\n");
}

function describeLoops(loops: readonly LoopResult[]): string {
  const rows = loops.map(({ name, gas, solvent, ethereumjs, anvil }) => {
    const [barEthereumjs, barAnvil] = BARS[name];
    return [
      name,
      number(Number(gas)),
      solvent.toFixed(0),
      ethereumjs.toFixed(1),
      anvil.toFixed(0),
      verdict(solvent / ethereumjs, barEthereumjs),
      verdict(solvent / anvil, barAnvil),
    ];
  });
  return [
    "### Loops",
    "One message of that much gas in engine.wasm (`eth_call`), in @ethereumjs/evm (a twentieth of it) and in anvil's `eth_call` (an empty call taken " +
      "off); medians; all give the same output. Speeds are million gas a second.",
    table(["loop", "gas", "Solvent", "@ethereumjs/evm", "anvil", "times @ethereumjs/evm", "times anvil"], rows),
  ].join("\n\n");
}

function describeTransfers({ solvent, withRecovery, ethereumjs, shares }: TransfersResult): string {
  const perSecond = (ms: number): string => number(1_000_000 / ms);
  return [
    "### A block of 1,000 signed transfers over 100,000 accounts",
    table(
      ["", "ms", "transactions a second"],
      [
        ["Solvent, senders recovered ahead", solvent.toFixed(0), perSecond(solvent)],
        ["Solvent, senders recovered in it", withRecovery.toFixed(0), perSecond(withRecovery)],
        ["@ethereumjs/vm runBlock, senders recovered ahead", ethereumjs.toFixed(0), perSecond(ethereumjs)],
      ],
    ),
    `Solvent is ${verdict(ethereumjs / solvent, BAR_TRANSFERS)} as fast; recovering the senders takes ${(withRecovery - solvent).toFixed(0)} ms on one ` +
      "thread. Times are processor times. Both reach the same state root, and file the new nodes of the tries.",
    `Where Solvent's time goes: ${shares.map(([place, share]) => `${(100 * share).toFixed(0)} % ${place}`).join(", ")}.`,
  ].join("\n\n");
}

function verdict(ratio: number, bar: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : 1)} times (${ratio >= bar ? "at least" : "**below**"} ${bar})`;
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
