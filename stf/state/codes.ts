/*
 * Code by its hash: records kept for the block, bytes in a bounded cache that the host refills.
 *
 *   CODE_CACHE: 128 places of [24,576 bytes | 64 zero | masks 3,072], then 2 places of 256 KiB for longer code (which only
 *   a genesis can hold): [229,376 bytes | 64 zero | masks 28,672]. The place used longest ago is given up, the running code's never.
 */
import { copy32, copyBytes, zeroBytes } from "../bytes";
import { keccak256 } from "../crypto/keccak";
import { hint, HINT_CODE, preimage, PREIMAGE_KECCAK, readPreimage } from "../host";
import { CODE_BUCKETS, CODE_CACHE, CODES, CODES_END, JUMPS, JUMPS_END } from "../memory";
import { codeHashOf, hasCode, touch } from "./accounts";
import { noteCode } from "./journal";
import { analyse, chunksOf, setRunning } from "./jumps";
import { mapFind, mapForget, mapInsert } from "./map";
import { Account, ACCOUNT_DIRTY, Code, EMPTY_CODE_0, EMPTY_CODE_1, EMPTY_CODE_2, EMPTY_CODE_3 } from "./records";

const BUCKET_BITS: u32 = 15;
const PLACES: u32 = 128;
const PLACE_BYTES: u32 = 24576;
const PLACE_SIZE: u32 = 27712;
const BIG_PLACES: u32 = 2;
const BIG_BYTES: u32 = 229376;
const BIG_SIZE: u32 = 262144;
const PADDING: u32 = 64;
const NO_PLACE: u32 = 0xffffffff;

/** Per place: u32 Code record, u32 time of last use. */
const places = memory.data(1040, 8);
const hash = memory.data(32, 32);
const noCode = memory.data(96, 32);
let codesEnd: usize = 0;
let jumpsEnd: usize = 0;
let clock: u32 = 0;
let runningPlace: u32 = 0xffffffff;

/** The account's code; a record of length 0 if it has none. Not journaled, does not warm. */
export function codeOf(account: Account): Code {
  if (account.code == 0) {
    if (!hasCode(account)) return emptyCode();
    account.code = <u32>changetype<usize>(codeByHash(codeHashOf(account)));
  }
  return changetype<Code>(<usize>account.code);
}

/** Pointer to the first 32 bytes of the code, zero-padded; enough to see a delegation (EIP-7702). */
export function codeHead(code: Code): usize {
  return changetype<usize>(code) + offsetof<Code>("head0");
}

/**
 * Makes it the running code of a frame that starts or resumes after a call.
 * @returns pointer to its bytes, followed by 64 zero bytes; good until the next `enterCode`, `enterInitcode` or `resumeInitcode`.
 */
export function enterCode(code: Code): usize {
  const place = placeOf(code);
  const bytes = placeStart(place);
  if (code.starts == 0) {
    code.starts = <u32>jumpsEnd;
    jumpsEnd += chunksOf(code.length);
    if (jumpsEnd > JUMPS_END) unreachable();
    analyse(bytes, code.length, code.starts);
  }
  runningPlace = place;
  setRunning(bytes, code.length, code.starts, placeMasks(place));
  return bytes;
}

/** Pointer to its bytes, followed by 64 zero bytes; good until the next `codeBytes` or `enterCode`. Leaves the running code alone. */
export function codeBytes(code: Code): usize {
  return placeStart(placeOf(code));
}

/**
 * Sets the account's code; journaled; touches. The host is offered the bytes at once.
 * @param bytesPtr `length` bytes, at most 229,376; copied.
 */
export function setCode(account: Account, bytesPtr: usize, length: u32): void {
  noteCode(account);
  account.flags |= ACCOUNT_DIRTY;
  touch(account);
  keccak256(bytesPtr, length, codeHashOf(account));
  account.code = 0;
  if (length == 0) return;
  const code = changetype<Code>(addCode(codeHashOf(account)));
  if (code.length == 0) {
    code.length = length;
    copyBytes(codeHead(code), bytesPtr, <usize>min<u32>(length, 32));
    const place = takePlace(code);
    copyBytes(placeStart(place), bytesPtr, length);
    zeroBytes(placeStart(place) + length, PADDING);
    hint(HINT_CODE, placeStart(place), length);
  }
  account.code = <u32>changetype<usize>(code);
}

