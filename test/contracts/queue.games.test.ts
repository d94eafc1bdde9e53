import { expect } from "chai";
import hre from "hardhat";
import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { AbiCoder, Contract, encodeRlp, getAddress, keccak256, toBeHex, ZeroAddress, ZeroHash } from "ethers";
import type { Hex } from "../../protocol/types";
import { readArtifact } from "../../deployment";
import { assertOutput, queueOf, waitOut, type OutputPreimage, type RealAssertion } from "./support/assertions";
import { deployRealSystem, trivialProgram } from "./support/system";

const GAME_TYPE = 100n;
const FATE = { standing: 0n, rivalled: 1n, won: 2n, lost: 3n };
const STATUS = { inProgress: 0n, challengerWins: 1n, defenderWins: 2n };
const ROOT = keccak256("0x01") as Hex;
/** Answers every call with the largest word. */
const BOUNDLESS_CODE = "0x5f195f5260205ff3";

/** Preimage of an output root whose header has that number. */
const output = (number: number): OutputPreimage => {
  const items = [...Array<string>(8).fill("0x"), toBeHex(number), "0x05"];
  return { stateRoot: ROOT, messagePasserStorageRoot: ROOT, header: encodeRlp(items) as Hex };
};
const numberData = (number: number): string => AbiCoder.defaultAbiCoder().encode(["uint256"], [number]);

