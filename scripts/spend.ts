import { readFileSync, writeFileSync } from "node:fs";
import { WRITTEN, withTable } from "../deployment/spend";

/** `npx tsx scripts/spend.ts`: writes the tables of gas and stakes in docs/ from test/snapshots and the default deployment. */
for (const { file, mark, table } of WRITTEN) writeFileSync(file, withTable(readFileSync(file, "utf8"), mark, table));
