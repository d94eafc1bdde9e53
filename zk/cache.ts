import { join } from "node:path";

/** Circuits and development points that are made once; made anew where the folder is deleted. */
export const CACHE = join(__dirname, "..", "build", "zk");

/** Powers of a number that everybody knows: proofs over them prove nothing to anybody. */
export const INSECURE_SRS = join(CACHE, "srs-insecure");
