import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import { INBOX_ABI } from "../l1/events";
import { readInboxMode, whenNeeded } from "../l1/inboxMode";
import type { L1Rpc } from "../l1/rpc";
import { RotationReader } from "../rotation/reader";

/** Number that an inbox whose members take turns gives its sequencing. */
const ROTATION = 1;

/** Whose blocks are worth a look at: the accounts that L1 takes batches of. */
export class FeedSigners {
  private readonly mode: () => Promise<number>;
  private readonly sequencer: () => Promise<Hex>;
  private readonly rotation: RotationReader;
  private accounts: ReadonlySet<Hex> | null = null;

  constructor(rpc: L1Rpc, inbox: Hex) {
    this.rotation = new RotationReader(rpc, inbox);
    this.mode = whenNeeded(() => readInboxMode(rpc, inbox, "sequencingMode"));
    this.sequencer = whenNeeded(async () => {
      const data = INBOX_ABI.encodeFunctionData("sequencer");
      const answer = await rpc.send<Hex>("eth_call", [{ to: inbox, data }, "latest"]);
      if (!/^0x0{24}[0-9a-f]{40}$/i.test(answer))
        throw new SolventError("l1-inconsistent", `L1 names no sequencer of the Inbox at ${inbox}`, { retry: true });
      return String(INBOX_ABI.decodeFunctionResult("sequencer", answer)[0]).toLowerCase() as Hex;
    });
  }

  /** As L1 said last, in lower case; null before it did. */
  get current(): ReadonlySet<Hex> | null {
    return this.accounts;
  }

  /** Asks L1 where it may have changed: never for one sequencer, once a slot in a rotation. @param now - L1's time. @throws SolventError `l1-*`. */
  async refresh(now: number): Promise<void> {
    const isRotation = (await this.mode()) === ROTATION;
    this.accounts = new Set(isRotation ? await this.rotation.members(now) : [await this.sequencer()]);
  }
}
