import { controlMethods } from "../actor/control";
import type { ChainBlock } from "../node/chain/types";
import type { RpcMethods } from "../node/rpc";
import type { Hex } from "../protocol/types";
import type { Pace } from "./blocks/pace";
import type { SequencerConfig } from "./config";

/** What a devnet asks its sequencer to do. */
interface Steered {
  buildNow(timestamp?: number): Promise<ChainBlock | null>;
  buildEvery(intervalMs: number): void;
  flush(): Promise<void>;
  drop(hash: Hex): Promise<boolean>;
}

/**
 * The methods of a devnet's sequencer; elsewhere nobody may steer one.
 * @param controlUrl - of the devnet; undefined where there is none.
 * @param idle - settles when all that was begun has ended.
 */
export function devnetMethods(
  controlUrl: string | undefined,
  sequencer: Steered,
  pace: Pace,
  idle: () => Promise<void>,
): RpcMethods {
  if (controlUrl === undefined) return {};
  return {
    ...controlMethods(controlUrl),
    devnet_buildBlock: async (params) => {
      const timestamp = params.values[0] === null ? undefined : params.number(0);
      return (await sequencer.buildNow(timestamp))?.header.number ?? null;
    },
    devnet_setNextBlockTimestamp: (params) => (pace.chosenTime = params.number(0)),
    devnet_dropTransaction: (params) => sequencer.drop(params.hash(0)),
    devnet_blocks: () => pace.mode,
    devnet_setBlocks: (params) => {
      const [mode, intervalMs] = params.values as [SequencerConfig["blocks"], number | undefined];
      pace.mode = mode;
      if (intervalMs !== undefined) sequencer.buildEvery(intervalMs);
      return mode;
    },
    // A block under way is made to its end first: whoever moves the clock posts what there is, and must know of it.
    devnet_pause: async (params) => {
      pace.isHeld = params.values[0] === true;
      if (pace.isHeld) await idle();
      return pace.isHeld;
    },
    devnet_nextBlockTimestamp: () => pace.chosenTime,
    devnet_flush: () => sequencer.flush().then(() => true),
  };
}
