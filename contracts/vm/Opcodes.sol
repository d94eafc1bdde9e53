// SPDX-License-Identifier: MIT
// Written by `npx tsx vm/build/opcodes.ts` from vm/isa.ts.
pragma solidity 0.8.37;

/// @title Opcodes of the proof VM
/// @dev BRANCH, BINARY, LOAD and the like are the first of their group; what is added to them is in vm/isa.ts.
/// @custom:source docs/spec/04-vm.md#isa.
library Opcodes {
    uint256 internal constant UNREACHABLE = 0x00;
    uint256 internal constant END = 0x01;
    uint256 internal constant JUMP = 0x02;
    uint256 internal constant BR_TABLE = 0x03;
    uint256 internal constant CALL = 0x04;
    uint256 internal constant RETURN = 0x05;
    uint256 internal constant RETURN_SLOT = 0x06;
    uint256 internal constant RETURN_CONST = 0x07;
    uint256 internal constant CONST = 0x08;
    uint256 internal constant ZERO = 0x09;
    uint256 internal constant SELECT = 0x0a;
    uint256 internal constant GLOBAL_GET = 0x0b;
    uint256 internal constant GLOBAL_SET = 0x0c;
    uint256 internal constant COPY = 0x10;
    uint256 internal constant WRAP = 0x11;
    uint256 internal constant CLZ32 = 0x12;
    uint256 internal constant CTZ32 = 0x13;
    uint256 internal constant POPCNT32 = 0x14;
    uint256 internal constant EXTEND8_TO32 = 0x15;
    uint256 internal constant EXTEND16_TO32 = 0x16;
    uint256 internal constant CLZ64 = 0x17;
    uint256 internal constant CTZ64 = 0x18;
    uint256 internal constant POPCNT64 = 0x19;
    uint256 internal constant EXTEND8_TO64 = 0x1a;
    uint256 internal constant EXTEND16_TO64 = 0x1b;
    uint256 internal constant EXTEND32_TO64 = 0x1c;
    uint256 internal constant BRANCH = 0x20;
    uint256 internal constant BINARY = 0x40;
    uint256 internal constant LOAD = 0xc0;
    uint256 internal constant LOAD_ABSOLUTE = 0xd0;
    uint256 internal constant STORE = 0xe0;
    uint256 internal constant STORE_CONST = 0xe4;
    uint256 internal constant STORE_ABSOLUTE = 0xe8;
    uint256 internal constant INPUT = 0xf0;
    uint256 internal constant OUTPUT = 0xf1;
    uint256 internal constant PREIMAGE = 0xf2;
    uint256 internal constant INBOX = 0xf3;
    uint256 internal constant HINT = 0xf4;
    uint256 internal constant LOAD_INDEXED = 0x100;
    uint256 internal constant STORE_INDEXED = 0x10c;
}
