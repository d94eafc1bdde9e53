import { readFileSync } from "node:fs";
import { expect } from "chai";
import { ERROR_PAGE, errorPage, usesOfCodes } from "../support/errorCodes";

describe("error codes", () => {
  it("has no code that nothing raises", () => {
    for (const [code, files] of usesOfCodes()) expect(files, code).to.not.be.empty;
  });

  it("lists each in docs/errors.md", () => {
    expect(readFileSync(ERROR_PAGE, "utf8"), "run npx tsx test/tools/errors.ts").to.equal(errorPage());
  });
});
