import { INBOX_ABI } from "../../../node/l1/events";
import type { L1Rpc } from "../../../node/l1/rpc";
import type { Hex } from "../../../protocol/types";
import type { Turns } from "../turns";

/** It is always the turn of one account, which the Inbox names for ever. Twin of contracts/inbox/sequencing/Single.sol. */
export class SingleTurns implements Turns {
  private sequencer: Hex | null = null;

  constructor(
    private readonly rpc: L1Rpc,
    private readonly inbox: Hex,
    private readonly self: Hex,
  ) {}

  async obstacle(): Promise<string | null> {
    this.sequencer ??= await this.ask();
    if (this.sequencer === this.self.toLowerCase()) return null;
    return `the Inbox takes batches of ${this.sequencer} alone, and this is ${this.self}: set the key that was deployed`;
  }

  /** With a wrong key, too: blocks are served, and the health page says that none is posted. */
  mayBuild(): Promise<boolean> {
    return Promise.resolve(true);
  }

  /** Nothing stands behind a signature: there is no stake. */
  ownSlot(): Promise<null> {
    return Promise.resolve(null);
  }

  extraGas(): Promise<bigint> {
    return Promise.resolve(0n);
  }

  private async ask(): Promise<Hex> {
    const data = INBOX_ABI.encodeFunctionData("sequencer");
    const answer = await this.rpc.send<Hex>("eth_call", [{ to: this.inbox, data }, "latest"]);
    return String(INBOX_ABI.decodeFunctionResult("sequencer", answer)[0]).toLowerCase() as Hex;
  }
}
