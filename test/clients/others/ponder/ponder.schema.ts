import { onchainTable } from "ponder";
export const deposit = onchainTable("deposit", (t) => ({
  id: t.text().primaryKey(),
  to: t.hex().notNull(),
  amount: t.bigint().notNull(),
  balance: t.bigint().notNull(),
  block: t.bigint().notNull(),
}));
