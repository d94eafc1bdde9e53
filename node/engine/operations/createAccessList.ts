import { getCreateAddress } from "ethers";
import type { Hex } from "../../../protocol/types";
import { toHex, word, ZERO_ADDRESS } from "../../../protocol";
import type { EngineRuntime } from "../runtime";
import { isPrecompile } from "../movedPrecompiles";
import { CallSession, MAX_GAS, toCallResult } from "../session";
import type { Step } from "../trace/tracer";
import type { AccessListItem, CallRequest, CallResult } from "../types";

const SLOAD = 0x54;
const SSTORE = 0x55;
/** BALANCE, EXTCODESIZE, EXTCODECOPY, EXTCODEHASH, SELFDESTRUCT: the address is on top. */
const ADDRESS_ON_TOP: readonly number[] = [0x31, 0x3b, 0x3c, 0x3f, 0xff];
/** CALL, CALLCODE, DELEGATECALL, STATICCALL: the address is below the gas. */
const CALLS: readonly number[] = [0xf1, 0xf2, 0xf4, 0xfa];

/**
 * What the call touches, as geth's eth_createAccessList finds it: the call is run with the list found so far until the list
 * stays the same. Sender, destination and precompiles are left out unless slots of theirs are touched.
 */
export function createAccessList(
  runtime: EngineRuntime,
  request: CallRequest,
): { accessList: AccessListItem[]; result: CallResult } {
  return runtime.withoutStore((context) => {
    const session = new CallSession(runtime, context, request);
    const from = request.from ?? ZERO_ADDRESS;
    const to = request.to ?? (getCreateAddress({ from, nonce: session.nonce }).toLowerCase() as Hex);
    const excluded = new Set<Hex>([from, to]);
    let known = new Touched(excluded, request.accessList);
    for (;;) {
      const found = new Touched(excluded, known.list());
      const result = context.tracer.during({ step: (step) => found.note(step) }, () =>
        toCallResult(session.run(session.defaultGas(MAX_GAS), known.list(), true)),
      );
      if (result.status === "refused" || found.equals(known)) return { accessList: known.list(), result };
      known = found;
    }
  });
}

/** Addresses and slots, in the order in which they were touched. */
class Touched {
  private readonly slots = new Map<Hex, Set<Hex>>();

  constructor(
    private readonly excluded: ReadonlySet<Hex>,
    start: readonly AccessListItem[] = [],
  ) {
    for (const { address, storageKeys } of start) {
      this.addAddress(address);
      for (const key of storageKeys) this.slotsOf(address).add(key);
    }
  }

  note(step: Step): void {
    const { op } = step;
    if ((op === SLOAD || op === SSTORE) && step.stackSize > 0)
      this.slotsOf(step.frame.account).add(toHex(word(step.peek(0))));
    else if (ADDRESS_ON_TOP.includes(op) && step.stackSize > 0) this.addAddress(toAddress(step.peek(0)));
    else if (CALLS.includes(op) && step.stackSize >= 5) this.addAddress(toAddress(step.peek(1)));
  }

  list(): AccessListItem[] {
    return [...this.slots].map(([address, keys]) => ({ address, storageKeys: [...keys] }));
  }

  equals(other: Touched): boolean {
    if (this.slots.size !== other.slots.size) return false;
    return [...this.slots].every(([address, keys]) => {
      const others = other.slots.get(address);
      return others !== undefined && others.size === keys.size && [...keys].every((key) => others.has(key));
    });
  }

  private addAddress(address: Hex): void {
    if (!this.excluded.has(address) && !isPrecompile(address)) this.slotsOf(address);
  }

  private slotsOf(address: Hex): Set<Hex> {
    let keys = this.slots.get(address);
    if (keys === undefined) this.slots.set(address, (keys = new Set()));
    return keys;
  }
}

function toAddress(value: bigint): Hex {
  return `0x${BigInt.asUintN(160, value).toString(16).padStart(40, "0")}`;
}
