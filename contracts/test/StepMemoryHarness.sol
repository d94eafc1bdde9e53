// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StepMemory, StepMemoryLib} from "../vm/StepMemory.sol";

/// @title StepMemoryHarness: the prover's memory alone, for guards that no instruction of the table reaches
contract StepMemoryHarness {
    using StepMemoryLib for StepMemory;

    /// @notice Names the leaf with the byte at `named`, takes it from the witness, and reads 8 bytes at `addr`.
    function read(uint256 named, uint256 addr, bytes calldata witness) external pure returns (uint256) {
        uint256 start;
        assembly ("memory-safe") {
            start := witness.offset
        }
        StepMemory memory m = StepMemoryLib.create(start, start + witness.length);
        m.name(named);
        m.loadNamed();
        return m.read8(addr);
    }
}
