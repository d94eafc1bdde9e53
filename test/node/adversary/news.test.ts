import { expect } from "chai";
import {
  tellInbox,
  tellPrecompile,
  tellPrecompileFailure,
  tellPreimage,
  type Tell,
} from "../../../adversary/forgeries";
import { LyingSource } from "../../../adversary/lyingSource";
import { MachinePool } from "../../../challenger/commitments/pool";
import { RecordingStore } from "../../../challenger/commitments/recording";
import { DEFAULT_OPTIONS } from "../../../devnet/devnet";
import { newsFor } from "../../../devnet/scenes/news";
import { openProgram } from "../../../node/engine";
import { fromHex, toHex, ZERO_HASH } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { TestChain } from "../../vm/support/chain";

const ACCOUNT: Hex = `0x${"44".repeat(20)}`;
const ETHER = 10n ** 18n;
/** Lies that take hold of an answer of the host's. */
const LIES: [fault: string, tell: Tell][] = [
  ["wrong-batch", tellInbox(ETHER)],
  ["wrong-preimage", tellPreimage(ETHER)],
  ["wrong-precompile", tellPrecompile(ACCOUNT)],
  ["low-gas", tellPrecompileFailure()],
];

/** 1.4: whoever starts a fault on an idle devnet sees a verdict, since the fault brings with it what it lies about. */
describe("adversary: what a fault brings to an idle chain", () => {
  const pool = new MachinePool(1);
  after(() => pool.close());

  /** Whether the lie is told of a chain that holds the fault's news and nothing else. */
  const isTold = async (fault: string, tell: Tell, isForced: boolean): Promise<boolean> => {
    const chain = new TestChain();
    const { to, value, gasLimit, data } = newsFor(fault, ACCOUNT);
    if (isForced) {
      const target = to === null ? { isCreation: true, to: `0x${"00".repeat(20)}` as Hex } : { to: to as Hex };
      chain.addMessage({ ...target, mint: 0n, value: 0n, gasLimit, data: fromHex(data as Hex) });
      chain.addRawBatch(new Uint8Array(0));
    } else {
      chain.addBatch([[await chain.sign({ to, value, gasLimit, data })]]);
    }
    const store = new RecordingStore(chain.nodes);
    const { heights } = DEFAULT_OPTIONS;
    const program = openProgram({ nodes: store });
    const options = { program, store, pool, heights, inboxView: () => chain, cacheDir: null };
    const source = new LyingSource(options, { run: (runs) => runs - 1, seed: 7, tell });
    const [batches, messages] = [Number(chain.batchCount), Number(chain.delayedCount)];
    await source.outputs(chain.genesis.outputRoot, {
      batchCount: batches,
      lastBatch: toHex(chain.batchRecord(0n)),
      delayedCount: messages,
      lastDelayed: messages === 0 ? ZERO_HASH : toHex(chain.messageHash(0n)),
    });
    return source.told !== null;
  };

  for (const [fault, tell] of LIES)
    it(`1.4 ${fault} finds its lie, whether the sequencer takes it or L1 forces it in`, async () => {
      expect([await isTold(fault, tell, false), await isTold(fault, tell, true)]).to.deep.equal([true, true]);
    });
});
