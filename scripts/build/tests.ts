import { compile } from "./contracts";

/** Compiles all contracts, those too that tests alone use, and toy rollups. */
export async function build(): Promise<void> {
  await compile({ ...process.env, SOLVENT_CONTRACTS: undefined });
}
