import type { Devnet } from "../devnet";

export type Say = (line: string) => void;
/** Runs a fault to its end on a running devnet. @returns the report. @throws Error where it did not end as it must. */
export type RunFault = (devnet: Devnet, args: string[], seed: number, say: Say) => Promise<string[]>;

/** What somebody does on L2 so that a liar has something to lie about. */
export interface News {
  /** Null creates a contract. */
  to: string | null;
  value: bigint;
  gasLimit: bigint;
  data: string;
}
