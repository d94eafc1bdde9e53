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

  /** A liar that tells its lie, and whose L1 node loses all that it sends. */
  async function startLiar(fault: Fault) {
    proxy.answer = ({ method, params }) =>
      method === "eth_sendRawTransaction" ? keccak256(params[0] as string) : undefined;
    const box: { source?: LyingSource } = {};
    const createSource: Fault["createSource"] = (...args) => (box.source = fault.createSource(...args) as LyingSource);
    const deps = { ...fault, createSource };
    const liar = await arena.system.startChallenger<EdgesGame>("late", LIAR, deps, { l1Url: proxy.url });
    return { liar, source: box.source! };
  }

  const newFault = (): Fault =>
    parseFault("wrong-state:first", { seed: 7, account: devAccount(9).address, amountWei: 10n ** 21n });

  it("is lost once another assertion is confirmed in its place, and is told of no assertion that has stood for half of its time", async () => {
    // The child of genesis has no block: nobody lies about it.
    await arena.startHonest();
    const first = newFault();
    const { liar, source } = await startLiar(first);
    await arena.postBlocks();
    await until("it has a lie", () => source.told?.end, 60);
    const period = arena.honest.game.challengePeriodSeconds;
    const { parent, inbox } = source.told!;
    const honest = await until("the honest assertion", () =>
      liar.game.assertions().find(({ info: { origin } }) => origin.start === parent),
    );
    const isTooLate = (): boolean => liar.game.isTooLate(parent, inboxHash(inbox));
    expect([first.isLost!(liar.game), isTooLate()]).to.deep.equal([false, false]);
    const quarter = Math.floor(period / 4);
    await arena.system.jump(quarter);
    await until("a quarter of it has passed", () => liar.game.nowSeconds >= honest.created + quarter);
    expect(isTooLate()).to.equal(false);
    await arena.system.jump(quarter);
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

  it("is not lost where L1 has it, though it loses", async () => {
    let fault: Fault | undefined;
    const create = (): Fault => (fault = newFault());
    const { liars } = await arena.fight([{ fault: "wrong-state:first", seed: 7, create }]);
    const { game } = arena.honest;
    const { parent, inbox } = liars[0].told()!;
    const isThere = ({ info: { origin } }: AssertionStatus): boolean =>
      origin.start === parent && origin.inbox === inboxHash(inbox);
    await until("the truth is confirmed", () =>
      game.assertions().some((one) => isThere(one) && one.status === "confirmed"),
    );
    const there = game.assertions().filter(isThere);
    expect(there.map(({ status }) => status)).to.have.members(["confirmed", "slashed"]);
    expect(fault!.isLost!(game)).to.equal(false);
  });
});
