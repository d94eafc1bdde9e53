import { expect } from "chai";
import { Interface } from "ethers";
import { Comparison, type Expectation } from "../../../games/comparison";
import type { L1Requests } from "../../../games/l1Requests";
import { SolventError } from "../../../protocol/errors";
import type { Hex } from "../../../protocol/types";

const ABI = new Interface(["function at(uint256 index) view returns (uint256)"]);
const HEAD: Hex = `0x${"aa".repeat(32)}`;
const COUNT = 500;
/** What one turn asks, at most. */
const MOST = 64;
const WRONG = 499;

describe("games: what a contract holds is compared a little at a time", () => {
  const expectations: Expectation[] = Array.from({ length: COUNT }, (_, index) => ({
    key: `value ${index}`,
    view: "at",
    args: [index],
    holds: { value: index },
  }));
  let asked: number[];
  /** Each so many calls L1 answers with what is no answer. */
  let fails: number;
  let wrong: number | null;
  const rpc = {
    send: (_method: string, [{ data }]: [{ data: Hex }]): Promise<string> => {
      const [index] = ABI.decodeFunctionData("at", data);
      asked.push(Number(index));
      if (asked.length % fails === 0) return Promise.reject(new SolventError("l1-malformed", "no answer"));
      return Promise.resolve(ABI.encodeFunctionResult("at", [Number(index) === wrong ? 0n : (index as bigint)]));
    },
  } as unknown as L1Requests;
  const open = (): Comparison => new Comparison(rpc, `0x${"11".repeat(20)}`, ABI);

  beforeEach(() => ([asked, fails, wrong] = [[], Infinity, null]));

  it("asks for no more than a turn's, and for nothing twice until a range is read", async () => {
    const comparison = open();
    let turns = 0;
    do {
      const before = asked.length;
      expect(await comparison.difference(expectations, HEAD)).to.equal(null);
      expect(asked.length - before).to.be.at.most(MOST);
      turns++;
    } while (!comparison.isComplete);
    expect([turns, asked.length]).to.deep.equal([Math.ceil(COUNT / MOST), COUNT]);
    await comparison.difference(expectations, HEAD);
    expect(asked).to.have.length(COUNT);
    comparison.forget();
    expect(await comparison.difference(expectations, HEAD)).to.equal(null);
    expect([asked.length, comparison.isComplete]).to.deep.equal([COUNT + MOST, false]);
  });

  it("comes to all of it where L1 answers one in fifty badly and each block is read as a range", async () => {
    fails = 50;
    wrong = WRONG;
    const comparison = open();
    let [found, failed] = [null as string | null, 0];
    for (let turn = 0; turn < 40 && found === null; turn++) {
      comparison.forget();
      found = await comparison.difference(expectations, HEAD).catch(() => (failed++, null));
    }
    expect(found).to.equal(`value ${WRONG}: value is 0 in the contract, ${WRONG} by the logs`);
    expect(failed, "turns that a bad answer ended").to.be.above(3);
  });

  it("looks at what is new first", async () => {
    const comparison = open();
    await comparison.difference(expectations.slice(0, MOST), HEAD);
    comparison.forget();
    await comparison.difference(expectations, HEAD);
    expect(asked.slice(MOST)).to.deep.equal(Array.from({ length: MOST }, (_, i) => MOST + i));
  });
});
