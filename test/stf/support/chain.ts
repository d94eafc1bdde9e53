import { openProgram } from "../../../node/engine";
import type { ExecutedBlock, InboxView, StateTransition } from "../../../protocol/types";
import {
  decodeCursor,
  decodeRlp,
  fromHex,
  putBatch,
  putMessage,
  putRecord,
  keccak256,
  toHex,
  rlpList,
  rlpUint,
  ZERO_HASH,
  type DelayedMessage,
} from "../../../protocol";
import { genesisFromJson, type Genesis } from "../../../node/state";
import type { Hex } from "../../../protocol/types";
import { MemoryNodes } from "../../conformance/eest/memoryNodes";
import { putBlob, type Blob } from "../../../protocol/blob";
import { dataOfBlob, nextBlock, type ModelBlock, type ModelRules } from "./derivation";
import { createSigner } from "../../differential/support/sign";

export const CHAIN_ID = 901n;
export const GENESIS_TIME = 1_000_000n;
export const RULES: ModelRules = { blockGasLimit: 30_000_000n, maxDelay: 3600n, maxAhead: 600n };
export const SIGNER = createSigner(9);
const L1_INFO = "0x4200000000000000000000000000000000000015";
const INBOX: Hex = "0x00000000000000000000000000000000000001b0";

/** `isBlob`: the data is all of a blob, whoever made it. */
export type BatchInput = { data: Uint8Array; isBlob?: boolean; delayedCount?: bigint; l1Time?: bigint };
export type MessageInput = Partial<Omit<DelayedMessage, "previous" | "inbox">>;

/** `stf.wasm` over an inbox that a test fills, next to the second reading of the derivation rules. */
export class TestChain {
  readonly nodes = new MemoryNodes();
  readonly genesis: Genesis;
  private readonly program: StateTransition;

  /** @param json - A genesis file with these rules; the smallest by default. */
  constructor(
    private readonly rules: ModelRules = RULES,
    json: unknown = genesisJson(rules),
  ) {
    this.genesis = genesisFromJson(json, this.nodes);
    this.program = openProgram({ nodes: this.nodes });
  }

  /**
   * Derives all blocks and compares each with the model: kind, time, place, messages, and that what it holds is listed there in order.
   * @param reads - Makes the deposits' gas known to the model: what each message used.
   * @returns the blocks. @throws where the program traps or a block is another than the model's.
   */
  derive(
    batches: readonly BatchInput[],
    messages: readonly MessageInput[] = [],
  ): { block: ExecutedBlock; model: ModelBlock }[] {
    const { view, model } = this.fill(batches, messages);
    const blocks: { block: ExecutedBlock; model: ModelBlock }[] = [];
    let { outputRoot } = this.genesis;
    let time = GENESIS_TIME;
    let cursor = decodeCursor(this.genesis.header.extraData);
    for (;;) {
      const expected = nextBlock(time, cursor, model, this.rules);
      const block = this.program.advance(outputRoot, view);
      if (expected === null || block === null) {
        if (expected !== null || block !== null)
          throw new Error(`${expected?.kind ?? "no block"} is due: ${block?.header.number}`);
        return blocks;
      }
      requireSame(block, expected, model.messageGas);
      blocks.push({ block, model: expected });
      outputRoot = block.outputRoot;
      time = BigInt(block.header.timestamp);
      cursor = block.cursor;
    }
  }

  /** The inbox of these batches and messages, as the program sees it. */
  inboxOf(batches: readonly BatchInput[], messages: readonly MessageInput[] = []): InboxView {
    return this.fill(batches, messages).view;
  }

