import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventLog } from "ethers";
import { devAccount, ROLES } from "../../devnet/accounts";
import type { DevnetOptions } from "../../devnet/devnet";
import { DataServer } from "../../node/data/altda/server";
import { decodeCursor } from "../../protocol";
import { eventuallySo, FIRST, Members, MEMBERS, ROUND_SECONDS, SECOND, THIRD } from "./support/members";
import { until } from "./support/system";

const MODES: readonly Pick<DevnetOptions, "data" | "l1">[] = [
  { data: "altda", l1: "hardhat" },
  { data: "blobs", l1: "anvil" },
];

describe("e2e: three sequencers in turns over other data", function () {
  this.timeout(900_000);

  for (const { data, l1 } of MODES)
    describe(data, () => {
      const members = new Members({ data, l1 });
      before(() => members.start());
      after(() => members.stop());

      it("takes transactions through each of them, in batches of all, and forks nowhere", async () => {
        const { verifiers } = members;
        await Promise.all([members.lands(FIRST, 0, 1n), members.lands(SECOND, 1, 1n), members.lands(THIRD, 2, 1n)]);
        await until(
          "batches of more than one round",
          () => verifiers[0].core.view.batchCount > 6,
          4 * members.roundSeconds,
        );
        const seen = await members.posters(0);
        for (const member of MEMBERS) expect(seen).to.include(devAccount(member).address.toLowerCase());
        members.expectOneChain();
      });

      it("goes on when one is killed", async () => {
        const { sequencers, verifiers } = members;
        await sequencers[FIRST].stop();
        delete sequencers[FIRST];
        const count = verifiers[0].core.view.batchCount;
        await Promise.all([members.lands(SECOND, 1, 2n), members.lands(THIRD, 2, 2n)]);
        await until("batches go on", () => verifiers[0].core.view.batchCount > count + 2, 4 * members.roundSeconds);
        members.expectOneChain();
      });
    });
});

describe("e2e: batches of members that are off L1 and lost", function () {
  this.timeout(900_000);
  const members = new Members({ data: "altda" });
  const { sequencers, verifiers, system } = members;
  const folder = mkdtempSync(join(tmpdir(), "solvent-own-"));
  let own: DataServer;
  let gateway: Server;
  before(async () => {
    own = await DataServer.start(folder);
    await members.start();
    gateway = await takesAndKeeps(own.url, system.devnet.dataUrl[0]);
  });
  after(async () => {
    await members.stop();
    gateway?.close();
    await own.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Batches from one on that a member posted, with what each was appended as. */
  async function committedBy(member: number, from: number): Promise<{ index: number; commitment: unknown[] }[]> {
    const { inbox } = members;
    const logs = (await inbox.queryFilter(inbox.filters.BatchCommitted(), 0)) as EventLog[];
    const { address } = devAccount(MEMBERS[member]);
    const found: { index: number; commitment: unknown[] }[] = [];
    for (const log of logs.filter(({ args }) => Number(args.index) >= from))
      if ((await log.getTransaction()).from.toLowerCase() === address)
        found.push({ index: Number(log.args.index), commitment: [...log.args].slice(2, 7) });
    return found;
  }

  async function challenge({ index, commitment }: { index: number; commitment: unknown[] }): Promise<void> {
    const { inbox } = members;
    await (await inbox.challenge(index, commitment, { value: (await inbox.challengeBond()) as bigint })).wait();
  }

  const restart = async (member: number, config: object = {}): Promise<void> => {
    await sequencers[member].stop();
    await members.startSequencer(member, config, { mayAnswer: () => false });
  };

  it("stop the others while nobody gives their bytes, and are empty once they were challenged; then all goes on", async () => {
    const { port } = gateway.address() as AddressInfo;
    await restart(SECOND, { dataUrl: [`http://127.0.0.1:${port}`] });
    const from = Number(await members.inbox.committedCount());
    await eventuallySo("a batch that nobody else can read", async () => (await committedBy(SECOND, from)).length > 0);
    const problem = (): string => sequencers[FIRST].core.health.toJSON().problems.pending ?? "";
    await until("the others say so", () => /nobody gives its bytes/.test(problem()));
    await sequencers[SECOND].stop();
    // What it has sent may still be on its way into a block.
    const { address } = devAccount(MEMBERS[SECOND]);
    const countAt = (tag: string): Promise<number> => system.provider.getTransactionCount(address, tag);
    await eventuallySo("all of it is in blocks", async () => (await countAt("pending")) === (await countAt("latest")));
    const lost = await committedBy(SECOND, from);
    for (const one of lost) await challenge(one);
    const { view } = verifiers[0].core;
    await until("they count", () => view.batch(lost.at(-1)!.index) !== undefined, ROUND_SECONDS);
    expect(lost.map(({ index }) => view.batch(index)!.sizeBytes)).to.deep.equal(lost.map(() => 0));
    await members.startSequencer(SECOND);
    await Promise.all([members.lands(FIRST, 0, 1n), members.lands(THIRD, 2, 1n)]);
    members.expectOneChain();
  });

  it("take along what was built on them, whose transactions come again", async () => {
    for (const member of MEMBERS.keys()) await restart(member);
    const hash = await members.submit(FIRST, 3);
    const placeAt = (member: number) => sequencers[member].core.chain.place(hash)?.block;
    const block = await until("the others build on it", () => placeAt(SECOND) && placeAt(THIRD), ROUND_SECONDS);
    const index = Number(decodeCursor(block.header.extraData).batch);
    const later = await members.submit(SECOND, 4);
    await until("a block behind it", () => sequencers[SECOND].core.chain.place(later), ROUND_SECONDS);
    const [lost] = (await committedBy(FIRST, index)).filter((one) => one.index === index);
    expect(lost, "the batch is the first member's").to.not.equal(undefined);
    await challenge(lost);
    const { view, chain } = verifiers[0].core;
    await eventuallySo("it counts, and all behind it", async () => {
      await system.settle(ROLES.stranger);
      return view.batch(index) !== undefined && chain.place(later) !== undefined && chain.place(hash) !== undefined;
    });
    expect(view.batch(index)!.sizeBytes).to.equal(0);
    expect(chain.place(hash)!.block.hash, "in another block").to.not.equal(block.hash);
    members.expectOneChain();
  });
});

/** A server for a member that withholds: it reads what all have, and what it writes nobody else gets. */
async function takesAndKeeps(own: string, common: string): Promise<Server> {
  const server = createServer((request, response) => {
    void (async () => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const isRead = request.method === "GET";
      const body = isRead ? undefined : Buffer.concat(parts);
      const answer = await fetch(`${isRead ? common : own}${request.url}`, { method: request.method, body });
      response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
