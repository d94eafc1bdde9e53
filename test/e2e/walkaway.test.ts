import { Walkaway } from "./support/walkaway";

describe("e2e: walkaway", function () {
  this.timeout(300_000);
  const walkaway = new Walkaway();
  before(() => walkaway.start());
  after(() => walkaway.stop());

  it("exit with every actor deleted and the stake borrowed: a user is paid while a liar fights it", () =>
    walkaway.play());
});
