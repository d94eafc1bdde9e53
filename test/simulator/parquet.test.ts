import { expect } from "chai";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeParquet } from "../../simulator/lab/parquet";
import { parseCsv } from "../../simulator/lab/report/table";
import { runScenario } from "../../simulator/lab/run";
import { parseScenario } from "../../simulator/lab/scenario/read";

describe("results in columns", () => {
  const out = mkdtempSync(join(tmpdir(), "solvent-parquet-"));
  after(() => rmSync(out, { recursive: true, force: true }));

  it("hold the rows of the CSV files, with types, read by another library's reader", async () => {
    const scenario = parseScenario({
      name: "columns",
      game: { kind: "edges", heights: [2, 2], challengePeriodSeconds: 1_000, stakesEther: [4, 0.5] },
      honest: [{ strategy: "honest" }],
      adversaries: [{ strategy: "liar" }],
      // The second has no time to end.
      sweep: { list: [{ "stop.afterSeconds": 100_000 }, { "stop.afterSeconds": 12 }] },
    });
    await runScenario(scenario, { seed: 1, runs: 3, out });
    const paths = await writeParquet(out);
    expect(paths).to.deep.equal([join(out, "summary.parquet"), join(out, "parties.parquet")]);
    for (const path of paths) {
      const file = await asyncBufferFromFile(path);
      const rows = await parquetReadObjects({ file });
      const [header, ...lines] = parseCsv(readFileSync(path.replace(/parquet$/, "csv"), "utf8"));
      expect(Object.keys(rows[0])).to.deep.equal(header);
      expect(rows.map((row) => Object.values(row).map(String))).to.deep.equal(lines);
      const types = (await parquetMetadataAsync(file)).schema.slice(1).map(({ name, type }) => [name, type]);
      expect(types).to.deep.include.members([
        ["transactions", "DOUBLE"],
        [path.includes("summary") ? "outcome" : "side", "BYTE_ARRAY"],
      ]);
      if (path.includes("summary")) {
        expect(types).to.deep.include(["honest_win", "BOOLEAN"]);
        expect(rows.map(({ confirmable_seconds }) => confirmable_seconds)).to.include(Infinity);
      }
    }
  });
});
