import { fromHex, toHex, word } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import type { Instance } from "../instance";
import type { AccountState, TouchedAccounts } from "../types";
import { TraceBudget } from "./budget";
import type { FrameView, Step, TraceListener } from "./tracer";

const SLOAD = 0x54;
const SSTORE = 0x55;
const SELFDESTRUCT = 0xff;
/** BALANCE, EXTCODESIZE, EXTCODECOPY, EXTCODEHASH, SELFDESTRUCT: the address is on top. */
const ADDRESS_ON_TOP: readonly number[] = [0x31, 0x3b, 0x3c, 0x3f, SELFDESTRUCT];
/** CALL, CALLCODE, DELEGATECALL, STATICCALL: the address is below the gas. */
const CALLS: readonly number[] = [0xf1, 0xf2, 0xf4, 0xfa];
const DELEGATION = "0xef0100";
const ACCOUNT_BYTES = 512;
const SLOT_BYTES = 256;

/** Notes which accounts and slots a message touches, as geth's prestateTracer does. */
export class TouchRecorder implements TraceListener {
  readonly slots = new Map<Hex, Set<Hex>>();
  readonly created = new Set<Hex>();
  readonly destructed = new Set<Hex>();

  /** @param known - touched whatever runs: the block's beneficiary, the authorities. */
  constructor(known: readonly Hex[]) {
    known.forEach((address) => this.slotsOf(address));
  }

  enter(frame: FrameView): void {
    const { target } = frame;
    if (frame.depth === 0) this.slotsOf(frame.caller);
    if (target !== null && (frame.depth === 0 || frame.isCreate)) this.slotsOf(target);
    if (target !== null && frame.isCreate) this.created.add(target);
  }

  step(step: Step): void {
    const { op, stackSize } = step;
    if ((op === SLOAD || op === SSTORE) && stackSize > 0)
      this.slotsOf(step.frame.account).add(toHex(word(step.peek(0))));
    else if (ADDRESS_ON_TOP.includes(op) && stackSize > 0) this.slotsOf(addressOf(step.peek(0)));
    else if (CALLS.includes(op) && stackSize > 1) this.slotsOf(addressOf(step.peek(1)));
    if (op === SELFDESTRUCT) this.destructed.add(step.frame.account);
  }

  private slotsOf(address: Hex): Set<Hex> {
    let slots = this.slots.get(address);
    if (slots === undefined) this.slots.set(address, (slots = new Set()));
    return slots;
  }
}

/**
 * The accounts as the open state has them, and those that they delegate to (EIP-7702). `run` is what happens between the two looks.
 * @throws SolventError `trace-too-long`.
 */
export function readTouched(
  instance: Instance,
  touched: TouchRecorder,
  budget: TraceBudget,
  run: () => void,
): TouchedAccounts {
  const read = (address: Hex, slots: Iterable<Hex>): AccountState => {
    const state = readAccount(instance, address, slots);
    budget.spend(ACCOUNT_BYTES + state.code.length + SLOT_BYTES * Object.keys(state.storage).length);
    return state;
  };
  const before = [...touched.slots].map(([address, slots]) => read(address, slots));
  for (const { code } of before.slice()) {
    const target = delegateOf(code);
    if (target !== null && !touched.slots.has(target)) before.push(read(target, []));
  }
  run();
  const after = before.map(({ address, storage }) => read(address, Object.keys(storage) as Hex[]));
  return { before, after, created: [...touched.created], destructed: [...touched.destructed] };
}

function readAccount(instance: Instance, address: Hex, slots: Iterable<Hex>): AccountState {
  const [addressAt, keyAt] = [instance.address("REQUEST_ADDRESS"), instance.address("REQUEST_KEY")];
  instance.bytes.set(fromHex(address), addressAt);
  const length = instance.call("codeLengthAt", addressAt);
  const codeAt = length === 0 ? 0 : instance.call("codeBytesAt", addressAt);
  const code = instance.bytes.slice(codeAt, codeAt + length);
  const storage: Record<Hex, Hex> = {};
  for (const slot of slots) {
    instance.bytes.set(fromHex(slot), keyAt);
    storage[slot] = toHex(word(instance.word(instance.call("slotValueAt", addressAt, keyAt))));
  }
  const balance = instance.word(instance.call("balanceAt", addressAt));
  return { address, balance, nonce: instance.callU64("nonceAt", addressAt), code, storage };
}

function delegateOf(code: Uint8Array): Hex | null {
  if (code.length !== 23) return null;
  const text = toHex(code);
  return text.startsWith(DELEGATION) ? `0x${text.slice(8)}` : null;
}

function addressOf(value: bigint): Hex {
  return `0x${BigInt.asUintN(160, value).toString(16).padStart(40, "0")}`;
}
