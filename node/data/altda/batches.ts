import { chunksHash, getChunks, putChunks } from "../../../protocol";
import { quantity } from "../../../protocol/quantity";
import type { Hex, NodeStore } from "../../../protocol/types";
import { INBOX_ABI, parseInboxLog, type RpcLog } from "../../l1/events";
import type { L1Rpc } from "../../l1/rpc";
import type { L1View } from "../../l1/view";
import type { BatchData, DataDuties, DueCall, InboxCall, OrderEnd, OutgoingBatch, PendingBatch } from "../batchData";
import { ALTDA_ABI } from "./abi";
import { missing, type DataServers } from "./client";
import { PendingReader, type Commitment, type PendingCommitment, type PendingState } from "./pending";

/** Of no bytes: a forced batch, or one that was challenged in vain. */
const NO_BYTES = chunksHash(new Uint8Array(0));
/** A commitment is appended for less: a call, and two new slots. */
const POST_GAS = 150_000n;
/** Batches that one call lets count, at most. */
const MOST_SETTLED = 50;
/** Part of the challenge window in which a batch may be under way to the servers. */
const PATIENCE = 4;

interface Windows {
  challenge: number;
  resolve: number;
  bond: bigint;
}

/**
 * Batches as commitments whose bytes data servers keep. What is once got is kept here, too, so that a server that forgets takes nothing
 * away from who has looked in time. Twin of contracts/inbox/data/Altda.sol.
 */
export class AltdaBatches implements BatchData, DataDuties {
  readonly duties = this;
  readonly cheaperForm = null;
  private readonly pending: PendingReader;
  private windows: Windows | null = null;
  /** Chunks hashes of pending batches whose bytes are kept here. */
  private readonly held = new Set<Hex>();

  /** @param nodes - keeps bytes as chunks. @param startBlock - as of `PendingReader`. */
  constructor(
    private readonly rpc: L1Rpc,
    private readonly inbox: Hex,
    private readonly nodes: NodeStore,
    private readonly servers: DataServers,
    private readonly startBlock: number,
  ) {
    this.pending = new PendingReader(rpc, inbox, startBlock);
  }

  async read(log: RpcLog, index: number): Promise<Uint8Array> {
    const hash = parseInboxLog(log)!.args.chunksHash as Hex;
    const data = await this.bytesOf({ index, chunksHash: hash });
    if (data !== null) return data;
    throw missing(`batch ${index} counts on L1, and nobody gives its bytes: set dataUrl to a server that has them`);
  }

  async publish(data: Uint8Array): Promise<void> {
    putChunks(this.nodes, data);
    await this.servers.put(data);
  }

  call({ index, previousRecord, delayedCount, lastMessage, data }: OutgoingBatch): InboxCall {
    const args = [index, previousRecord, delayedCount, lastMessage, chunksHash(data)];
    return { data: INBOX_ABI.encodeFunctionData("postBatch", args) as Hex, gasLimit: POST_GAS };
  }

  async end(_view: L1View): Promise<OrderEnd> {
    const { pending, settledCount, record } = await this.pending.read();
    const count = settledCount + pending.length;
    return { count, record, last: this.pending.last(count - 1) ?? null, pending };
  }

  async look(): Promise<{ due: DueCall[]; missing: number[] }> {
    const state = await this.pending.read();
    const windows = (this.windows ??= await this.readWindows());
    const due: DueCall[] = [];
    const gone: number[] = [];
    const known = new Set(this.held);
    this.held.clear();
    for (const batch of state.pending) {
      const hash = batch.chunksHash;
      const isHeld = known.has(hash) || (await this.fetch(hash)) !== null;
      if (isHeld) this.held.add(hash);
      else gone.push(batch.index);
      if (!isHeld && isToChallenge(batch, windows, state.l1Time)) due.push(challengeCall(batch, windows));
      if (isHeld && isToAnswer(batch, state.l1Time)) due.push(answerCall(batch, windows, (await this.fetch(hash))!));
    }
    due.push(...settleCall(state, windows));
    return { due, missing: gone };
  }

  async bytesOf({ index, chunksHash: hash }: Pick<PendingBatch, "index" | "chunksHash">): Promise<Uint8Array | null> {
    return (await this.fetch(hash)) ?? (await this.published(hash, index));
  }

