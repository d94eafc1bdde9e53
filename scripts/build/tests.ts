import { compile } from "./contracts";
import { writeAbis } from "../../explorer/build";

/** Compiles all contracts, those too that tests alone use, and toy rollups. */
export async function build(): Promise<void> {
  await compile("all");
  writeAbis();
}
