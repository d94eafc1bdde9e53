import { AbiCoder, keccak256 } from "ethers";
import type { ExitTerms, OfferState } from "../client";
import { termsFromJson } from "../client/fastExit";
import { RpcError, type RpcMethods } from "../node/rpc";
import { quantity } from "../protocol/quantity";
import type { Hex } from "../protocol/types";
import { worthOf, type Position } from "./decide";

/** Source: JSON-RPC 2.0. */
const INVALID_PARAMS = -32602;
const HEX: Readonly<Record<string, RegExp>> = {
  owner: /^0x[0-9a-fA-F]{40}$/,
  asset: /^0x[0-9a-fA-F]{40}$/,
  price: /^0x[0-9a-f]{1,48}$/,
  deadline: /^0x[0-9a-f]{1,16}$/,
  salt: /^0x[0-9a-fA-F]{64}$/,
};

/** Who answers: the maker. */
interface Desk {
  position(): Promise<Position>;
  offer(terms: ExitTerms, claim: Hex, l2Hash: Hex): Promise<OfferState>;
}

/**
 * What users ask a maker: `exit_quote(asset, amount)`, and `exit_offer(terms, l2Hash)`, which tells of a sale and, asked again, how it stands.
 * @see docs/spec/14-fast-exit.md#maker
 */
export function exitMethods(maker: Desk): RpcMethods {
  return {
    exit_quote: async (params) => {
      const asset = params.address(0);
      if (BigInt(asset) !== 0n) throw new RpcError(INVALID_PARAMS, "this maker buys ether alone");
      const amount = params.quantity(1);
      const position = await maker.position();
      const next = position.boughtUpTo + 1;
      const [price, waitSeconds] = await Promise.all([
        worthOf(position, next, amount),
        position.outlook.waitSeconds(next, amount),
      ]);
      return { price: quantity(price), waitSeconds: quantity(waitSeconds), trouble: position.outlook.trouble };
    },
    exit_offer: async (params) => {
      const terms = parseTerms(params.required(0));
      const { state, reason } = await maker.offer(terms, claimOf(terms), params.hash(1));
      return { state, reason };
    },
  };
}

function parseTerms(value: unknown): ExitTerms {
  const json = value as Record<string, unknown> | null;
  for (const [key, shape] of Object.entries(HEX)) {
    const text = typeof json === "object" && json !== null ? json[key] : undefined;
    if (typeof text !== "string" || !shape.test(text))
      throw new RpcError(INVALID_PARAMS, `terms.${key}: must match ${String(shape)}`);
  }
  return termsFromJson(json as Record<string, string>);
}

/** Twin of `ExitMarket.claimOf`. */
function claimOf({ owner, asset, price, deadline, salt }: ExitTerms): Hex {
  const types = ["address", "address", "uint192", "uint64", "bytes32"];
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, [owner, asset, price, deadline, salt])) as Hex;
}
