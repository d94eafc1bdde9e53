import type { OpenExecution } from "../../actor/execution";
import { OverlayStore } from "../../node/engine/overlay";
import { genesisFromJson, type GenesisJson } from "../../node/state";
import { ZERO_HASH, fromHex, putBatch, putMessage, type DelayedMessage } from "../../protocol";
import { encodeBody, encodeSegment } from "../../protocol/batch";
import type { InboxView, NodeStore } from "../../protocol/types";
import { RecordingStore, recordRun, type RunWitness } from "./recording";

/**
 * Initialisation code that calls the precompile with most steps of the program a gas, the power of 32 bytes to 32 bytes modulo 32 bytes,
 * until its gas is gone: lengths and numbers into memory, then eight calls and a jump back to the first.
 */
const CODE = fromHex(
  `0x60205f5260208052602060405` + `25f196060525f196080525f1960a0525b` + "602060c060c05f60055afa50".repeat(8) + "601c56",
);
const NOTHING: NodeStore = { get: () => undefined, put: () => {} };

/**
 * A run of the real program that nobody made, to measure a machine by: the first block of a chain, with one message that runs `CODE`.
 * @param gas - what the message burns; some 225 steps of the proof VM for each.
 */
export function standardRun(open: OpenExecution, genesis: GenesisJson, gas: bigint): RunWitness {
  const store = new RecordingStore(new OverlayStore(NOTHING));
  const { outputRoot, header } = genesisFromJson(genesis, store);
  const time = BigInt(header.timestamp) + 1n;
  const l1 = { l1Number: 1n, l1Time: time };
  const message: DelayedMessage = {
    ...{ previous: ZERO_HASH, inbox: `0x${"22".repeat(20)}`, sender: `0x${"66".repeat(20)}` },
    ...{ isCreation: true, to: `0x${"00".repeat(20)}`, mint: 0n, value: 0n, gasLimit: gas, data: CODE },
    ...{ ...l1, l1BaseFee: 1n, l1ParentHash: ZERO_HASH },
  };
  const messageHash = fromHex(putMessage(store, message));
  const segment = encodeSegment([encodeBody({ timestamp: time, messageCount: 1n, transactions: [] })]);
  const record = fromHex(putBatch(store, segment, { previous: ZERO_HASH, delayedCount: 1n, ...l1 }));
  const view: InboxView = {
    ...{ batchCount: 1n, delayedCount: 1n },
    batchRecord: () => record,
    messageHash: () => messageHash,
  };
  const { block, witness } = recordRun(open(store).program, store, outputRoot, view);
  if (block === null) throw new Error("the run to measure by makes no block");
  return witness;
}
