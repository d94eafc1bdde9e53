import { buildBundles } from "../../devnet/bundles";

/** Bundles what is started as a process or a thread. */
export async function build(): Promise<void> {
  await buildBundles();
}
