// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title The machine's registers and their hash.
/// @dev Twin of vm/commit/machineHash.ts. Encoding: docs/spec/05-machine-proofs.md#registers.
struct Machine {
    uint256 pc;
    uint256 fp;
    uint256 status;
    uint256 batchLimit;
    uint256 delayedLimit;
    bytes32 memoryRoot;
    bytes32 input;
    bytes32 output;
}

/// @dev One step under way: the instruction taken apart, and what becomes of the registers.
struct Step {
    uint256 op;
    uint256 d;
    uint256 a;
    uint256 b;
    uint256 imm;
    uint256 nextPc;
    uint256 nextFp;
    uint256 status;
    bytes32 output;
}

/// @dev Values of `Machine.status`; everything from UNREACHABLE on is a trap. Twin of `Status` in vm/types.ts.
library Status {
    uint256 internal constant RUNNING = 0;
    uint256 internal constant HALTED = 1;
    uint256 internal constant UNREACHABLE = 2;
    uint256 internal constant DIVISION_BY_ZERO = 3;
    uint256 internal constant INTEGER_OVERFLOW = 4;
    uint256 internal constant OUT_OF_BOUNDS = 5;
    uint256 internal constant STACK_EXHAUSTED = 6;
    uint256 internal constant MISALIGNED = 7;
    uint256 internal constant UNKNOWN_KIND = 8;
    uint256 internal constant INVALID_INSTRUCTION = 9;
    uint256 internal constant NO_INPUT = 10;
}

library MachineLib {
    /// @dev Bytes of the registers: one packed word and three words.
    uint256 internal constant REGISTER_BYTES = 128;
    bytes32 internal constant TAG = keccak256("solvent.machine");

    /// @notice Registers from their 128 bytes; the caller has checked the length.
    function decode(bytes calldata registers) internal pure returns (Machine memory machine) {
        uint256 packed = uint256(bytes32(registers[:32]));
        machine.pc = packed >> 192;
        machine.fp = (packed >> 160) & 0xffffffff;
        machine.status = (packed >> 128) & 0xffffffff;
        machine.batchLimit = (packed >> 64) & 0xffffffffffffffff;
        machine.delayedLimit = packed & 0xffffffffffffffff;
        machine.memoryRoot = bytes32(registers[32:64]);
        machine.input = bytes32(registers[64:96]);
        machine.output = bytes32(registers[96:128]);
    }

    /// @notice The machine hash.
    function hash(Machine memory machine) internal pure returns (bytes32) {
        uint256 packed =
            (machine.pc << 192) |
                (machine.fp << 160) |
                (machine.status << 128) |
                (machine.batchLimit << 64) |
                machine.delayedLimit;
        return keccak256(abi.encode(TAG, packed, machine.memoryRoot, machine.input, machine.output));
    }

    /// @notice Address of a slot of the present frame.
    function slot(Machine memory machine, uint256 number) internal pure returns (uint256) {
        unchecked {
            return machine.fp + 8 * number;
        }
    }
}
