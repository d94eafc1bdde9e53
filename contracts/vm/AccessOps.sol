// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Arithmetic} from "./Arithmetic.sol";
import {Machine, MachineLib, Status, Step} from "./Machine.sol";
import {StepMemory, StepMemoryLib} from "./StepMemory.sol";
import {Opcodes} from "./Opcodes.sol";

/// @title Loads and stores of linear memory.
/// @dev Rules in docs/spec/04-vm.md#isa; twin of vm/reference/step.ts. An access may straddle two leaves.
library AccessOps {
    using MachineLib for Machine;
    using StepMemoryLib for StepMemory;

    /// @notice 0xc0 load, 0xd0 loadAbsolute, 0xe0 store, 0xe4 storeConst, 0xe8 storeAbsolute, 0x100 loadIndexed,
    /// 0x10c storeIndexed; each plus a kind.
    function access(Machine memory machine, StepMemory memory m, Step memory s, uint256 linearSize) internal pure {
        unchecked {
            uint256 op = s.op;
            bool isLoad = op < Opcodes.STORE || (op >= Opcodes.LOAD_INDEXED && op < Opcodes.STORE_INDEXED);
            bool isIndexed = op >= Opcodes.LOAD_INDEXED;
            bool isAbsolute =
                (op >= Opcodes.LOAD_ABSOLUTE && op < Opcodes.STORE) ||
                    (op >= Opcodes.STORE_ABSOLUTE && op < Opcodes.INPUT);
            bool isConst = op >= Opcodes.STORE_CONST && op < Opcodes.STORE_ABSOLUTE;
            uint256 kind = isLoad ? op & 15 : op & 3;
            if ((isLoad && kind > 8) || (op >= Opcodes.STORE_ABSOLUTE + 4 && op < Opcodes.INPUT)) {
                s.status = Status.INVALID_INSTRUCTION;
                return;
            }
            if (!isAbsolute) m.name(machine.slot(s.a));
            if (isIndexed || (!isLoad && !isConst)) m.name(machine.slot(s.b));
            if (isIndexed || isLoad) m.name(machine.slot(s.d));
            m.loadNamed();

            uint256 addr = isAbsolute ? 0 : m.read8(machine.slot(s.a)) & 0xffffffff;
            if (isIndexed) addr = (addr + m.read8(machine.slot(s.b))) & 0xffffffff;
            addr += s.imm & 0xffffffff;
            // 1, 2, 4, 8 bytes for 0 to 3; the signed loads 4 to 8 have 1, 1, 2, 2, 4
            uint256 length = 1 << (kind < 4 ? kind : (kind - 4) >> 1);
            if (addr + length > linearSize) {
                s.status = Status.OUT_OF_BOUNDS;
                return;
            }
            if (isLoad) {
                uint256 value = m.loadBytes(addr, length);
                if (kind >= 4) value = Arithmetic.extend(value, 8 * length);
                if (kind == 4 || kind == 6) value &= 0xffffffff;
                m.write8(machine.slot(s.d), value);
            } else {
                uint256 value =
                    isConst ? Arithmetic.extend(s.imm >> 32, 32) : m.read8(machine.slot(isIndexed ? s.d : s.b));
                m.storeBytes(addr, length, value);
            }
        }
    }
}
