import { ponder } from "ponder:registry";
import schema from "ponder:schema";
ponder.on("WETH:Deposit", async ({ event, context }) => {
  const { WETH } = context.contracts;
  const balance = await context.client.readContract({
    abi: WETH.abi,
    address: WETH.address,
    functionName: "balanceOf",
    args: [event.args.dst],
  });
  await context.db
    .insert(schema.deposit)
    .values({ id: event.id, to: event.args.dst, amount: event.args.wad, balance, block: event.block.number });
});
