import type { ExecutedBlock, Hex, InboxView, StateTransition } from "../../protocol/types";
import { SolventError } from "../../protocol/errors";
import { decodeCursor, decodeHeader, fromHex, keccak256, toHex } from "../../protocol";
import { StoreHost } from "./host";
import { Instance, loadProgram } from "./instance";
import type { EngineOptions } from "./types";

/** Opens `stf.wasm` over a store. Each run has an instance of its own and begins with zero memory, as in the proof VM. */
export function openProgram(options: EngineOptions): StateTransition {
  const { module, memory } = loadProgram("stf.wasm", options.buildDir);
  const host = new StoreHost(options.nodes, options.precompileAnswers);
  return {
    advance(outputRoot: Hex, inbox: InboxView): ExecutedBlock | null {
      host.begin(inbox);
      const after = toHex(new Instance(module, host, { memory: memory.take() }).run(fromHex(outputRoot)));
      return after === outputRoot ? null : executedBlock(host, after);
    },
  };
}

/** The block that the run just made, from its hints. */
export function executedBlock(host: StoreHost, outputRoot: Hex): ExecutedBlock {
  const { header: headerRlp, outputPreimage } = host;
  if (headerRlp === null || outputPreimage === null) throw new SolventError("program-trapped", "the run made no block");
  const header = decodeHeader(headerRlp);
  return {
    outputRoot,
    blockHash: toHex(keccak256(headerRlp)),
    header,
    headerRlp,
    stateRoot: header.stateRoot,
    messagePasserStorageRoot: toHex(outputPreimage.subarray(64, 96)),
    cursor: decodeCursor(header.extraData),
    transactions: host.transactions,
    receipts: host.receipts,
  };
}
