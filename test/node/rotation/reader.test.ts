import { expect } from "chai";
import { getAddress } from "ethers";
import { devAccount } from "../../../devnet/accounts";
import type { L1Rpc } from "../../../node/l1/rpc";
import { ROTATION_ABI } from "../../../node/rotation/abi";
import { RotationReader } from "../../../node/rotation/reader";
import type { Hex } from "../../../protocol/types";

const INBOX: Hex = `0x${"1b".repeat(20)}`;
const [ANNE, BEN] = [1, 2].map((index) => devAccount(index).address);
const SLOT_SECONDS = 6;
const NUMBERS = [1n, SLOT_SECONDS, 4n, 2n, 5n, 0n, false];

describe("node: whose slot it is", () => {
  let accounts: string[];
  let asked: number;
  const send = (_method: string, [{ data }]: [{ data: string }]): Promise<string> => {
    const { name } = ROTATION_ABI.parseTransaction({ data })!;
    if (name === "rotationParameters") return Promise.resolve(ROTATION_ABI.encodeFunctionResult(name, [NUMBERS]));
    asked++;
    return Promise.resolve(ROTATION_ABI.encodeFunctionResult("schedule", [25, [3n, 3n, 3n], accounts, []]));
  };
  const open = (): RotationReader => new RotationReader({ send } as unknown as L1Rpc, INBOX);

  beforeEach(() => {
    accounts = [ANNE, BEN].map(getAddress);
    asked = 0;
  });

  it("is read once a slot, in lower case", async () => {
    const reader = open();
    expect(await reader.slotAt(600)).to.deep.equal({ slot: 100, ends: 606, leader: ANNE });
    expect(await reader.slotAt(605)).to.deep.equal({ slot: 100, ends: 606, leader: ANNE });
    expect(asked).to.equal(1);
    expect((await reader.slotAt(606)).leader).to.equal(BEN);
    expect(asked).to.equal(2);
  });

  it("is read anew where time goes back: what L1 said later it says no more", async () => {
    const reader = open();
    accounts = [ANNE, `0x${"00".repeat(20)}`];
    expect((await reader.slotAt(612 + SLOT_SECONDS)).leader).to.equal(null);
    accounts = [ANNE, BEN];
    expect((await reader.slotAt(606)).leader).to.equal(BEN);
  });
});