  /** From here, or from a server; null where none has them. */
  private async fetch(hash: Hex): Promise<Uint8Array | null> {
    if (hash === NO_BYTES) return new Uint8Array(0);
    const held = getChunks(this.nodes, hash);
    if (held !== null) return held;
    const data = await this.servers.get(hash);
    if (data !== null) putChunks(this.nodes, data);
    return data;
  }

  /** From the answer to a challenge on L1. */
  private async published(hash: Hex, index: number): Promise<Uint8Array | null> {
    const topics = ALTDA_ABI.encodeFilterTopics("BatchResolved", [index]);
    const fromBlock = quantity(this.startBlock);
    const filter = { address: this.inbox, topics, fromBlock, toBlock: "latest" };
    for (const log of await this.rpc.send<RpcLog[]>("eth_getLogs", [filter])) {
      const data = Buffer.from((ALTDA_ABI.parseLog(log)!.args.data as string).slice(2), "hex");
      if (chunksHash(data) !== hash) continue;
      putChunks(this.nodes, data);
      return data;
    }
    return null;
  }

  private async readWindows(): Promise<Windows> {
    const read = async (name: string): Promise<string> => {
      const data = ALTDA_ABI.encodeFunctionData(name);
      return this.rpc.send("eth_call", [{ to: this.inbox, data }, "latest"]);
    };
    const [challenge, resolve, bond] = await Promise.all(
      ["challengeWindow", "resolveWindow", "challengeBond"].map(read),
    );
    return { challenge: Number(challenge), resolve: Number(resolve), bond: BigInt(bond) };
  }
}

function isToChallenge(batch: PendingCommitment, windows: Windows, now: number): boolean {
  const [from, until] = challengeSpan(batch, windows);
  return batch.resolveUntil === null && now >= from && now < until;
}

function isToAnswer({ resolveUntil, isResolved }: PendingCommitment, now: number): boolean {
  return resolveUntil !== null && !isResolved && now < resolveUntil;
}

/** Since when what nobody gives is challenged, and the last second in which it can be. */
function challengeSpan({ l1Time }: PendingCommitment, { challenge }: Windows): [number, number] {
  return [l1Time + Math.floor(challenge / PATIENCE), l1Time + challenge];
}

function challengeCall(batch: PendingCommitment, windows: Windows): DueCall {
  const { index } = batch;
  const data = ALTDA_ABI.encodeFunctionData("challenge", [index, named(batch)]) as Hex;
  const [dueSince, dueUntil] = challengeSpan(batch, windows);
  return { key: `challenge ${index}`, kind: "challenge", dueSince, dueUntil, call: { data, value: windows.bond } };
}

function answerCall(batch: PendingCommitment, windows: Windows, bytes: Uint8Array): DueCall {
  const { index } = batch;
  const dueUntil = batch.resolveUntil!;
  const data = ALTDA_ABI.encodeFunctionData("resolve", [index, named(batch), bytes]) as Hex;
  return { key: `answer ${index}`, kind: "answer", dueSince: dueUntil - windows.resolve, dueUntil, call: { data } };
}

/** What lets the first pending batches count, as far as nothing stands against them any more. */
function settleCall({ pending, settledCount, l1Time }: PendingState, windows: Windows): DueCall[] {
  const openUntil = ({ forced, isResolved, resolveUntil, ...batch }: PendingCommitment): number =>
    forced || isResolved ? 0 : (resolveUntil ?? batch.l1Time + windows.challenge);
  const first = pending.findIndex((batch) => openUntil(batch) >= l1Time);
  const ripe = pending.slice(0, Math.min(MOST_SETTLED, first < 0 ? pending.length : first));
  if (ripe.length === 0) return [];
  const data = ALTDA_ABI.encodeFunctionData("settle", [settledCount, ripe.map(named)]) as Hex;
  const dueSince = Math.max(ripe[0].l1Time, openUntil(ripe[0]) + 1);
  return [
    { key: `settle ${settledCount}`, kind: "settle", dueSince, dueUntil: dueSince + windows.challenge, call: { data } },
  ];
}

function named({ previous, chunksHash: hash, delayedCount, l1Number, l1Time }: PendingCommitment): Commitment {
  return { previous, chunksHash: hash, delayedCount, l1Number, l1Time };
}
