import { expect } from "chai";
import { getAddress, type EventLog } from "ethers";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { twoFaced } from "../../adversary/twoFaced";
import { parseConfig } from "../../actor/config/load";
import { systemOf } from "../../actor/deployedSystem";
import { openExecution } from "../../actor/execution";
import { createLogger } from "../../actor/log";
import { devAccount, OTHER_SEQUENCERS, ROLES } from "../../devnet/accounts";
import type { NodeCore } from "../../actor/core";
import { isEquivocation, signerOf, type SignedConfirmation } from "../../node/rotation/confirmation";
import { L1Rpc } from "../../node/l1/rpc";
import { createStateReader } from "../../node/state";
import type { Hex } from "../../protocol/types";
import { sequencerConfig } from "../../sequencer/config";
import { Sequencer, type SequencerDeps } from "../../sequencer/sequencer";
import { RotationTurns } from "../../sequencer/turns/rotation/turns";
import { verifierConfig } from "../../verifier/config";
import { Verifier } from "../../verifier/verifier";
import { TestSystem, until } from "./support/system";

const MEMBERS = [ROLES.sequencer, ...OTHER_SEQUENCERS] as const;
const [FIRST, SECOND, THIRD] = [0, 1, 2];
const FORCE_DELAY = 12;
const SLOT_SECONDS = 6;
/** More than a report costs on this L1. */
const GAS_WEI = 10n ** 16n;
/** Three slots of six seconds, and as much again where L1 and this machine are slow. */
const ROUND_SECONDS = 60;

