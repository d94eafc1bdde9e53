import { expect } from "chai";
import { keccak256 } from "ethers";
import { parseFault, type Fault } from "../../adversary/faults";
import type { LyingSource } from "../../adversary/lyingSource";
import { devAccount, ROLES } from "../../devnet/accounts";
import { isTooLateFor } from "../../games/assertions";
import type { AssertionStatus } from "../../games/game";
import type { EdgesGame } from "../../games/edges";
import { inboxHash } from "../../games/edges";
import type { Hex } from "../../protocol/types";
import { Arena } from "./support/arena";
import { L1Proxy } from "./support/l1Proxy";
import { until } from "./support/system";

const LIAR = ROLES.liar;

describe("e2e: a lie that comes too late", function () {
  this.timeout(120_000);
  const arena = new Arena();
  let proxy: L1Proxy;
  before(async () => {
    await arena.start();
    proxy = new L1Proxy(arena.system.devnet.info.l1.url);
    await proxy.start();
  });
  after(async () => {
    await arena.stop();
    await proxy.stop();
  });

  /** A liar that tells its lie, and whose L1 node takes transactions only while it may. */
  async function startLiar(fault: Fault, name: string, maySend: () => boolean) {
    proxy.answer = ({ method, params }) =>
      method === "eth_sendRawTransaction" && !maySend() ? keccak256(params[0] as string) : undefined;
    const box: { source?: LyingSource } = {};
    const createSource: Fault["createSource"] = (...args) => (box.source = fault.createSource(...args) as LyingSource);
    const deps = { ...fault, createSource };
    const liar = await arena.system.startChallenger<EdgesGame>(name, LIAR, deps, { l1Url: proxy.url });
    return { liar, source: box.source! };
  }

  const newFault = (): Fault =>
    parseFault("wrong-state:first", { seed: 7, account: devAccount(9).address, amountWei: 10n ** 21n });

  it("is lost once another assertion is confirmed in its place, and is told of no assertion that has stood for half of its time", async () => {
    // The child of genesis has no block: nobody lies about it.
    await arena.startHonest();
    const first = newFault();
    const { liar, source } = await startLiar(first, "late", () => false);
    await arena.postBlocks();
    await until("it has a lie", () => source.told?.end, 60);
    const period = arena.honest.game.challengePeriodSeconds;
    const { parent, inbox } = source.told!;
    const honest = await until("the honest assertion", () =>
      liar.game.assertions().find(({ info: { origin } }) => origin.start === parent),
    );
    const isTooLate = (): boolean => liar.game.isTooLate(parent, inboxHash(inbox));
    expect([first.isLost!(liar.game), isTooLate()]).to.deep.equal([false, false]);
    const half = Math.floor(period / 2);
    await arena.system.jump(half - 10 - (liar.game.nowSeconds - honest.created));
    await until("half of it has nearly passed", () => liar.game.nowSeconds >= honest.created + half - 10);
    expect(isTooLate()).to.equal(false);
    await arena.system.jump(20);
    await until("half of it has passed", () => isTooLate());
    expect(first.isLost!(liar.game)).to.equal(false);
    await arena.system.jump(period);
    await until("it is confirmed", () => liar.game.isConfirmed(honest.info.id), 60);
    expect(first.isLost!(liar.game)).to.equal(true);
    await arena.system.stopChallenger(liar);
  });

  it("has half of the challenge period, to the second, beside an assertion without a rival", () => {
    const [start, inbox]: Hex[] = [`0x${"11".repeat(32)}`, `0x${"22".repeat(32)}`];
    const status = (change: Partial<AssertionStatus>): AssertionStatus[] => [
      {
        info: { origin: { above: start, start, inbox } },
        ...{ status: "open", isRivalled: false, timerSeconds: 0 },
        ...change,
      } as AssertionStatus,
    ];
    const tooLate = (change: Partial<AssertionStatus>, at = { start, inbox }): boolean =>
      isTooLateFor(status(change), at, 20);
    expect([9, 10].map((timerSeconds) => tooLate({ timerSeconds }))).to.deep.equal([false, true]);
    expect(tooLate({ timerSeconds: 19, isRivalled: true })).to.equal(false);
    expect(tooLate({ status: "confirmed", isRivalled: true })).to.equal(true);
    expect(tooLate({ timerSeconds: 19, status: "slashed" })).to.equal(false);
    expect(tooLate({ timerSeconds: 19 }, { start: inbox, inbox: start })).to.equal(false);
  });

  it("is not lost where L1 has it, whatever becomes of it", async () => {
    const fault = newFault();
    const { liar, source } = await startLiar(fault, "in time", () => true);
    await arena.postBlocks();
    await until("it has a lie", () => source.told?.end, 60);
    const lies = () => liar.game.assertions().filter(({ info }) => info.outputRoot === source.told!.end);
    await until("L1 has it", () => lies().length > 0, 60);
    const period = arena.honest.game.challengePeriodSeconds;
    // The honest party answers at once, and its clock runs where the liar's does not.
    await until("it is disputed", () => lies()[0].isRivalled, 60);
    for (let i = 0; i < 40 && lies()[0].status !== "slashed"; i++) {
      await arena.system.jump(Math.floor(period / 4));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    expect(lies()[0].status).to.equal("slashed");
    expect(fault.isLost!(liar.game)).to.equal(false);
  });
});
