// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Arithmetic} from "./Arithmetic.sol";
import {Machine, MachineLib, Status, Step} from "./Machine.sol";
import {StepMemory, StepMemoryLib} from "./StepMemory.sol";
import {Opcodes} from "./Opcodes.sol";

/// @title Instructions that compute or compare slots.
/// @dev Rules in docs/spec/04-vm.md#isa; twin of vm/reference/step.ts.
library ArithmeticOps {
    using MachineLib for Machine;
    using StepMemoryLib for StepMemory;

    /// @notice 0x10 copy to 0x1c extend32To64.
    function unary(Machine memory machine, StepMemory memory m, Step memory s) internal pure {
        m.name(machine.slot(s.a));
        m.name(machine.slot(s.d));
        m.loadNamed();
        m.write8(machine.slot(s.d), Arithmetic.unary(s.op, m.read8(machine.slot(s.a))));
    }

    /// @notice 0x20 + condition + 0x08 (64 bits) + 0x10 (second operand is the immediate's high half).
    function branch(Machine memory machine, StepMemory memory m, Step memory s) internal pure {
        uint256 condition = s.op & 7;
        if (condition > 5) {
            s.status = Status.INVALID_INSTRUCTION;
            return;
        }
        uint256 width = s.op & 8 != 0 ? 64 : 32;
        uint256 mask = (1 << width) - 1;
        bool isConst = s.op & 16 != 0;
        m.name(machine.slot(s.a));
        if (!isConst) m.name(machine.slot(s.b));
        m.loadNamed();
        uint256 x = m.read8(machine.slot(s.a)) & mask;
        uint256 y = (isConst ? Arithmetic.extend(s.imm >> 32, 32) : m.read8(machine.slot(s.b))) & mask;
        if (Arithmetic.holds(condition, x, y, width)) s.nextPc = s.imm & 0xffffffff;
    }

    /// @notice 0x40 + function + 0x20 (64 bits) + 0x40 (second operand is the immediate).
    function binary(Machine memory machine, StepMemory memory m, Step memory s) internal pure {
        uint256 fn = s.op & 31;
        if (fn > 20) {
            s.status = Status.INVALID_INSTRUCTION;
            return;
        }
        uint256 width = s.op & 32 != 0 ? 64 : 32;
        uint256 mask = (1 << width) - 1;
        bool isConst = s.op >= Opcodes.BINARY + 0x40;
        m.name(machine.slot(s.a));
        if (!isConst) m.name(machine.slot(s.b));
        m.name(machine.slot(s.d));
        m.loadNamed();
        uint256 x = m.read8(machine.slot(s.a)) & mask;
        uint256 y = (isConst ? s.imm : m.read8(machine.slot(s.b))) & mask;
        (uint256 trap, uint256 value) = Arithmetic.binary(fn, x, y, width);
        if (trap != Status.RUNNING) s.status = trap;
        else m.write8(machine.slot(s.d), value);
    }
}