/** Forgets all code records; for the start of a block. */
export function resetCodes(): void {
  for (let at = CODES; at < codesEnd; at += offsetof<Code>()) mapForget(CODE_BUCKETS, BUCKET_BITS, at);
  codesEnd = CODES;
  jumpsEnd = JUMPS;
  runningPlace = NO_PLACE;
  zeroBytes(places, (PLACES + BIG_PLACES) << 3);
}

function emptyCode(): Code {
  const code = changetype<Code>(noCode);
  code.hash0 = EMPTY_CODE_0;
  code.hash1 = EMPTY_CODE_1;
  code.hash2 = EMPTY_CODE_2;
  code.hash3 = EMPTY_CODE_3;
  return code;
}

function codeByHash(hashPtr: usize): Code {
  const code = changetype<Code>(addCode(hashPtr));
  if (code.length == 0) {
    copy32(hash, hashPtr);
    code.length = preimage(PREIMAGE_KECCAK, hash, 0, codeHead(code));
  }
  return code;
}

/** Finds the record of a hash or makes one of length 0. */
function addCode(hashPtr: usize): usize {
  const h0 = load<u64>(hashPtr);
  const h1 = load<u64>(hashPtr, 8);
  const h2 = load<u64>(hashPtr, 16);
  const h3 = load<u64>(hashPtr, 24);
  const found = mapFind(CODE_BUCKETS, BUCKET_BITS, 0, h0, h1, h2, h3);
  if (found != 0) return found;
  const at = codesEnd;
  if (at == CODES_END) unreachable();
  codesEnd = at + offsetof<Code>();
  zeroBytes(at, offsetof<Code>());
  mapInsert(CODE_BUCKETS, BUCKET_BITS, at, 0, h0, h1, h2, h3);
  return at;
}

/** The place that holds the code's bytes, refilled if need be. */
function placeOf(code: Code): u32 {
  const last = code.cached;
  if (load<u32>(places + (last << 3)) == <u32>changetype<usize>(code)) {
    clock += 1;
    store<u32>(places + (last << 3), clock, 4);
    return last;
  }
  const place = takePlace(code);
  if (code.length != 0) {
    copy32(hash, changetype<usize>(code) + offsetof<Code>("hash0"));
    const length = readPreimage(hash, placeStart(place), (code.length + 31) & ~31);
    if (length != code.length) unreachable();
  }
  zeroBytes(placeStart(place) + code.length, PADDING);
  return place;
}

/** Gives the place used longest ago to the code; clears its masks. */
function takePlace(code: Code): u32 {
  const big = code.length > PLACE_BYTES;
  if (code.length > BIG_BYTES) unreachable();
  const end = big ? PLACES + BIG_PLACES : PLACES;
  let oldest: u32 = 0xffffffff;
  let place: u32 = 0;
  for (let i = big ? PLACES : 0; i < end; i++) {
    const used = load<u32>(places + (i << 3), 4);
    if (used < oldest && i != runningPlace) {
      oldest = used;
      place = i;
    }
  }
  clock += 1;
  store<u32>(places + (place << 3), <u32>changetype<usize>(code));
  store<u32>(places + (place << 3), clock, 4);
  code.cached = place;
  zeroBytes(placeMasks(place), (<usize>chunksOf(code.length)) << 3);
  return place;
}

function placeStart(place: u32): usize {
  if (place < PLACES) return CODE_CACHE + place * PLACE_SIZE;
  return CODE_CACHE + PLACES * PLACE_SIZE + (place - PLACES) * BIG_SIZE;
}

function placeMasks(place: u32): usize {
  return placeStart(place) + PADDING + (place < PLACES ? PLACE_BYTES : BIG_BYTES);
}
