import type { Hex } from "../../protocol/types";
import { SolventError } from "../../protocol/errors";
import type { Health } from "../../actor/health";
import type { BatchData, BatchForm, OrderEnd, OutgoingBatch } from "../../node/data/batchData";
import type { L1Request, L1Sender, Outgoing } from "../../node/l1/sender";
import type { L1View } from "../../node/l1/view";
import { ZERO_HASH } from "../../protocol";
import type { Turns } from "../turns/turns";
import type { ClosedBatch } from "./records";

/**
 * Gets closed batches onto L1 in order. One at a time: a batch names the record before it, which is known only once that has
 * landed. Decides by what L1 shows, so it may be called at any time, and again after anything.
 */
export class BatchPoster {
  constructor(
    private readonly inbox: Hex,
    private readonly view: L1View,
    private readonly batchData: () => Promise<BatchData>,
    private readonly turns: () => Promise<Turns>,
    private readonly clock: () => number,
    private readonly sender: L1Sender,
    private readonly health: Health,
    private readonly blobs: "always" | "cheaper",
  ) {}

  /**
   * Sends `batch`, the next that L1 lacks, if it is not on its way already; also when what is on its way fits no longer.
   * @param end - what it is appended behind.
   */
  async post(batch: ClosedBatch, end: OrderEnd): Promise<void> {
    if (this.isTooSoon(end)) return;
    try {
      const obstacle = await (await this.turns()).obstacle(this.clock());
      this.health.report("turn", obstacle);
      if (obstacle !== null) return await this.cancel(batch);
      const request = await this.request(batch, end);
      const sent = this.sender.find(request.key);
      if (sent?.status === "pending") {
        if (sent.data !== request.data) await this.sender.replace(request.key, request);
      } else if (sent?.status === "mined") {
        // The view is behind, or the block is gone; the next poll of both tells.
      } else if (sent === undefined || (this.view.tip?.number ?? -1) >= (sent.minedNumber ?? 0)) {
        // Whoever sees the commitment on L1 finds the bytes already.
        await (await this.batchData()).publish(batch.data);
        await this.sender.submit(request);
      }
      this.health.report("poster", this.sender.problem ?? refusal(sent));
    } catch (error) {
      if (!(error instanceof SolventError) || !error.code.startsWith("l1-")) throw error;
      this.health.report("poster", error.message);
    }
  }

  /** There is nothing to post. */
  rest(): void {
    this.health.report("poster", this.sender.problem);
  }

  /**
   * A batch that is under way when its turn has ended would be paid for and refused: a transaction that does nothing takes its nonce. One
   * with a blob is left: pools take nothing but a dearer blob in its place, and a blob is paid for, whatever becomes of the call.
   */
  private async cancel({ index }: ClosedBatch): Promise<void> {
    const key = keyOf(index);
    const sent = this.sender.find(key);
    if (sent?.status !== "pending" || sent.blob !== undefined) return;
    const nothing = { key: `nothing for ${key}`, to: this.sender.address, data: "0x", gasLimit: 21_000n } as const;
    await this.sender.replace(key, nothing);
  }

  /**
   * The Inbox takes one batch for each L1 timestamp. Only an L1 with several blocks a second can show a later block of the same time.
   */
  private isTooSoon({ last }: OrderEnd): boolean {
    const { tip } = this.view;
    if (last === null || last.forced || tip === null) return false;
    return tip.number > last.l1BlockNumber && tip.time <= last.l1Time;
  }

  private async request(
    { index, delayedCount, lastMessage, data }: ClosedBatch,
    { record }: OrderEnd,
  ): Promise<L1Request> {
    const message = delayedCount === 0 ? ZERO_HASH : lastMessage;
    const batch = { index, previousRecord: record, delayedCount, lastMessage: message, data };
    const mode = await this.batchData();
    const call = mode.call({ ...batch, form: await this.form(mode, batch) });
    const gasLimit = call.gasLimit === undefined ? undefined : call.gasLimit + (await (await this.turns()).extraGas());
    return { key: keyOf(index), to: this.inbox, ...call, gasLimit };
  }

  /** A batch stays in the form in which it is on its way: L1's pools take no other in its place. */
  private async form({ cheaperForm }: BatchData, batch: OutgoingBatch): Promise<BatchForm> {
    if (cheaperForm === null || this.blobs === "always") return "blob";
    const sent = this.sender.find(keyOf(batch.index));
    if (sent?.status !== "pending" && sent?.status !== "mined") return cheaperForm(batch);
    return sent.blob === undefined ? "calldata" : "blob";
  }
}

function keyOf(index: number): string {
  return `batch ${index}`;
}

/** Why a batch that is still the next one did not land, where L1 has executed it. @returns null where it has not. */
function refusal(sent: Outgoing | undefined): string | null {
  if (sent?.status !== "reverted") return null;
  const isOutOfGas = BigInt(sent.gasUsed ?? 0) >= BigInt(sent.gasLimit);
  const why = isOutOfGas ? `for want of gas (it had ${sent.gasLimit})` : "although it is its turn";
  return `L1 refused ${sent.key} in block ${sent.minedNumber} ${why}: it is sent again`;
}
