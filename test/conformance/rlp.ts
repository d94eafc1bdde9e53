import { readFileSync } from "node:fs";
import { createProbe, type Probe, SCRATCH } from "../support/probe";
import { globSync } from "../support/glob";
import type { ConformanceTally } from "./main";

type Item = string | number | Item[];
type Case = { in: Item; out: string };

/**
 * `npm run conformance -- rlp DIR`: ethereum/tests RLPTests through the program's codec. A case with a value is encoded and decoded
 * again; VALID and INVALID ones are decoded only.
 */
export async function run([folder]: string[]): Promise<ConformanceTally> {
  if (folder === undefined) throw new Error("usage: npm run conformance -- rlp DIR");
  const probe = await createProbe();
  const tally = { passed: 0, failed: 0, skipped: 0 };
  for (const file of globSync(folder, /\.json$/).filter((path) => /rlp/i.test(path.replace(/^.*[\\/]/, "")))) {
    for (const [name, one] of Object.entries(JSON.parse(readFileSync(file, "utf8")) as Record<string, Case>)) {
      const out = one.out.replace(/^0x/, "").toLowerCase();
      const decodes = isValid(probe, Buffer.from(out, "hex"));
      const right =
        one.in === "INVALID"
          ? !decodes
          : decodes && (one.in === "VALID" || encode(probe, one.in).toString("hex") === out);
      if (right) tally.passed += 1;
      else {
        tally.failed += 1;
        console.log(`failed ${name} of ${file}`);
      }
    }
  }
  return tally;
}

/** One canonical item, lists checked to their leaves, and nothing behind it. */
function isValid(probe: Probe, bytes: Buffer): boolean {
  probe.write(SCRATCH, bytes);
  const check = (at: number, end: number): boolean => {
    for (let next = at; next < end;) {
      const behind = probe.call.rlpItem!(next, end);
      if (behind === 0) return false;
      const payload = probe.global("itemPtr");
      const length = probe.global("itemLength");
      if (probe.global("itemIsList") !== 0 && !check(payload, payload + length)) return false;
      next = behind;
    }
    return true;
  };
  if (bytes.length === 0) return false;
  return (
    probe.call.rlpItem!(SCRATCH, SCRATCH + bytes.length) === SCRATCH + bytes.length &&
    check(SCRATCH, SCRATCH + bytes.length)
  );
}

function encode(probe: Probe, item: Item): Buffer {
  const [from, to] = [SCRATCH, SCRATCH + 0x100000];
  if (Array.isArray(item)) {
    const payload = Buffer.concat(item.map((one) => encode(probe, one)));
    const end = probe.call.putListHeader!(to, payload.length);
    return Buffer.concat([probe.read(to, end - to), payload]);
  }
  const bytes = toBytes(item);
  probe.write(from, bytes);
  const end = probe.call.putBytes!(to, from, bytes.length);
  return Buffer.from(probe.read(to, end - to));
}

/** Text is UTF-8, a number or "#123" a big-endian integer without leading zeros. */
function toBytes(item: string | number): Buffer {
  if (typeof item === "string" && !item.startsWith("#")) return Buffer.from(item, "utf8");
  const value = BigInt(typeof item === "number" ? item : item.slice(1));
  if (value === 0n) return Buffer.alloc(0);
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}
