import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { REASON } from "../../node/engine/refusal";
import { createProbe, type Probe, SCRATCH } from "../support/probe";
import { globSync } from "../support/glob";
import { reasonName } from "./eest/names";
import type { ConformanceTally } from "./main";

type Result = { exception?: string; hash?: string; sender?: string; intrinsicGas: string };
type Case = { txbytes: string; result: Record<string, Result> };
type Verdict = { code: number; hash: string; sender: string; intrinsicGas: bigint };

/** Forks whose rules for transactions this chain has, latest first; what it has beyond is in `LATER`. */
const FORKS = ["Osaka", "Prague", "Cancun", "Shanghai", "Paris", "London"];
/** Rules of Prague and Osaka: they may refuse what was valid before. */
const LATER: readonly number[] = [REASON.floorGas, REASON.gasCap];
const WITH_LATER = ["Osaka", "Prague"];
const CHAIN_ID = 1;
const BLOCK_GAS = (1n << 64n) - 1n;

/**
 * `npm run conformance -- transactions DIR`: ethereum/tests TransactionTests through the program's decoder and checks. Each case counts
 * once, by the latest fork that it lists and this chain equals: valid or not, hash, sender, intrinsic gas.
 */
export async function run([folder]: string[]): Promise<ConformanceTally> {
  if (folder === undefined) throw new Error("usage: npm run conformance -- transactions DIR");
  const probe = await createProbe();
  const tally = { passed: 0, failed: 0, skipped: 0 };
  let otherForks = 0;
  for (const file of globSync(folder, /\.json$/)) {
    for (const [name, one] of Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, Case>)) {
      const fork = FORKS.find((known) => one.result[known] !== undefined);
      otherForks += Object.keys(one.result).length - (fork === undefined ? 0 : 1);
      if (fork === undefined) continue;
      const difference = compare(judge(probe, Buffer.from(one.txbytes.slice(2), "hex")), one.result[fork], fork);
      if (difference === null) tally.passed += 1;
      else {
        tally.failed += 1;
        console.log(`failed ${name} of ${relative(folder, file)} (${fork}): ${difference}`);
      }
    }
  }
  if (otherForks > 0) console.log(`skipped ${otherForks}: verdicts of earlier forks`);
  tally.skipped += otherForks;
  return tally;
}

function compare(verdict: Verdict, expected: Result, fork: string): string | null {
  const { code, hash, sender, intrinsicGas } = verdict;
  if (expected.exception !== undefined)
    return code === REASON.valid ? `accepted in spite of ${expected.exception}` : null;
  const isRefusedLater = LATER.includes(code) && !WITH_LATER.includes(fork);
  if (code !== REASON.valid && !isRefusedLater) return `refused: ${reasonName(code)}`;
  if (hash !== expected.hash) return `hash ${hash} instead of ${expected.hash}`;
  if (sender !== expected.sender) return `sender ${sender} instead of ${expected.sender}`;
  return intrinsicGas === BigInt(expected.intrinsicGas)
    ? null
    : `intrinsic gas ${intrinsicGas} instead of ${expected.intrinsicGas}`;
}

/** What the program says of the bytes when the sender has all the ether there can be. */
function judge(probe: Probe, raw: Uint8Array): Verdict {
  const { call } = probe;
  const word = (value: bigint | number) => new Uint8Array(new BigUint64Array([BigInt(value), 0n, 0n, 0n]).buffer);
  probe.write(SCRATCH, raw);
  call.keccak256!(SCRATCH, raw.length, SCRATCH + raw.length);
  const hash = toHex(probe.read(SCRATCH + raw.length, 32));
  probe.write(probe.global("ENV_CHAIN_ID"), word(CHAIN_ID));
  probe.write(probe.global("ENV_BASE_FEE"), word(0));
  call.setBlockGasLimit!(BigInt.asIntN(64, BLOCK_GAS));
  const decoded = call.decodeTransaction!(SCRATCH, raw.length);
  if (decoded !== REASON.valid) return { code: decoded, hash, sender: "", intrinsicGas: 0n };
  const intrinsicGas = BigInt(call.intrinsicGas!());
  const form = call.checkForm!();
  const signature = call.findSender!();
  const sender = toHex(probe.read(probe.global("SENDER"), 20));
  const pays = signature === REASON.valid && canPay(probe);
  const code =
    form !== REASON.valid && !LATER.includes(form)
      ? form
      : signature !== REASON.valid
        ? signature
        : pays
          ? form
          : REASON.funds;
  return { code, hash, sender, intrinsicGas };
}

/** With a balance of 2^256 - 1 and no value to send: false where gas limit * price does not fit in a word. */
function canPay(probe: Probe): boolean {
  const { call } = probe;
  const at = SCRATCH + 0x100000;
  probe.write(at, Buffer.from("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421", "hex"));
  call.openState!(at);
  call.beginTransaction!();
  probe.write(probe.global("TX_VALUE"), new Uint8Array(32));
  const account = call.accountAt!(probe.global("SENDER"));
  probe.write(at, new Uint8Array(32).fill(0xff));
  call.setBalance!(account, at);
  return call.canPay!(account) !== 0;
}

function toHex(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString("hex")}`;
}
