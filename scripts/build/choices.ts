import { compile } from "./contracts";
import { writeAbis } from "../../explorer/build";

/** Compiles the contracts of every rollup that a configuration can choose, and of what others put beside one. */
export async function build(): Promise<void> {
  await compile("product");
  writeAbis();
}