/** All that clients of the OP Stack read of the queue (their factory and registry) and of an assertion's game. */
describe("State root queue: games", () => {
  let system: Awaited<ReturnType<typeof deployRealSystem>>;
  let queue: Contract;
  let first: RealAssertion;
  let child: RealAssertion;
  beforeEach(async () => {
    system = await loadFixture(deployRealSystem);
    queue = queueOf(system.deployment, system.user);
    first = await assertOutput(system.deployment, system.user, output(5));
    child = await assertOutput(system.deployment, system.other, output(6), { origin: first.childOrigin });
  });

  const gameOf = ({ game }: RealAssertion) =>
    new Contract(game, readArtifact("settlement/AssertionGame").abi, system.user);
  const rival = () => assertOutput(system.deployment, system.other, output(7));
  const fates = async (...assertions: RealAssertion[]) =>
    Promise.all(assertions.map(async ({ id }) => (await queue.fateOf(id))[0] as bigint));
  const listed = async (...args: [type: bigint, start: number, n: number]) =>
    ((await queue.findLatestGames(...args)) as { index: bigint }[]).map(({ index }) => Number(index));

  it("shows an assertion's constants as a game", async () => {
    const game = gameOf(child);
    const created = (await queue.edge(child.id)).created as bigint;
    const period = (await queue.challengePeriod()) as bigint;
    expect(await game.assertion()).to.equal(child.id);
    expect(await game.parent()).to.equal(first.id);
    expect(await game.queue()).to.equal(getAddress(String(queue.target)));
    expect(await game.rootClaim()).to.equal(child.outputRoot);
    expect(await game.l2BlockNumber()).to.equal(6n);
    expect(await game.l2SequenceNumber()).to.equal(6n);
    expect(await game.extraData()).to.equal(numberData(6));
    expect([...(await game.gameData())]).to.deep.equal([GAME_TYPE, child.outputRoot, numberData(6)]);
    expect(await game.gameType()).to.equal(GAME_TYPE);
    expect(await game.gameCreator()).to.equal(await system.other.getAddress());
    expect(await game.createdAt()).to.equal(created);
    expect(await game.maxClockDuration()).to.equal(period);
    expect(await game.expectedResolution()).to.equal(created + period);
    expect(await game.wasRespectedGameTypeWhenCreated()).to.equal(true);
  });

  it("shows the queue as factory and registry, for its own game type alone", async () => {
    const implementation = await queue.gameImpls(GAME_TYPE);
    expect(implementation).to.not.equal(ZeroAddress);
    expect(await queue.gameImpls(0)).to.equal(ZeroAddress);
    expect(await queue.initBonds(GAME_TYPE)).to.equal(await queue.stakeOf(0));
    expect(await queue.initBonds(1)).to.equal(0n);
    expect(await queue.disputeGameFactory()).to.equal(getAddress(String(queue.target)));
    expect(await queue.respectedGameType()).to.equal(GAME_TYPE);
    expect(await queue.disputeGameFinalityDelaySeconds()).to.equal(0n);
    expect(await queue.gameCount()).to.equal(2n);
    const [type, timestamp, proxy] = await queue.gameAtIndex(1);
    expect([type, proxy]).to.deep.equal([GAME_TYPE, child.game]);
    expect(timestamp).to.equal((await queue.edge(child.id)).created);
  });

  it("tells each fate, and with it a game's status and the time of the decision", async () => {
    expect([...(await queue.fateOf(await queue.genesis()))]).to.deep.equal([FATE.won, 0n]);
    expect(await fates(first, child)).to.deep.equal([FATE.standing, FATE.standing]);
    expect(await gameOf(first).resolvedAt()).to.equal(0n);
    await waitOut(system.deployment);
    const late = await rival();
    expect(await fates(first, child, late)).to.deep.equal([FATE.rivalled, FATE.rivalled, FATE.rivalled]);
    for (const open of [first, child, late]) expect(await gameOf(open).status()).to.equal(STATUS.inProgress);
    await first.confirm();
    const decidedAt = BigInt(await time.latest());
    expect(await fates(first, child, late)).to.deep.equal([FATE.won, FATE.standing, FATE.lost]);
    const statuses = await Promise.all([first, child, late].map((assertion) => gameOf(assertion).status()));
    expect(statuses).to.deep.equal([STATUS.defenderWins, STATUS.inProgress, STATUS.challengerWins]);
    const times = await Promise.all([first, child, late].map((assertion) => gameOf(assertion).resolvedAt()));
    expect(times).to.deep.equal([decidedAt, 0n, decidedAt]);
  });

  it("lists what is confirmed or stands alone, newest first, from a start, up to a number", async () => {
    expect(await listed(GAME_TYPE, 1, 10)).to.deep.equal([1, 0]);
    expect(await listed(GAME_TYPE, 1, 1)).to.deep.equal([1]);
    expect(await listed(GAME_TYPE, 0, 10)).to.deep.equal([0]);
    expect(await listed(GAME_TYPE, 2, 10)).to.deep.equal([]);
    expect(await listed(GAME_TYPE, 1, 0)).to.deep.equal([]);
    expect(await listed(1n, 1, 10)).to.deep.equal([]);
    await waitOut(system.deployment);
    await rival();
    expect(await listed(GAME_TYPE, 2, 10)).to.deep.equal([]);
    await first.confirm();
    expect(await listed(GAME_TYPE, 2, 10)).to.deep.equal([1, 0]);
    const [{ metadata, timestamp, rootClaim, extraData }] = await queue.findLatestGames(GAME_TYPE, 0, 1);
    const created = (await queue.edge(first.id)).created as bigint;
    expect(BigInt(metadata)).to.equal((GAME_TYPE << 224n) | (created << 160n) | BigInt(first.game));
    expect([timestamp, rootClaim, extraData]).to.deep.equal([created, first.outputRoot, numberData(5)]);
  });

  it("I6 tells a fate in pages of any length, and says where the next begins", async () => {
    const chain = [first, child];
    while (chain.length < 7)
      chain.push(
        await assertOutput(system.deployment, system.user, output(5 + chain.length), {
          origin: chain.at(-1)!.childOrigin,
        }),
      );
    const last = chain.at(-1)!;
    /** The fates of all pages. */
    const pagesOf = async (most: number): Promise<bigint[]> => {
      const found: bigint[] = [];
      for (let at: string = last.id; BigInt(at) !== 0n;) {
        const [fate, decidedAt, next] = (await queue.fateBelow(at, most)) as [bigint, bigint, string];
        found.push(fate);
        if (next !== at) at = next;
        expect(fate === FATE.lost || decidedAt === 0n).to.equal(true);
      }
      return found;
    };
    for (const most of [1, 3, 7, 100]) {
      const pages = await pagesOf(most);
      expect(pages).to.deep.equal(Array(Math.ceil(7 / most)).fill(FATE.standing));
    }
    expect([...(await queue.fateBelow(last.id, 0))]).to.deep.equal([FATE.standing, 0n, last.id]);
    expect([...(await queue.fateBelow(await queue.genesis(), 0))]).to.deep.equal([FATE.won, 0n, ZeroHash]);
    await waitOut(system.deployment);
    const late = await rival();
    expect(await pagesOf(4)).to.deep.equal([FATE.standing, FATE.rivalled]);
    await first.confirm();
    expect(await pagesOf(4)).to.deep.equal([FATE.standing, FATE.standing]);
    const [fate, decidedAt, next] = await queue.fateBelow(late.id, 1);
    expect([fate, next]).to.deep.equal([FATE.lost, ZeroHash]);
    expect(decidedAt).to.equal(BigInt(await time.latest()));
  });

  it("I6 lists a chain of unconfirmed assertions by walking it once, whatever is asked for of it", async () => {
    const chain = [first, child];
    while (chain.length < 24)
      chain.push(
        await assertOutput(system.deployment, system.user, output(5 + chain.length), {
          origin: chain.at(-1)!.childOrigin,
        }),
      );
    const gas = async (start: number, n: number): Promise<number> =>
      Number(await queue.findLatestGames.estimateGas(GAME_TYPE, start, n));
    expect(await listed(GAME_TYPE, 23, 24)).to.deep.equal([...Array(24).keys()].reverse());
    // One walk and 24 hits; 24 walks of 12 on average would be more than twice as much.
    const [one, all, half] = [await gas(23, 1), await gas(23, 24), await gas(11, 12)];
    expect(all - one, "23 hits more").to.be.below(2.5 * (half - (await gas(11, 1))));
  });

  it("says of each game whether it is its own, proper, and final", async () => {
    await waitOut(system.deployment);
    const late = await rival();
    await first.confirm();
    const says = async (game: string) =>
      Promise.all(
        ["isGameRegistered", "isGameRespected", "isGameProper", "isGameFinalized", "isGameClaimValid"].map(
          (name) => queue.getFunction(name)(game) as Promise<boolean>,
        ),
      );
    expect(await says(first.game)).to.deep.equal([true, true, true, true, true]);
    expect(await says(child.game)).to.deep.equal([true, true, true, false, false]);
    expect(await says(late.game)).to.deep.equal([true, true, false, false, false]);
    for (const foreign of [ZeroAddress, String(queue.target)])
      expect(await says(foreign)).to.deep.equal([false, false, false, false, false]);
  });

  it("confirms an assertion only together with its output root and its children's inbox", async () => {
    const inbox = {
      batchCount: 0n,
      lastBatch: `0x${"00".repeat(32)}`,
      delayedCount: 0n,
      lastDelayed: `0x${"00".repeat(32)}`,
    };
    expect(await queue.isConfirmed(first.id, first.outputRoot, inbox)).to.equal(false);
    await first.confirm();
    expect(await queue.isConfirmed(first.id, first.outputRoot, inbox)).to.equal(true);
    expect(await queue.isConfirmed(first.id, child.outputRoot, inbox)).to.equal(false);
    expect(await queue.isConfirmed(first.id, first.outputRoot, { ...inbox, batchCount: 1n })).to.equal(false);
  });

  it("V10 refuses an inbox whose counts have more than 64 bits", async () => {
    const inbox = "0x00000000000000000000000000000000000024ab";
    await hre.network.provider.send("hardhat_setCode", [inbox, BOUNDLESS_CODE]);
    const prover = await hre.ethers.deployContract("OneStepProver", [trivialProgram(), inbox]);
    const factory = await hre.ethers.getContractFactory("StateRootQueue");
    const argument = {
      ...{ heights: [2, 17, 17], stakes: [1n, 1n, 1n], challengePeriod: 40, responseTime: 1, censorshipTime: 0 },
      ...{ genesisOutputRoot: ROOT, inbox, prover: prover.target },
    };
    await expect(factory.deploy(argument as never))
      .to.be.revertedWithCustomError(factory, "BadParameter")
      .withArgs(hre.ethers.encodeBytes32String("inbox"));
  });
});
