import { expect } from "chai";
import { Interface, type Fragment } from "ethers";
import * as abi from "../../client/abi";
import { readArtifact } from "../../deployment";
import { CLAIMS_ABI } from "../../games/claims";
import { QUEUE_ABI } from "../../games/edges";
import { SETTLEMENT_ABI } from "../../games/settlement";
import { TOURNAMENT_ABI } from "../../games/tournament";
import { ROTATION_ABI } from "../../node/rotation/abi";

const PARTS: [name: string, ours: Interface, source: string][] = [
  ["PORTAL_ABI", abi.PORTAL_ABI, "bridge/Portal"],
  ["INBOX_ABI", abi.INBOX_ABI, "inbox/Inbox"],
  ["TOKEN_BRIDGE_ABI", abi.TOKEN_BRIDGE_ABI, "bridge/TokenBridge"],
  ["BRAKE_ABI", abi.BRAKE_ABI, "bridge/BrakedTokenBridge"],
  ["EXIT_MARKET_ABI", abi.EXIT_MARKET_ABI, "liquidity/ExitMarket"],
  ["TOKEN_ABI", abi.TOKEN_ABI, "test/Tokens:OrdinaryToken"],
  ["MESSAGE_PASSER_ABI", abi.MESSAGE_PASSER_ABI, "l2/MessagePasser"],
  ["L2_BRIDGE_ABI", abi.L2_BRIDGE_ABI, "l2/L2Bridge"],
  ["L2_TOKEN_FACTORY_ABI", abi.L2_TOKEN_FACTORY_ABI, "l2/L2TokenFactory"],
  ["GAME_ABI", abi.GAME_ABI, "settlement/AssertionGame"],
  ["SOLVENCY_ORACLE_ABI", abi.SOLVENCY_ORACLE_ABI, "solvency/SolvencyOracle"],
  ["SUM_ROOTS_ABI", abi.SUM_ROOTS_ABI, "solvency/SumRoots"],
  ["QUEUE_ABI", QUEUE_ABI, "games/edges/StateRootQueue"],
  ["CLAIMS_ABI", CLAIMS_ABI, "games/claims/ClaimsQueue"],
  ["TOURNAMENT_ABI", TOURNAMENT_ABI, "games/tournament/TournamentQueue"],
  ["ROTATION_ABI", ROTATION_ABI, "inbox/RotatingInbox"],
  ["SETTLEMENT_ABI", SETTLEMENT_ABI, "interfaces/ISettlement"],
];

describe("the client's interfaces", () => {
  for (const [name, ours, source] of PARTS)
    it(`has in ${name} what ${source} was compiled to, word for word`, () => {
      const { fragments } = new Interface(readArtifact(source).abi as never);
      const compiled = fragments.filter(({ type }) => type !== "constructor").map(bare);
      for (const fragment of ours.fragments) expect(compiled, name).to.include(bare(fragment));
    });
});

interface Parameter {
  type: string;
  indexed?: boolean;
  components?: Parameter[];
}

/** Types, indexed marks, mutability and results; names of parameters are anybody's. */
function bare(fragment: Fragment): string {
  const { type, name, inputs, outputs, stateMutability } = JSON.parse(fragment.format("json")) as {
    [key in "type" | "name" | "stateMutability"]: string;
  } & { [key in "inputs" | "outputs"]?: Parameter[] };
  const isRead = stateMutability === "pure" || stateMutability === "view";
  return JSON.stringify([type, name, inputs?.map(shape), outputs?.map(shape), isRead ? "view" : stateMutability]);
}

function shape({ type, indexed = false, components = [] }: Parameter): unknown {
  return [type, indexed, components.map(shape)];
}
