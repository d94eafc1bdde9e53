import { expect } from "chai";
import { getAddress, type EventLog } from "ethers";
import { twoFaced } from "../../adversary/twoFaced";
import { systemOf } from "../../actor/deployedSystem";
import { devAccount, ROLES } from "../../devnet/accounts";
import { isEquivocation, signerOf, type SignedConfirmation } from "../../node/rotation/confirmation";
import { L1Rpc } from "../../node/l1/rpc";
import type { Hex } from "../../protocol/types";
import { RotationTurns } from "../../sequencer/turns/rotation/turns";
import { eventuallySo, FIRST, FORCE_DELAY, Members, MEMBERS, ROUND_SECONDS, SECOND, THIRD } from "./support/members";
import { until } from "./support/system";

const SLOT_SECONDS = 6;
/** More than a report costs on this L1. */
const GAS_WEI = 10n ** 16n;

describe("e2e: three sequencers in turns on a real L1", function () {
  this.timeout(400_000);
  const members = new Members();
  const { system, sequencers, verifiers } = members;

  before(() => members.start());
  after(() => members.stop());

  it("takes transactions through each of them, in batches of all, and forks nowhere", async () => {
    await Promise.all([members.lands(FIRST, 0, 1n), members.lands(SECOND, 1, 1n), members.lands(THIRD, 2, 1n)]);
    await until("each of them has posted", () => verifiers[0].core.view.batchCount > 6, 2 * ROUND_SECONDS);
    const seen = await members.posters(0);
    for (const member of MEMBERS) expect(seen).to.include(devAccount(member).address.toLowerCase());
    members.expectOneChain();
  });

  type Shown = SignedConfirmation & { outcome: string };
  async function promisesOf(url: string, count: number): Promise<Shown[]> {
    const rpc = new L1Rpc(url);
    return rpc.send<Shown[]>("rollup_promise", [1, count]).finally(() => rpc.close());
  }

  it("promises its blocks, each by the leader of its slot until the slot ends, and keeps nearly all", async () => {
    const { system: domain } = verifiers[0].core;
    const leaders = new Set<string>();
    const outcomes: string[] = [];
    const all: SignedConfirmation[] = [];
    for (const { rpcUrl, core } of sequencers) {
      const seen = (): Promise<Shown[]> => promisesOf(rpcUrl!, Math.min(256, Math.max(1, core.chain.safe.number)));
      // None in its first slot: its disk was empty.
      await eventuallySo("a promise", async () => (await seen()).length > 0);
      for (const { outcome, ...promise } of await seen()) {
        expect(signerOf(domain, promise, promise.signature)).to.equal(promise.leader);
        expect(promise.expiry).to.equal((promise.slot + 1) * SLOT_SECONDS);
        expect((await members.leaderOf(promise.slot)).toLowerCase()).to.equal(promise.leader);
        expect(promise.blockHash === core.chain.blockAt(promise.height)!.hash).to.equal(outcome === "kept");
        leaders.add(promise.leader);
        outcomes.push(outcome);
        all.push(promise);
      }
    }
    expect(leaders.size, "each of them has promised").to.equal(3);
    expect(outcomes.filter((outcome) => outcome === "kept").length).to.be.above(outcomes.length / 2);
    for (const one of all)
      expect(
        all.some((other) => isEquivocation(one, other)),
        JSON.stringify(one),
      ).to.equal(false);
  });

  it("goes on when one is killed", async () => {
    await sequencers[FIRST].stop();
    delete sequencers[FIRST];
    const count = verifiers[0].core.view.batchCount;
    await Promise.all([members.lands(SECOND, 1, 2n), members.lands(THIRD, 2, 2n)]);
    await until("batches go on", () => verifiers[0].core.view.batchCount > count + 4, 2 * ROUND_SECONDS);
    expect(await members.posters(count + 1)).to.not.include(devAccount(MEMBERS[FIRST]).address.toLowerCase());
    members.expectOneChain();
  });

  it("passes no message by when one censors: the others take it", async () => {
    await sequencers[SECOND].stop();
    // It looks for messages so deep under L1's head that it never finds one.
    await members.startSequencer(SECOND, { l1Confirmations: 1_000_000 });
    const { delayedCount } = verifiers[0].core.view;
    await system.deposit(4, 5n);
    const { view } = verifiers[0].core;
    await until("the message is there", () => view.delayedCount > delayedCount);
    await until(
      "it is in a batch",
      () => (view.batch(view.batchCount - 1)?.delayedCount ?? 0) > delayedCount,
      FORCE_DELAY + ROUND_SECONDS,
    );
    await members.lands(THIRD, 2, 3n);
    members.expectOneChain();
  });

  it("takes the stake of a leader that shows two blocks for one height, for who watches who was shown the other", async () => {
    const account = devAccount(MEMBERS[SECOND]);
    await sequencers[SECOND].stop();
    const showPromises = twoFaced(systemOf(system.deployment), account.privateKey);
    const { rpcUrl } = await members.startSequencer(SECOND, {}, { showPromises });
    const shown = await members.startVerifier(3, { sequencerUrl: rpcUrl });
    const received = shown.core.registry.getSingleMetric("solvent_feed_received_bytes_total")!;
    await eventuallySo("a member's blocks come by its feed", async () => (await received.get()).values[0].value > 0);
    const reporter = devAccount(ROLES.stranger);
    await members.startVerifier(4, { watchUrls: [shown.rpcUrl!], reporterKey: reporter.privateKey });
    const before = await system.provider.getBalance(reporter.address);
    const { inbox } = members;
    const { stake } = (await inbox.rotationParameters()) as { stake: bigint };
    await eventuallySo("half the stake is burnt", async () => ((await inbox.stakesBurnt()) as bigint) > 0n);
    expect(await inbox.stakesBurnt()).to.equal(stake / 2n);
    const gained = (await system.provider.getBalance(reporter.address)) - before;
    expect(gained < stake / 2n && gained > stake / 2n - GAS_WEI, `${gained} for the report`).to.equal(true);
    const [event, ...more] = await inbox.queryFilter(inbox.filters.Equivocated(), 0, "latest");
    expect(more).to.deep.equal([]);
    expect((event as EventLog).args.slice(0, 2)).to.deep.equal([account.address, reporter.address].map(getAddress));
    await until("nobody has it to report any more", () => !verifiers[3].core.health.has("equivocation"), ROUND_SECONDS);
    await members.lands(THIRD, 2, 4n);
    members.expectOneChain();
  });

  it("leaves an idle chain's slots to those who lead them, and takes one over for what has waited longer than the grace", async () => {
    for (const one of sequencers) await one?.stop();
    const { inbox } = members;
    const self = devAccount(MEMBERS[THIRD]).address;
    const rpc = new L1Rpc(system.devnet.info.l1.url);
    const turns = new RotationTurns(rpc, system.deployment.addresses.inbox as Hex, self as Hex);
    /** What it may build after waiting so long, all asked in one slot of `leader`; null where that is not now. */
    const asked = async (leader: number, waited: readonly number[]): Promise<boolean[] | null> => {
      const { timestamp } = (await system.provider.getBlock("latest"))!;
      const slot = Math.floor(timestamp / SLOT_SECONDS);
      const isTheirs = (await members.leaderOf(slot)).toLowerCase() === devAccount(MEMBERS[leader]).address;
      if (!isTheirs || !(await inbox.mayCommit(self))) return null;
      const answers = await Promise.all(waited.map((seconds) => turns.mayBuild(slot * SLOT_SECONDS, seconds)));
      const { timestamp: after } = (await system.provider.getBlock("latest"))!;
      return Math.floor(after / SLOT_SECONDS) === slot ? answers : null;
    };
    const grace = 2 * SLOT_SECONDS;
    let others: boolean[] | null = null;
    await eventuallySo("a silence opens a slot of the first", async () => {
      others = await asked(FIRST, [0, grace, grace + 1]);
      return others !== null;
    });
    expect(others).to.deep.equal([false, false, true]);
    let own: boolean[] | null = null;
    await eventuallySo("its own slot", async () => (own = await asked(THIRD, [0])) !== null);
    expect(own).to.deep.equal([true]);
  });
});