  private fill(batches: readonly BatchInput[], messages: readonly MessageInput[]) {
    const { nodes } = this;
    let previous: Hex = ZERO_HASH;
    const messageHashes = messages.map((message, index) => {
      previous = putMessage(nodes, {
        ...DEFAULT_MESSAGE,
        l1Number: BigInt(index + 1),
        ...message,
        previous,
        inbox: INBOX,
      });
      return fromHex(previous);
    });
    previous = ZERO_HASH;
    const modelBatches = batches.map(
      ({ data, isBlob, delayedCount = BigInt(messages.length), l1Time = GENESIS_TIME + 12n }) => ({
        data: isBlob === true ? dataOfBlob(data) : data,
        delayedCount,
        l1Time,
      }),
    );
    const records = modelBatches.map(({ delayedCount, l1Time }, index) => {
      const { data, isBlob } = batches[index];
      const record = { previous, delayedCount, l1Number: BigInt(index + 1), l1Time };
      previous =
        isBlob === true
          ? putRecord(nodes, { ...record, chunksHash: putBlob(nodes, blobOf(data)) })
          : putBatch(nodes, data, record);
      return fromHex(previous);
    });
    const view: InboxView = {
      batchCount: BigInt(records.length),
      delayedCount: BigInt(messages.length),
      batchRecord: (index) => records[Number(index)],
      messageHash: (index) => messageHashes[Number(index)],
    };
    const messageGas = messages.map(({ gasLimit = DEFAULT_MESSAGE.gasLimit }) => gasLimit);
    return { view, model: { batches: modelBatches, messageGas } };
  }
}

/** The program believes its host: any key of 32 bytes does for a versioned hash here. */
function blobOf(bytes: Uint8Array): Blob {
  return { versionedHash: toHex(keccak256(bytes)), bytes };
}

/** A message whose deposit uses 21,000 gas. */
const DEFAULT_MESSAGE: Omit<DelayedMessage, "previous" | "inbox"> = {
  sender: SIGNER.address,
  isCreation: false,
  to: "0x00000000000000000000000000000000000000ee",
  mint: 5n,
  value: 1n,
  gasLimit: 21_000n,
  data: new Uint8Array(0),
  l1Number: 1n,
  l1Time: GENESIS_TIME,
  l1BaseFee: 7n,
  l1ParentHash: ZERO_HASH,
};

function requireSame(block: ExecutedBlock, model: ModelBlock, messageGas: readonly bigint[]): void {
  const consumed = consumedMessages(block, model, messageGas);
  const { batch, segment, offset } = block.cursor;
  const told = [block.header.timestamp, batch, segment, offset, block.cursor.delayed].join();
  const due = [
    model.timestamp,
    model.cursor.batch,
    model.cursor.segment,
    model.cursor.offset,
    model.cursor.delayed + consumed,
  ].join();
  if (told !== due) throw new Error(`time, batch, segment, offset, delayed: ${told} instead of ${due}`);
  let at = 0;
  for (const raw of block.transactions.slice(Number(consumed))) {
    const found = model.transactions.findIndex((listed, index) => index >= at && Buffer.compare(listed, raw) === 0);
    if (found < 0) throw new Error("a transaction stands in the block that it does not list there");
    at = found + 1;
  }
}

/** Messages that fit: in order, while the next one's gas limit fits in what the receipts before leave of the block. */
function consumedMessages(
  { receipts, header }: ExecutedBlock,
  model: ModelBlock,
  messageGas: readonly bigint[],
): bigint {
  let used = 0n;
  let count = 0n;
  const first = model.cursor.delayed;
  while (count < model.messages && first + count < messageGas.length) {
    if (used + messageGas[Number(first + count)] > header.gasLimit) break;
    const receipt = receipts[Number(count)];
    if (receipt === undefined) return -1n;
    used = cumulativeGas(receipt);
    count += 1n;
  }
  return count;
}

function cumulativeGas(receipt: Uint8Array): bigint {
  const fields = rlpList(decodeRlp(receipt.subarray(1)));
  return rlpUint(fields[1], 8);
}

/** A genesis file with these rules and one rich account, `SIGNER`. */
export function genesisJson({ blockGasLimit, maxDelay, maxAhead }: ModelRules): unknown {
  const hex = (value: bigint) => `0x${value.toString(16)}`;
  return {
    config: { chainId: Number(CHAIN_ID) },
    gasLimit: hex(blockGasLimit),
    timestamp: hex(GENESIS_TIME),
    alloc: {
      [SIGNER.address]: { balance: hex(10n ** 24n) },
      [L1_INFO]: {
        balance: "0x1",
        storage: {
          "0x100": hex(CHAIN_ID),
          "0x101": hex(blockGasLimit),
          "0x105": hex(maxDelay),
          "0x106": hex(maxAhead),
        },
      },
    },
  };
}
