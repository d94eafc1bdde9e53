import { depositsIn } from "../../../client/deposit";
import { INBOX_ABI } from "../../../client/abi";
import type { RollupAddresses } from "../../../client/types";
import { quantity } from "../../../protocol/quantity";
import { l1, node, useL1Seconds, useQuery } from "../live";
import { duration, ether, moment } from "../format";
import { L1Logs } from "../l1Logs";
import { Account, Badge, Hash, Loaded, Table } from "../parts/parts";
import type { BatchInfo, RpcLog, SyncStatus, SystemConfig } from "./types";

const MOST_ROWS = 100;

interface Message {
  index: number;
  sender: string;
  to: string | null;
  mint: bigint;
  value: bigint;
  l1Time: number;
  l1Hash: string;
  l2Hash: string;
}

let logs: L1Logs | null = null;

/** Messages from L1, each with the clock after which anybody may force it. */
export function Messages() {
  const found = useQuery("messages", read, ["l1"]);
  const consumed = useQuery("messages in batches", readConsumed, ["l1"]);
  const forceDelay = useQuery("force delay", readForceDelay);
  const now = useL1Seconds();
  return (
    <>
      <h1>Messages from L1</h1>
      <p class="quiet">
        L2 takes them in this order. Once a message is{" "}
        {forceDelay.data === undefined ? "old enough" : `${duration(forceDelay.data)} old`} anybody may force it in,
        whatever the sequencer does.
      </p>
      <Loaded query={found}>
        {(list) => (
          <Table
            label="messages"
            head={["no.", "state", "sent", "from", "to", "minted", "value", "L1 transaction", "on L2"]}
            rows={list.map((message) => [
              message.index,
              <State
                message={message}
                consumed={consumed.data}
                waits={forceDelay.data === undefined || now === null ? null : message.l1Time + forceDelay.data - now}
              />,
              moment(message.l1Time),
              <Account value={message.sender} />,
              <Account value={message.to} />,
              ether(message.mint),
              ether(message.value),
              <Hash value={message.l1Hash} to="tx" />,
              <Hash value={message.l2Hash} to="tx" />,
            ])}
          />
        )}
      </Loaded>
    </>
  );
}

function State({ message, consumed, waits }: { message: Message; consumed: number | undefined; waits: number | null }) {
  if (consumed !== undefined && message.index < consumed) return <Badge kind="good">in a batch</Badge>;
  if (waits === null) return <Badge kind="plain">waits</Badge>;
  if (waits > 0) return <Badge kind="plain">waits; can be forced in {duration(waits)}</Badge>;
  return <Badge kind="open">overdue: can be forced now</Badge>;
}

async function read(): Promise<Message[]> {
  const system = await node.send<SystemConfig>("rollup_config");
  logs ??= new L1Logs(system.inbox, system.startBlock, [INBOX_ABI.getEvent("MessageSent")!.topicHash]);
  return (await logs.read())
    .slice(-MOST_ROWS)
    .reverse()
    .map((log) => messageOf(log, system as unknown as RollupAddresses));
}

function messageOf(log: RpcLog, rollup: RollupAddresses): Message {
  const { args } = INBOX_ABI.parseLog(log)!;
  const [deposit] = depositsIn({ logs: [log] } as unknown as Parameters<typeof depositsIn>[0], rollup);
  return {
    index: Number(args.index),
    sender: String(args.sender).toLowerCase(),
    to: args.isCreation ? null : String(args.to).toLowerCase(),
    mint: args.mint,
    value: args.value,
    l1Time: Number(args.l1Time),
    l1Hash: log.transactionHash,
    l2Hash: deposit.l2Hash,
  };
}

/** How many messages the batches on L1 have taken so far. */
export async function readConsumed(): Promise<number> {
  const { batchCount } = await node.send<SyncStatus>("rollup_syncStatus");
  const last =
    batchCount === 0 ? null : await node.send<BatchInfo | null>("rollup_getBatch", [quantity(batchCount - 1)]);
  return last?.delayedCount ?? 0;
}

async function readForceDelay(): Promise<number> {
  if (l1 === null) throw new Error("no L1");
  const { inbox } = await node.send<SystemConfig>("rollup_config");
  // forceDelay()
  return Number(await l1.send<string>("eth_call", [{ to: inbox, data: "0xe6d7128a" }, "latest"]));
}
