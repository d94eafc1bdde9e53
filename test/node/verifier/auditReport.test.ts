import { expect } from "chai";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createLogger } from "../../../actor/log";
import type { Audit } from "../../../verifier/audit/audit";
import type { Alert } from "../../../verifier/audit/blockAuditor";
import { AlertNews } from "../../../verifier/audit/news";
import { forecastLines, htmlOf, reportOf } from "../../../verifier/audit/report";
import { riskScore } from "../../../verifier/audit/score";
import { Webhook } from "../../../verifier/audit/webhook";

type AssetAudit = Audit["assets"][number];
const NOTHING = { supply: 0n, withdrawalsUnderWay: 0n, depositsUnderWay: 0n, exited: 0n };
const asset = (part: Partial<AssetAudit>): AssetAudit => ({
  ...NOTHING,
  asset: "ether",
  escrow: 100n,
  surplus: 0n,
  ...part,
});
const audit = (assets: AssetAudit[], alerts: Audit["alerts"] = []): Audit => ({
  l1Block: { number: 7, hash: "0x07" },
  l2Block: { number: 9, hash: "0x09" },
  assets,
  alerts,
  warnings: [],
  forecast: { oldest: null, guard: { stake: 10n ** 18n, ratio: null, readyEther: null } },
  agreement: null,
});

describe("the audit's report", () => {
  const cases: [what: string, audit: Audit, score: number][] = [
    ["0 where all is covered", audit([asset({})]), 0],
    ["0 where nothing is there", audit([]), 0],
    ["up to 10 for what is on its way out", audit([asset({ withdrawalsUnderWay: 50n })]), 5],
    ["from 60 on where a unit is missing", audit([asset({ escrow: 10n ** 9n, surplus: -1n })]), 60],
    ["80 where half is gone", audit([asset({ escrow: 50n, surplus: -50n })]), 80],
    ["100 where all is gone", audit([asset({ escrow: 0n, surplus: -5n }), asset({ asset: "0x01" })]), 100],
    ["60 for any other finding", audit([asset({})], [{ name: "created", block: 1, asset: "ether", text: "x" }]), 60],
  ];
  for (const [what, one, score] of cases) it(`scores ${what}`, () => expect(riskScore(one)).to.be.closeTo(score, 1e-3));

  it("says solvent or not, as JSON and as a page that runs nothing of what it quotes", () => {
    expect(reportOf(audit([asset({})])).verdict).to.equal("solvent");
    const text = '<script>alert("1")</script> & more';
    const report = reportOf(audit([asset({ surplus: -3n })], [{ name: "short", block: 4, asset: "ether", text }]));
    expect(report).to.deep.include({ verdict: "insolvent", l2Block: { number: 9, hash: "0x09" } });
    expect(JSON.parse(JSON.stringify(report))).to.deep.equal(report);
    const page = htmlOf(report);
    expect(page).to.contain("<h1>Insolvent</h1>").and.to.contain("&#60;script&#62;").and.to.not.contain("<script");
    expect(htmlOf(reportOf(audit([])))).to.contain("<h1>Solvent</h1>");
  });

  it("says what is open and what is expected, and is solvent all the same", () => {
    const warnings: Audit["warnings"] = [{ name: "false-root", assertion: 3, block: 4, text: "3 < 4" }];
    const payout = { hash: "0xaa", block: 7, assertion: 5, payableAt: 90, latestAt: 3_690 } as const;
    const guard = { stake: 10n ** 18n, ratio: 2.5, readyEther: 40n };
    const report = reportOf({ ...audit([asset({})]), warnings, forecast: { oldest: payout, guard } });
    expect(report).to.deep.include({ verdict: "solvent", risk: 0, warnings });
    expect(report.forecast).to.deep.equal({
      oldest: payout,
      guard: { stake: "1000000000000000000", ratio: 2.5, readyEther: "40" },
    });
    expect(htmlOf(report)).to.contain("<td>false-root</td><td>4</td><td>3</td><td>3 &#60; 4</td>");
    const said = (oldest: NonNullable<Audit["forecast"]>["oldest"]): string =>
      forecastLines(reportOf({ ...audit([]), forecast: { oldest, guard } }).forecast)[0];
    expect(said(null)).to.equal("Every withdrawal is paid.");
    const unknown = reportOf({ ...audit([]), forecast: null });
    expect([unknown.verdict, unknown.forecast]).to.deep.equal(["solvent", null]);
    expect(htmlOf(unknown)).to.contain("the game on L1 is not known");
    expect(said(payout)).to.contain(
      "from 1970-01-01T00:01:30.000Z on by assertion 5 if nobody disputes it, at 1970-01-01T01:01:30",
    );
    expect(said({ ...payout, payableAt: null })).to.contain(
      "assertion 5, which is disputed: it can be paid at 1970-01-01T01:01:30",
    );
    expect(said({ ...payout, assertion: null, payableAt: null, latestAt: null })).to.contain("is in no assertion yet");
  });

  it("posts each alert in order, again until it is taken", async () => {
    const taken: unknown[] = [];
    let asked = 0;
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        const isRefused = ++asked <= 2;
        if (!isRefused) taken.push(JSON.parse(body));
        response.writeHead(isRefused ? 503 : 204).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const webhook = new Webhook(`http://127.0.0.1:${port}/`, createLogger("test", "silent"), 5);
      for (const block of [1, 2, 3]) webhook.send({ name: "short", block, missing: 5n });
      while (taken.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    } finally {
      server.closeAllConnections();
      server.close();
    }
    expect(taken).to.deep.equal([1, 2, 3].map((block) => ({ name: "short", block, missing: "5" })));
    expect(asked).to.equal(5);
  });

  it("tells each finding once: two payments by their hashes, what goes on but once, what came back again", () => {
    const news = new AlertNews();
    const alert = (name: Alert["name"], text: string): Alert => ({ name, block: 1, asset: "ether", text });
    const [first, second] = ["0x01", "0x02"].map((hash) => alert("paid-twice", `paid ${hash} more than once`));
    const short = (wei: number): Alert => alert("short", `ether is ${wei} short on L1`);
    expect(news.take([first, short(1)])).to.deep.equal([first, short(1)]);
    expect(news.take([first, second, short(2)])).to.deep.equal([second]);
    expect(news.take([first, second])).to.deep.equal([]);
    expect(news.take([first, second, short(2)])).to.deep.equal([short(2)]);
  });
});
