// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInbox} from "../interfaces/IInbox.sol";
import {BlobElements} from "./BlobElements.sol";
import {HostData} from "./HostData.sol";
import {Machine, MachineLib, Status, Step} from "./Machine.sol";
import {StepMemory, StepMemoryLib} from "./StepMemory.sol";
import {Opcodes} from "./Opcodes.sol";

/// @title Host calls.
/// @dev Rules in docs/spec/04-vm.md#host; twin of vm/reference/step.ts. Traps are tested in the order kind, alignment, bounds.
library HostOps {
    using MachineLib for Machine;
    using StepMemoryLib for StepMemory;

    /// @notice The Inbox does not hold what the limits say.
    error RecordMissing(uint256 kind, uint256 index);

    /// @notice 0xf0 input, 0xf1 output, 0xf2 preimage, 0xf3 inbox, 0xf4 hint: arguments in slots from a on.
    function hostCall(
        Machine memory machine,
        StepMemory memory m,
        Step memory s,
        uint256 linearSize,
        IInbox inbox
    ) internal view {
        uint256 op = s.op;
        if (op > Opcodes.HINT) {
            s.status = Status.INVALID_INSTRUCTION;
            return;
        }
        uint256 count =
            op < Opcodes.PREIMAGE
                ? 1
                : op == Opcodes.PREIMAGE
                    ? 4
                    : 3;
        for (uint256 i = 0; i < count; ++i) m.name(machine.slot(s.a + i));
        if (op == Opcodes.PREIMAGE || op == Opcodes.INBOX) m.name(machine.slot(s.d));
        m.loadNamed();
        if (op < Opcodes.PREIMAGE) _inputOutput(machine, m, s, linearSize);
        else if (op == Opcodes.PREIMAGE) _preimage(machine, m, s, linearSize);
        else if (op == Opcodes.INBOX) _inbox(machine, m, s, linearSize, inbox);
        else _hint(machine, m, s, linearSize);
    }

    /// @dev The low half of argument `i`.
    function _argument(
        Machine memory machine,
        StepMemory memory m,
        Step memory s,
        uint256 i
    ) private pure returns (uint256) {
        return m.read8(machine.slot(s.a + i)) & 0xffffffff;
    }

    function _inputOutput(Machine memory machine, StepMemory memory m, Step memory s, uint256 linearSize) private pure {
        uint256 ptr = _argument(machine, m, s, 0);
        if (ptr & 31 != 0) s.status = Status.MISALIGNED;
        else if (ptr + 32 > linearSize) s.status = Status.OUT_OF_BOUNDS;
        else {
            m.loadFree(ptr >> 5, ptr >> 5);
            if (s.op == Opcodes.INPUT) m.current[1] = uint256(machine.input);
            else {
                s.output = bytes32(m.before[1]);
                s.status = Status.HALTED;
            }
        }
    }

    function _preimage(Machine memory machine, StepMemory memory m, Step memory s, uint256 linearSize) private view {
        uint256 kind = _argument(machine, m, s, 0);
        uint256 keyPtr = _argument(machine, m, s, 1);
        uint256 offset = _argument(machine, m, s, 2);
        uint256 dstPtr = _argument(machine, m, s, 3);
        if (kind > 2) s.status = Status.UNKNOWN_KIND;
        else if ((keyPtr | offset | dstPtr) & 31 != 0) s.status = Status.MISALIGNED;
        else if (keyPtr + 32 > linearSize || dstPtr + 32 > linearSize) s.status = Status.OUT_OF_BOUNDS;
        else {
            (uint256 keyLeaf, uint256 dstLeaf) = (keyPtr >> 5, dstPtr >> 5);
            if (keyLeaf < dstLeaf) m.loadFree(keyLeaf, dstLeaf);
            else m.loadFree(dstLeaf, keyLeaf);
            bytes32 key = bytes32(m.before[m.freeEntry(keyPtr)]);
            bytes calldata data = _hostData(m);
            (uint256 length, bytes32 word) = kind == 0
                ? HostData.keccakWord(key, data, offset)
                : kind == 1
                    ? HostData.precompileWord(key, data, offset)
                    : BlobElements.word(key, data, offset);
            m.current[m.freeEntry(dstPtr)] = uint256(word);
            m.write8(machine.slot(s.d), length);
        }
    }

    /// @dev The host data of the witness: a word with its length, then its bytes.
    function _hostData(StepMemory memory m) private pure returns (bytes calldata data) {
        uint256 length = m.nextWord();
        uint256 start = m.cursor;
        if (length > m.limit - start) revert StepMemoryLib.WitnessLength();
        m.cursor = start + length;
        assembly ("memory-safe") {
            data.offset := start
            data.length := length
        }
    }

    function _inbox(
        Machine memory machine,
        StepMemory memory m,
        Step memory s,
        uint256 linearSize,
        IInbox inbox
    ) private view {
        uint256 kind = _argument(machine, m, s, 0);
        uint256 index = m.read8(machine.slot(s.a + 1));
        uint256 dstPtr = _argument(machine, m, s, 2);
        if (kind > 1) s.status = Status.UNKNOWN_KIND;
        else if (dstPtr & 31 != 0) s.status = Status.MISALIGNED;
        else if (dstPtr + 32 > linearSize) s.status = Status.OUT_OF_BOUNDS;
        else if (index >= (kind == 0 ? machine.batchLimit : machine.delayedLimit)) m.write8(machine.slot(s.d), 0);
        else {
            m.loadFree(dstPtr >> 5, dstPtr >> 5);
            uint256 record = uint256(kind == 0 ? inbox.batchRecord(index) : inbox.messageHash(index));
            if (record == 0) revert RecordMissing(kind, index);
            m.current[1] = record;
            m.write8(machine.slot(s.d), 1);
        }
    }

    function _hint(Machine memory machine, StepMemory memory m, Step memory s, uint256 linearSize) private pure {
        uint256 ptr = _argument(machine, m, s, 1);
        if (_argument(machine, m, s, 0) > 5) s.status = Status.UNKNOWN_KIND;
        else if (ptr & 31 != 0) s.status = Status.MISALIGNED;
        else if (ptr + _argument(machine, m, s, 2) > linearSize) s.status = Status.OUT_OF_BOUNDS;
    }
}
