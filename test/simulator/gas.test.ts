import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GAS } from "../../simulator/lab/games/gas";

const ROOT = join(__dirname, "..", "..");

describe("gas of moves on the paper board", () => {
  it("counts our own moves at what is pinned on the contracts", () => {
    const pins = JSON.parse(readFileSync(join(ROOT, "test", "snapshots", "gas.game.json"), "utf8")) as object;
    let held = 0;
    for (const [kind, { osaka, source, pin }] of Object.entries(GAS.edges)) {
      if (source !== "pinned") continue;
      const [name, less] = pin!;
      expect(osaka, kind).to.equal((pins as Record<string, number>)[name] - less);
      held++;
    }
    expect(held).to.equal(6);
  });
});
