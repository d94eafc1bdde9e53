import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Op } from "../isa";

/** Where the opcodes stand in Solidity. */
export const OPCODES_FILE = join(__dirname, "..", "..", "contracts", "vm", "Opcodes.sol");

/** The opcodes of vm/isa.ts as a Solidity library. Checked in, and held equal by test/vm/opcodes.test.ts. */
export function opcodesLibrary(): string {
  const constants = Object.entries(Op).map(([name, op]) => {
    const words = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
    return `    uint256 internal constant ${words} = 0x${op.toString(16).padStart(2, "0")};`;
  });
  return [
    "// SPDX-License-Identifier: MIT",
    "// Written by `npx tsx vm/build/opcodes.ts` from vm/isa.ts.",
    "pragma solidity 0.8.37;",
    "",
    "/// @title Opcodes of the proof VM",
    "/// @dev BRANCH, BINARY, LOAD and the like are the first of their group; what is added to them is in vm/isa.ts.",
    "/// @custom:source docs/spec/04-vm.md#isa.",
    "library Opcodes {",
    ...constants,
    "}",
    "",
  ].join("\n");
}

if (require.main === module) writeFileSync(OPCODES_FILE, opcodesLibrary());
