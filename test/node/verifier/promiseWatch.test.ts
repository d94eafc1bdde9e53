import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { id, ZeroAddress } from "ethers";
import pino from "pino";
import type { NodeCore } from "../../../actor/core";
import { Health } from "../../../actor/health";
import { devAccount } from "../../../devnet/accounts";
import { INBOX_ABI } from "../../../node/l1/events";
import type { L1Request, L1Sender } from "../../../node/l1/sender";
import { ROTATION_ABI } from "../../../node/rotation/abi";
import { signConfirmation, type SignedConfirmation } from "../../../node/rotation/confirmation";
import { Promises } from "../../../node/rotation/promises";
import { Store } from "../../../node/store/store";
import { SolventError } from "../../../protocol/errors";
import type { Hex } from "../../../protocol/types";
import { PromiseWatch } from "../../../verifier/promiseWatch";
import type { SequencerClient } from "../../../verifier/sequencerClient";

const DOMAIN = { l1ChainId: 1n, inbox: `0x${"1b".repeat(20)}` as Hex };
/** Slots of 6 s, terms of 4: Anne has the even ones, Ben the odd ones. */
const NOW = 600;
const [SLOT, HEAD] = [NOW / 6, 100];
const [ANNE, BEN, STRANGER] = [1, 2, 3];
const hash = (text: string): Hex => id(text) as Hex;

describe("verifier: what leaders sign", () => {
  let folder: string;
  let store: Store;
  let promises: Promises;
  let shown: unknown[];
  let accounts: string[];
  let mode: number;
  let isAway: boolean;
  let sent: L1Request[];
  let watch: PromiseWatch;
  let health: Health;

  const sign = (change: Partial<SignedConfirmation> = {}, by = ANNE): SignedConfirmation =>
    signConfirmation(
      DOMAIN,
      { slot: SLOT, height: HEAD, expiry: NOW + 6, parentHash: hash("p"), blockHash: hash("a"), ...change },
      devAccount(by).privateKey,
    );

  /** L1 with a rotation. */
  const send = (_method: string, [{ data }]: [{ data: string }]): Promise<string> => {
    if (isAway) return Promise.reject(new SolventError("l1-unavailable", "L1 is away"));
    if (data.startsWith(INBOX_ABI.getFunction("sequencingMode")!.selector))
      return Promise.resolve(INBOX_ABI.encodeFunctionResult("sequencingMode", [mode]));
    const { name } = ROTATION_ABI.parseTransaction({ data })!;
    const rosters = [3n, 3n, 3n];
    if (name === "rotationParameters")
      return Promise.resolve(ROTATION_ABI.encodeFunctionResult(name, [[1n, 6n, 4n, 2n, 5n, 0n, false]]));
    return Promise.resolve(ROTATION_ABI.encodeFunctionResult(name, [Math.floor(SLOT / 4), rosters, accounts, []]));
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-watch-"));
    store = await Store.open(folder, "test");
    promises = new Promises(store);
    health = new Health();
    accounts = [ANNE, BEN].map((index) => devAccount(index).address);
    [shown, mode, isAway, sent] = [[], 1, false, []];
    const core = {
      ...{ l1: { send }, system: DOMAIN, health },
      ...{ chain: { unsafe: { number: HEAD } }, view: { tip: { number: 5 } } },
    };
    const source = { url: "http://node", promises: () => Promise.resolve(shown) };
    const sender = {
      problem: null,
      find: (key: string) => sent.some((one) => one.key === key) && { status: "pending" },
      submit: (request: L1Request) => Promise.resolve(void sent.push(request)),
      poll: () => Promise.resolve(),
    };
    watch = new PromiseWatch(
      core as unknown as NodeCore,
      promises,
      [source as unknown as SequencerClient],
      sender as unknown as L1Sender,
      () => NOW,
      pino({ level: "silent" }),
    );
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is kept where the slot's leader signed it, or a member of old where the term is gone", async () => {
    const old = sign({ slot: SLOT - 4, height: HEAD - 1 }, BEN);
    shown = [sign(), sign({ slot: SLOT + 1, height: HEAD - 2 }, BEN), old];
    await watch.look();
    expect(promises.at(HEAD)).to.deep.equal([sign()]);
    expect(promises.at(HEAD - 1)).to.deep.equal([old]);
    expect(promises.at(HEAD - 2)).to.have.length(1);
    expect(sent).to.deep.equal([]);
    expect(health.summary()).to.equal(null);
  });

  it("is refused, with all that its giver shows behind it, where it is no promise of a leader", async () => {
    const wrong: [unknown, string][] = [
      [sign({}, BEN), "not its slot"],
      [sign({ slot: SLOT - 4 }, STRANGER), "no member"],
      [{ ...sign(), expiry: 1 }, "another's signature"],
      [{ ...sign(), leader: devAccount(BEN).address.toLowerCase() }, "another's name"],
      [sign({ height: HEAD + 1 }), "a height that was not asked for"],
      [sign({ height: HEAD - 64 }), "another one"],
      [{ ...sign(), slot: -1 }, "no slot"],
      [null, "nothing"],
    ];
    for (const [one, what] of wrong) {
      shown = [one, sign({ height: HEAD - 3 })];
      await watch.look();
      expect(promises.at(HEAD - 3), what).to.deep.equal([]);
      expect(promises.at(HEAD), what).to.deep.equal([]);
    }
    shown = [sign({ height: HEAD - 63 })];
    await watch.look();
    expect(promises.at(HEAD - 63), "the lowest that was asked for").to.have.length(1);
  });

  it("costs the stake where it is two blocks, reported once, until the seat is empty", async () => {
    const other = sign({ blockHash: hash("b") });
    shown = [sign()];
    await watch.look();
    shown = [other];
    await watch.look();
    await watch.look();
    expect(health.summary()).to.match(/equivocation: 0x.* signed two blocks for one height/);
    const [report, ...more] = sent;
    expect(more).to.deep.equal([]);
    const { name, args } = ROTATION_ABI.parseTransaction({ data: report.data })!;
    expect([report.to, name]).to.deep.equal([DOMAIN.inbox, "reportEquivocation"]);
    expect([...args[1]]).to.deep.equal([sign().signature, other.signature]);
    accounts = [ZeroAddress, accounts[1]];
    await watch.look();
    expect(health.summary()).to.equal(null);
  });

  it("is asked for again when L1 comes back, and never where one sequencer posts", async () => {
    shown = [sign()];
    isAway = true;
    await watch.look();
    expect(health.summary()).to.match(/promises: L1 is away/);
    [isAway, mode] = [false, 0];
    await watch.look();
    expect(health.summary()).to.equal(null);
    expect(promises.at(HEAD)).to.deep.equal([]);
  });
});
