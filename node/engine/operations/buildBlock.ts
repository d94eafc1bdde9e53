import { SolventError, invariant } from "../../../protocol/errors";
import { decodeCursor, decodeHeader, fromHex, toHex } from "../../../protocol";
import { encodeBody, MAX_BLOCK_BYTES } from "../../../protocol/batch";
import { executedBlock } from "../program";
import { createExcluded, readRefusal, REASON } from "../refusal";
import type { EngineRuntime, EngineContext } from "../runtime";
import type { BuildRequest, BuiltBlock, Excluded } from "../types";

const WORD = 32;

/**
 * Builds the child of a parent from candidates; it is what `stf.wasm` will derive from the body at that place.
 * @throws SolventError `build-invalid` where the request asks for a block that cannot stand there, `preimage-missing`.
 */
export function buildBlock(runtime: EngineRuntime, request: BuildRequest): BuiltBlock {
  return runtime.withStore((context) => {
    const { host, instance } = context;
    checkRequest(context, request);
    host.begin(request.inbox);
    instance.bytes.set(fromHex(request.parentOutputRoot), instance.address("REQUEST_WORDS"));
    instance.call("openBuild", request.timestamp, BigInt(request.messageCount));
    const { taken, excluded } = takeCandidates(context, instance.address("REQUEST_CANDIDATES"), request);
    const body = encodeBody({
      timestamp: request.timestamp,
      messageCount: BigInt(request.messageCount),
      transactions: taken,
    });
    const { batch, segment, offset } = request.place;
    const outputRoot = instance.call("sealBuild", batch, segment, offset + body.length);
    const built = executedBlock(host, toHex(instance.bytes.slice(outputRoot, outputRoot + WORD)));
    return { ...built, body, excluded };
  });
}

/** Tries the candidates in order; those taken stay in the engine's memory, from `at` on. */
function takeCandidates({ instance }: EngineContext, at: number, request: BuildRequest) {
  const maxBytes = Math.min(request.maxBytes ?? MAX_BLOCK_BYTES, MAX_BLOCK_BYTES);
  const taken: Uint8Array[] = [];
  const excluded: Excluded[] = [];
  // Of all but the transactions: as long as if there were as many as may be.
  let bytes = bodyOverhead(request);
  request.candidates.forEach((raw, index) => {
    const length = rlpLength(raw);
    if (bytes + length > maxBytes) {
      excluded.push(createExcluded(index, REASON.blockBytes, null));
      return;
    }
    instance.bytes.set(raw, at);
    const code = instance.call("addCandidate", at, raw.length);
    if (code !== REASON.valid) {
      excluded.push(createExcluded(index, code, readRefusal(instance)));
      return;
    }
    at += raw.length;
    bytes += length;
    taken.push(raw);
  });
  return { taken, excluded };
}

function checkRequest({ host }: EngineContext, request: BuildRequest): void {
  const output = host.nodes.get(fromHex(request.parentOutputRoot));
  const headerRlp = output && host.nodes.get(output.subarray(96, 128));
  if (headerRlp === undefined)
    throw new SolventError("preimage-missing", `no header behind output root ${request.parentOutputRoot}`);
  const parent = decodeHeader(headerRlp);
  if (request.timestamp <= BigInt(parent.timestamp))
    throw new SolventError(
      "build-invalid",
      `timestamp ${request.timestamp} is not above the parent's ${parent.timestamp}: ask for a later one`,
    );
  const left = request.inbox.delayedCount - decodeCursor(parent.extraData).delayed;
  if (BigInt(request.messageCount) > left)
    throw new SolventError("build-invalid", `${request.messageCount} messages asked for, the inbox has ${left} more`);
  invariant(request.messageCount >= 0, "a negative number of messages");
}

/** Longest headers of the block and of its list, timestamp and count. */
function bodyOverhead({ timestamp, messageCount }: BuildRequest): number {
  const empty = encodeBody({ timestamp, messageCount: BigInt(messageCount), transactions: [] });
  return empty.length - 2 + 2 * 4;
}

function rlpLength(raw: Uint8Array): number {
  if (raw.length === 1 && raw[0] < 0x80) return 1;
  if (raw.length < 56) return 1 + raw.length;
  return 1 + Math.ceil((32 - Math.clz32(raw.length)) / 8) + raw.length;
}
