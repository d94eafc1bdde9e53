/*
 * Encoding nodes and offering them to the host.
 */
import { copy32, copyBytes } from "../bytes";
import { putBytes, putListHeader, rlpBytesLength, rlpListLength } from "../codec/rlp";
import { keccak256 } from "../crypto/keccak";
import { hint, HINT_NODE } from "../host";
import { TRANSACTION, TRANSACTION_END } from "../memory";
import {
  BRANCH,
  childBytes,
  childKind,
  childOf,
  EMPTY,
  HASHED,
  kindOf,
  LEAF,
  nodeValue,
  nodeValueLength,
  pathLength,
  pathOf,
  setChild,
  VIRTUAL,
} from "./level";

/** Where nodes are encoded: the upper half of what transactions no longer need. */
const ENCODED: usize = TRANSACTION + 0x700000;
const compact = memory.data(72, 8);
const digest = memory.data(32, 32);

/** Makes `child` stand for `node`: none, inline, or its hash, and then the host is offered the node. */
export function seal(node: usize, child: usize): void {
  if (kindOf(node) == EMPTY) {
    setChild(child, EMPTY, 0);
    return;
  }
  const length = encode(node);
  if (length < 32) {
    setChild(child, length, ENCODED);
    return;
  }
  keccak256(ENCODED, length, digest);
  hint(HINT_NODE, ENCODED, length);
  setChild(child, HASHED, digest);
}

/** As `seal` for the root, which is a hash however short it is; `node` is not empty. */
export function sealRoot(node: usize, outRoot: usize): void {
  const length = encode(node);
  keccak256(ENCODED, length, digest);
  hint(HINT_NODE, ENCODED, length);
  copy32(outRoot, digest);
}

function encode(node: usize): u32 {
  const kind = kindOf(node);
  if (kind == BRANCH) return encodeBranch(node);
  const bytes = compactPath(node, kind == LEAF ? 32 : 0);
  const path = rlpBytesLength(compact, bytes);
  let value: u32;
  if (kind == LEAF) {
    value = rlpBytesLength(nodeValue(node), nodeValueLength(node));
  } else {
    settle(childOf(node, 0));
    value = childLength(childOf(node, 0));
  }
  if (ENCODED + rlpListLength(path + value) > TRANSACTION_END) unreachable();
  let at = putListHeader(ENCODED, path + value);
  // A virtual child below may have used `compact`.
  if (kind != LEAF) compactPath(node, 0);
  at = putBytes(at, compact, bytes);
  if (kind == LEAF) at = putBytes(at, nodeValue(node), nodeValueLength(node));
  else at = putChild(at, childOf(node, 0));
  return <u32>(at - ENCODED);
}

function encodeBranch(node: usize): u32 {
  let payload = rlpBytesLength(nodeValue(node), nodeValueLength(node));
  for (let i: u32 = 0; i < 16; i++) {
    settle(childOf(node, i));
    payload += childLength(childOf(node, i));
  }
  let at = putListHeader(ENCODED, payload);
  for (let i: u32 = 0; i < 16; i++) at = putChild(at, childOf(node, i));
  at = putBytes(at, nodeValue(node), nodeValueLength(node));
  return <u32>(at - ENCODED);
}

/** Seals a virtual child, a leaf or an extension over a sealed node. */
function settle(child: usize): void {
  if (childKind(child) == VIRTUAL) seal(<usize>load<u32>(childBytes(child)), child);
}

function childLength(child: usize): u32 {
  const kind = childKind(child);
  return kind == HASHED ? 33 : kind == EMPTY ? 1 : kind;
}

function putChild(to: usize, child: usize): usize {
  const kind = childKind(child);
  if (kind == EMPTY) {
    store<u8>(to, 0x80);
    return to + 1;
  }
  if (kind == HASHED) {
    store<u8>(to, 0xa0);
    copy32(to + 1, childBytes(child));
    return to + 33;
  }
  copyBytes(to, childBytes(child), kind);
  return to + kind;
}

/** Writes the hex-prefix form of the path to `compact`; returns its length. */
function compactPath(node: usize, flag: u32): u32 {
  const length = pathLength(node);
  const path = pathOf(node);
  const odd = length & 1;
  store<u8>(compact, <u8>(odd ? flag + 16 + <u32>load<u8>(path) : flag));
  for (let i = odd; i < length; i += 2) {
    store<u8>(compact + 1 + (i >> 1), (load<u8>(path + i) << 4) | load<u8>(path + i + 1));
  }
  return 1 + (length >> 1);
}
