/*
 * Operation buildBlock: the child of a parent, from candidates instead of a batch. What is done to the state is derive.ts, step by step.
 */
import { addTransaction, OUTPUT_ROOT, sealBlock } from "../block/block";
import { openParent } from "../block/child";
import { startBlock } from "../block/derive";
import { findSender } from "../block/execute";
import { parent, writeCursor } from "../block/header";
import { INVALID_SIGNATURE } from "../block/invalid";
import { consumeMessages } from "../block/message";
import { REQUEST_WORDS } from "./layout";

let delayed: u64 = 0;

/** Opens the block and consumes up to `messageCount` delayed messages. @param timestamp Seconds; greater than the parent's. */
export function openBuild(timestamp: u64, messageCount: u64): void {
  openParent(REQUEST_WORDS);
  startBlock(timestamp);
  delayed = consumeMessages(parent.delayed, parent.delayed + messageCount);
}

/** Adds a candidate. @returns VALID, or why it is left out: `refusal` has the operands. */
export function addCandidate(raw: usize, length: u32): u32 {
  const code = addTransaction(raw, length);
  // Rules of form come before the sender is known, but their texts name it.
  if (code > INVALID_SIGNATURE) findSender();
  return code;
}

/**
 * Seals the block, whose bytes end at `offset` in the inflated segment.
 * @returns pointer to the output root.
 */
export function sealBuild(batch: u64, segment: u32, offset: u32): usize {
  sealBlock(writeCursor(batch, segment, offset, delayed), 0);
  return OUTPUT_ROOT;
}
