import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { OpenExecution } from "./execution";
import { DEPOSIT_TYPE, decodeRlp, fromHex, keccak256, rlpBytes, rlpList, rlpUint, toHex } from "../protocol";
import { SolventError } from "../protocol/errors";
import type { Hex, InboxView, NodeStore } from "../protocol/types";
import type { BuildRequest } from "../node/engine/types";

const hex = z
  .string()
  .regex(/^0x([0-9a-f]{2})*$/)
  .transform((text) => text as Hex);
const count = z.string().regex(/^[0-9]+$/);
const entries = z.array(z.tuple([count, hex]));

/** One block on which engine and program differ, or of which the program makes none, with all that either reads to make it: the file replays on any machine. */
const evidenceShape = z.strictObject({
  version: z.literal(1),
  chainId: count,
  blockNumber: z.number().int().positive(),
  /** Output roots: what users were promised, and what the program made of the batch; "no block" where a side has none. */
  expected: z.string(),
  actual: z.string(),
  parentOutputRoot: hex,
  /** The block's place and bytes in its batch; null where the program makes a block that nobody built. */
  built: z.strictObject({ batch: count, segment: z.number().int(), offset: z.number().int(), body: hex }).nullable(),
  batchCount: count,
  delayedCount: count,
  batchRecords: entries,
  messageHashes: entries,
  /** Bytes that were read, found again by their keccak hash. */
  preimages: z.array(hex),
});

/** In place of an output root where a side made no block, or was not asked. */
export const NO_BLOCK = "no block";

export type Evidence = z.output<typeof evidenceShape>;

/** What each side makes of the block now: an output root, "no block", or why it made none. */
export interface Replay {
  program: string;
  engine: string;
}

/** What is asked of both sides. */
export interface Question {
  parentOutputRoot: Hex;
  inbox: InboxView;
  built: { batch: bigint; segment: number; offset: number; body: Uint8Array } | null;
}

/** Runs program and engine over the same block. Both read from `nodes` alone; what they make is put there. */
export function runBoth(open: OpenExecution, nodes: NodeStore, { parentOutputRoot, inbox, built }: Question): Replay {
  const { program, engine } = open(nodes);
  return {
    program: outcome(() => program.advance(parentOutputRoot, inbox)?.outputRoot ?? NO_BLOCK),
    engine:
      built === null || engine === undefined
        ? NO_BLOCK
        : outcome(() => engine.buildBlock(requestOf(parentOutputRoot, inbox, built)).outputRoot),
  };
}

/**
 * Repeats the difference from its file. @throws SolventError `evidence-invalid` where it is no such file.
 * @param open - the build to try: the same again, or one in which the fault is mended.
 */
export function replayEvidence(file: string, open: OpenExecution): { evidence: Evidence; now: Replay } {
  const evidence = readEvidence(file);
  const held = new Map(evidence.preimages.map((bytes) => [toHex(keccak256(fromHex(bytes))), fromHex(bytes)]));
  const nodes: NodeStore = {
    get: (hash) => held.get(toHex(hash)),
    put: (hash, data) => void held.set(toHex(hash), data),
  };
  const { parentOutputRoot, built, batchCount, delayedCount } = evidence;
  const [records, hashes] = [new Map(evidence.batchRecords), new Map(evidence.messageHashes)];
  const read = (table: Map<string, Hex>, what: string, index: bigint): Uint8Array => {
    const found = table.get(String(index));
    if (found === undefined) throw new SolventError("preimage-missing", `the file does not hold ${what} ${index}`);
    return fromHex(found);
  };
  const inbox: InboxView = {
    ...{ batchCount: BigInt(batchCount), delayedCount: BigInt(delayedCount) },
    batchRecord: (index) => read(records, "batch record", index),
    messageHash: (index) => read(hashes, "message", index),
  };
  const place = built && { ...built, batch: BigInt(built.batch), body: fromHex(built.body) };
  return { evidence, now: runBoth(open, nodes, { parentOutputRoot, inbox, built: place }) };
}

/**
 * Repeats the difference over the node's own store and notes all that was read.
 * @param promised - number and output roots of the block in question.
 */
export function gatherEvidence(
  open: OpenExecution,
  nodes: NodeStore,
  question: Question,
  promised: Pick<Evidence, "chainId" | "blockNumber" | "expected" | "actual">,
): { evidence: Evidence; now: Replay } {
  const read = new Map<Hex, Uint8Array>();
  const made = new Map<Hex, Uint8Array>();
  const noting: NodeStore = {
    get(hash) {
      const key = toHex(hash);
      const data = made.get(key) ?? nodes.get(hash);
      // Answers of precompiles have keys of another kind: whoever replays works them out.
      if (data !== undefined && !made.has(key)) read.set(key, data);
      return data;
    },
    put: (hash, data) => void made.set(toHex(hash), data),
  };
  const [records, hashes] = [new Map<string, Hex>(), new Map<string, Hex>()];
  const note = (table: Map<string, Hex>, index: bigint, value: Uint8Array): Uint8Array => {
    table.set(String(index), toHex(value));
    return value;
  };
  const { inbox, built, parentOutputRoot } = question;
  const noted: InboxView = {
    ...{ batchCount: inbox.batchCount, delayedCount: inbox.delayedCount },
    batchRecord: (index) => note(records, index, inbox.batchRecord(index)),
    messageHash: (index) => note(hashes, index, inbox.messageHash(index)),
  };
  const now = runBoth(open, noting, { ...question, inbox: noted });
  const evidence: Evidence = {
    version: 1,
    ...promised,
    parentOutputRoot,
    built: built && { ...built, batch: String(built.batch), body: toHex(built.body) },
    ...{ batchCount: String(inbox.batchCount), delayedCount: String(inbox.delayedCount) },
    ...{ batchRecords: [...records], messageHashes: [...hashes] },
    preimages: [...read.values()].map(toHex),
  };
  return { evidence, now };
}

/** Writes it as `block-N.json`; a file that is there already is kept. @returns its path. */
export function writeEvidence(folder: string, evidence: Evidence): string {
  mkdirSync(folder, { recursive: true });
  const { blockNumber, expected, parentOutputRoot } = evidence;
  const root = expected.startsWith("0x") ? expected : parentOutputRoot;
  const file = join(folder, `block-${blockNumber}-${root.slice(2, 10)}.json`);
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(evidence) + "\n");
  return file;
}

function readEvidence(file: string): Evidence {
  try {
    return evidenceShape.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new SolventError("evidence-invalid", `${file} holds no evidence of a difference`, { cause });
  }
}

function requestOf(parentOutputRoot: Hex, inbox: InboxView, built: NonNullable<Question["built"]>): BuildRequest {
  const [timestamp, messageCount, transactions] = rlpList(decodeRlp(built.body), 3);
  const candidates = rlpList(transactions).map((raw) => rlpBytes(raw));
  return {
    ...{ parentOutputRoot, inbox, timestamp: rlpUint(timestamp), messageCount: Number(rlpUint(messageCount)) },
    candidates: candidates.filter((raw) => raw[0] !== DEPOSIT_TYPE),
    place: { batch: built.batch, segment: built.segment, offset: built.offset },
  };
}

/** A side that fails has an outcome, too. */
function outcome(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