describe("e2e: three sequencers in turns on a real L1", function () {
  this.timeout(400_000);
  const system = new TestSystem({ sequencing: "rotation", forceDelaySeconds: FORCE_DELAY });
  const sequencers: Sequencer[] = [];
  const verifiers: Verifier[] = [];
  const ended: string[] = [];
  let folder: string;

  const log = (name: string) => createLogger(name, process.env.SOLVENT_LOG ?? "silent");
  const shared = (name: string): object => ({
    dataDir: join(folder, name),
    deployment: system.devnet.info.deploymentFile,
    l1Url: system.devnet.info.l1.url,
    l1: { pollIntervalMs: 100, finality: 64, timeoutMs: 5_000 },
  });

  async function startSequencer(
    number: number,
    config: object = {},
    lies: Pick<SequencerDeps, "showPromises"> = {},
  ): Promise<Sequencer> {
    const name = `sequencer-${number}`;
    const whole = parseConfig(sequencerConfig, {
      ...shared(name),
      privateKey: devAccount(MEMBERS[number]).privateKey,
      ...{ blockTimeMs: 300, l1Confirmations: 1, batch: { maxAgeMs: 800 }, ...config },
    });
    const deps = { system: systemOf(system.deployment), open: openExecution, log: log(name), ...lies };
    const started = await Sequencer.create(whole, deps);
    void started.failed.then((error) => ended.push(`${name}: ${error.stack}`));
    await started.start();
    return (sequencers[number] = started);
  }

  async function startVerifier(number: number, config: object = {}): Promise<Verifier> {
    const name = `verifier-${number}`;
    const deps = { system: systemOf(system.deployment), open: openExecution, log: log(name) };
    const started = await Verifier.create(parseConfig(verifierConfig, { ...shared(name), ...config }), deps);
    void started.failed.then((error) => ended.push(`${name}: ${error.stack}`));
    await started.start();
    verifiers.push(started);
    return started;
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-rotation-"));
    await system.start();
    for (const number of MEMBERS.keys()) await startSequencer(number);
    for (const number of [1, 2]) await startVerifier(number);
  });
  after(async () => {
    for (const one of [...verifiers, ...sequencers]) await one?.stop();
    await system.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const leaderOf = (slot: number): Promise<string> => {
    const inbox = system.contract("inbox/RotatingInbox", system.deployment.addresses.inbox, ROLES.stranger);
    return inbox.leaderOf(slot) as Promise<string>;
  };

  /** Who posted the batches from one on, by the transactions on L1. */
  async function posters(from: number): Promise<Set<string>> {
    const inbox = system.contract("inbox/RotatingInbox", system.deployment.addresses.inbox, ROLES.stranger);
    const events = await inbox.queryFilter(inbox.filters.BatchAppended(), 0, "latest");
    const sent = events.slice(from).map(async (event) => (await event.getTransaction()).from.toLowerCase());
    return new Set(await Promise.all(sent));
  }

  const isSafe = ({ chain, store }: NodeCore, address: Hex, nonce: bigint): boolean => {
    const { stateRoot } = chain.requireBlockAt(chain.safe.number).header;
    return (createStateReader(store.nodes, stateRoot).account(address)?.nonce ?? 0n) >= nonce;
  };

  /** Sends a transaction to one of them and waits until both verifiers have it from L1. */
  async function lands(through: number, from: number, nonce: bigint): Promise<void> {
    await sequencers[through].submit(await system.sign(from, { to: `0x${"77".repeat(20)}`, value: 1n }));
    for (const { core } of verifiers)
      await until(
        `transaction ${nonce} of ${from}`,
        () => isSafe(core, devAccount(from).address, nonce),
        ROUND_SECONDS,
      );
  }

  async function eventually(what: string, probe: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 2_000 * ROUND_SECONDS; !(await probe());) {
      expect(Date.now(), what).to.be.below(end);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** Whoever reads L1 has the same chain, block by block. */
  function expectOneChain(): void {
    const cores = [...verifiers, ...sequencers.filter((one) => one !== undefined)].map(({ core }) => core);
    const common = Math.min(...cores.map(({ chain }) => chain.safe.number));
    for (let number = 1; number <= common; number++) {
      const hashes = new Set(cores.map(({ chain }) => chain.blockAt(number)?.hash));
      expect(hashes.size, `block ${number}`).to.equal(1);
    }
    expect(ended).to.deep.equal([]);
    for (const core of cores)
      for (const topic of ["program", "check", "derivation"]) expect(core.health.has(topic), topic).to.equal(false);
  }

  it("takes transactions through each of them, in batches of all, and forks nowhere", async () => {
    await Promise.all([lands(FIRST, 0, 1n), lands(SECOND, 1, 1n), lands(THIRD, 2, 1n)]);
    await until("each of them has posted", () => verifiers[0].core.view.batchCount > 6, 2 * ROUND_SECONDS);
    const seen = await posters(0);
    for (const member of MEMBERS) expect(seen).to.include(devAccount(member).address.toLowerCase());
    expectOneChain();
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
      await eventually("a promise", async () => (await seen()).length > 0);
      for (const { outcome, ...promise } of await seen()) {
        expect(signerOf(domain, promise, promise.signature)).to.equal(promise.leader);
        expect(promise.expiry).to.equal((promise.slot + 1) * SLOT_SECONDS);
        expect((await leaderOf(promise.slot)).toLowerCase()).to.equal(promise.leader);
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
    await Promise.all([lands(SECOND, 1, 2n), lands(THIRD, 2, 2n)]);
    await until("batches go on", () => verifiers[0].core.view.batchCount > count + 4, 2 * ROUND_SECONDS);
    expect(await posters(count + 1)).to.not.include(devAccount(MEMBERS[FIRST]).address.toLowerCase());
    expectOneChain();
  });

  it("passes no message by when one censors: the others take it", async () => {
    await sequencers[SECOND].stop();
    // It looks for messages so deep under L1's head that it never finds one.
    await startSequencer(SECOND, { l1Confirmations: 1_000_000 });
    const { delayedCount } = verifiers[0].core.view;
    await system.deposit(4, 5n);
    const { view } = verifiers[0].core;
    await until("the message is there", () => view.delayedCount > delayedCount);
    await until(
      "it is in a batch",
      () => (view.batch(view.batchCount - 1)?.delayedCount ?? 0) > delayedCount,
      FORCE_DELAY + ROUND_SECONDS,
    );
    await lands(THIRD, 2, 3n);
    expectOneChain();
  });

  it("takes the stake of a leader that shows two blocks for one height, for who watches who was shown the other", async () => {
    const account = devAccount(MEMBERS[SECOND]);
    await sequencers[SECOND].stop();
    const showPromises = twoFaced(systemOf(system.deployment), account.privateKey);
    const { rpcUrl } = await startSequencer(SECOND, {}, { showPromises });
    const shown = await startVerifier(3, { sequencerUrl: rpcUrl });
    const reporter = devAccount(ROLES.stranger);
    await startVerifier(4, { watchUrls: [shown.rpcUrl!], reporterKey: reporter.privateKey });
    const before = await system.provider.getBalance(reporter.address);
    const inbox = system.contract("inbox/RotatingInbox", system.deployment.addresses.inbox, ROLES.stranger);
    const { stake } = (await inbox.rotationParameters()) as { stake: bigint };
    await eventually("half the stake is burnt", async () => ((await inbox.stakesBurnt()) as bigint) > 0n);
    expect(await inbox.stakesBurnt()).to.equal(stake / 2n);
    const gained = (await system.provider.getBalance(reporter.address)) - before;
    expect(gained < stake / 2n && gained > stake / 2n - GAS_WEI, `${gained} for the report`).to.equal(true);
    const [event, ...more] = await inbox.queryFilter(inbox.filters.Equivocated(), 0, "latest");
    expect(more).to.deep.equal([]);
    expect((event as EventLog).args.slice(0, 2)).to.deep.equal([account.address, reporter.address].map(getAddress));
    await until("nobody has it to report any more", () => !verifiers[3].core.health.has("equivocation"), ROUND_SECONDS);
    await lands(THIRD, 2, 4n);
    expectOneChain();
  });

  it("leaves an idle chain's slots to those who lead them, and takes one over for what has waited longer than the grace", async () => {
    for (const one of sequencers) await one?.stop();
    const inbox = system.contract("inbox/RotatingInbox", system.deployment.addresses.inbox, ROLES.stranger);
    const self = devAccount(MEMBERS[THIRD]).address;
    const rpc = new L1Rpc(system.devnet.info.l1.url);
    const turns = new RotationTurns(rpc, system.deployment.addresses.inbox as Hex, self as Hex);
    /** What it may build after waiting so long, all asked in one slot of `leader`; null where that is not now. */
    const asked = async (leader: number, waited: readonly number[]): Promise<boolean[] | null> => {
      const { timestamp } = (await system.provider.getBlock("latest"))!;
      const slot = Math.floor(timestamp / SLOT_SECONDS);
      const isTheirs = (await leaderOf(slot)).toLowerCase() === devAccount(MEMBERS[leader]).address;
      if (!isTheirs || !(await inbox.mayCommit(self))) return null;
      const answers = await Promise.all(waited.map((seconds) => turns.mayBuild(slot * SLOT_SECONDS, seconds)));
      const { timestamp: after } = (await system.provider.getBlock("latest"))!;
      return Math.floor(after / SLOT_SECONDS) === slot ? answers : null;
    };
    const grace = 2 * SLOT_SECONDS;
    let others: boolean[] | null = null;
    await eventually("a silence opens a slot of the first", async () => {
      others = await asked(FIRST, [0, grace, grace + 1]);
      return others !== null;
    });
    expect(others).to.deep.equal([false, false, true]);
    let own: boolean[] | null = null;
    await eventually("its own slot", async () => (own = await asked(THIRD, [0])) !== null);
    expect(own).to.deep.equal([true]);
  });
});
