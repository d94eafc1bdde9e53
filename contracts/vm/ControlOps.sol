// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Machine, MachineLib, Status, Step} from "./Machine.sol";
import {StepMemory, StepMemoryLib} from "./StepMemory.sol";
import {Opcodes} from "./Opcodes.sol";

/// @title Instructions that steer: jumps, calls and returns; and those that move constants, slots and globals.
/// @dev Rules in docs/spec/04-vm.md#isa; twin of vm/reference/step.ts.
library ControlOps {
    using MachineLib for Machine;
    using StepMemoryLib for StepMemory;

    /// @notice 0x00 unreachable to 0x0c globalSet.
    function control(Machine memory machine, StepMemory memory m, Step memory s, uint256 framesEnd) internal pure {
        unchecked {
            uint256 op = s.op;
            if (op == Opcodes.UNREACHABLE) s.status = Status.UNREACHABLE;
            else if (op == Opcodes.END) s.status = Status.HALTED;
            else if (op == Opcodes.JUMP) s.nextPc = s.imm & 0xffffffff;
            else if (op == Opcodes.BR_TABLE) {
                m.name(machine.slot(s.a));
                m.loadNamed();
                uint256 index = m.read8(machine.slot(s.a)) & 0xffffffff;
                uint256 most = s.imm & 0xffffffff;
                s.nextPc = machine.pc + 1 + (index < most ? index : most);
            } else if (op == Opcodes.CALL) _call(machine, m, s, framesEnd);
            else if (op <= Opcodes.RETURN_CONST) _return(machine, m, s);
            else if (op == Opcodes.CONST) {
                m.name(machine.slot(s.d));
                m.loadNamed();
                m.write8(machine.slot(s.d), s.imm);
            } else if (op == Opcodes.ZERO) {
                for (uint256 i = s.d; i < s.d + s.b; ++i) m.name(machine.slot(i));
                m.loadNamed();
                for (uint256 i = s.d; i < s.d + s.b; ++i) m.write8(machine.slot(i), 0);
            } else if (op == Opcodes.SELECT) _select(machine, m, s);
            else if (op <= Opcodes.GLOBAL_SET) _global(machine, m, s);
            else s.status = Status.INVALID_INSTRUCTION;
        }
    }

    function _call(Machine memory machine, StepMemory memory m, Step memory s, uint256 framesEnd) private pure {
        unchecked {
            uint256 frame = machine.slot(s.d);
            if (frame + 8 * s.b > framesEnd) {
                s.status = Status.STACK_EXHAUSTED;
                return;
            }
            uint256 link = frame + 8 * s.a;
            m.name(link);
            m.loadNamed();
            m.write8(link, ((machine.pc + 1) & 0xffffffff) | (machine.fp << 32));
            s.nextFp = frame;
            s.nextPc = s.imm & 0xffffffff;
        }
    }

    /// @dev return, returnSlot, returnConst: slot 0 takes the result, the link gives pc and fp.
    function _return(Machine memory machine, StepMemory memory m, Step memory s) private pure {
        uint256 op = s.op;
        m.name(machine.slot(s.a));
        if (op == Opcodes.RETURN_SLOT) m.name(machine.slot(s.b));
        if (op != Opcodes.RETURN) m.name(machine.fp);
        m.loadNamed();
        uint256 link = m.read8(machine.slot(s.a));
        if (op == Opcodes.RETURN_SLOT) m.write8(machine.fp, m.read8(machine.slot(s.b)));
        else if (op == Opcodes.RETURN_CONST) m.write8(machine.fp, s.imm);
        s.nextPc = link & 0xffffffff;
        s.nextFp = link >> 32;
    }

    function _select(Machine memory machine, StepMemory memory m, Step memory s) private pure {
        uint256 condition = machine.slot(s.imm & 0xffffffff);
        m.name(machine.slot(s.a));
        m.name(machine.slot(s.b));
        m.name(condition);
        m.name(machine.slot(s.d));
        m.loadNamed();
        uint256 chosen = m.read8(condition) & 0xffffffff != 0 ? s.a : s.b;
        m.write8(machine.slot(s.d), m.read8(machine.slot(chosen)));
    }

    function _global(Machine memory machine, StepMemory memory m, Step memory s) private pure {
        uint256 global = s.imm & 0xffffffff;
        uint256 slot = machine.slot(s.op == Opcodes.GLOBAL_GET ? s.d : s.a);
        m.name(global);
        m.name(slot);
        m.loadNamed();
        if (s.op == Opcodes.GLOBAL_GET) m.write8(slot, m.read8(global));
        else m.write8(global, m.read8(slot));
    }
}
