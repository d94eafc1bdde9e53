// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IInbox} from "../interfaces/IInbox.sol";
import {IOneStepProver} from "../interfaces/IOneStepProver.sol";
import {Arithmetic} from "./Arithmetic.sol";
import {HostData} from "./HostData.sol";
import {Machine, MachineLib, Status} from "./Machine.sol";
import {PrecompileVectors} from "./PrecompileVectors.sol";
import {StepMemory, StepMemoryLib} from "./StepMemory.sol";

/// @title The one-step prover: executes one instruction of the proof VM.
/// @dev Opcodes are grouped as in docs/spec/04-vm.md#isa; each group has one function. Beat order of a step: bind the registers,
/// fetch the instruction, name the fixed leaves, execute, prove the leaves. Twin of vm/reference and vm/prove, equal by
/// test/vm/onchain.test.ts. It trusts no caller and stores nothing.
contract OneStepProver is IOneStepProver {
    using MachineLib for Machine;
    using StepMemoryLib for StepMemory;

    /// @notice What `programHash` commits to; made by `commitProgram` of vm/commit.
    /// @param codeRoot Root over the code's leaves, two instructions each.
    /// @param codeDepth Height of that tree.
    /// @param entryPc Where a machine starts.
    /// @param memoryRoot Memory at start.
    /// @param memoryDepth Height of the memory tree.
    /// @param linearSize Bytes of linear memory; frames begin there.
    /// @param frameArea Bytes of the frame area; globals begin behind it.
    struct Program {
        bytes32 codeRoot;
        uint256 codeDepth;
        uint256 entryPc;
        bytes32 memoryRoot;
        uint256 memoryDepth;
        uint256 linearSize;
        uint256 frameArea;
    }

    /// @dev One step under way.
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

    bytes32 private constant CODE_TAG = keccak256("solvent.code");
    bytes32 private constant PROGRAM_TAG = keccak256("solvent.program");

    /// @notice keccak(TAG("program"), codeRoot, entryPc, memoryRoot, linearSize, frameArea, codeDepth, memoryDepth).
    bytes32 public immutable programHash;
    /// @notice The Inbox whose records the program reads.
    IInbox public immutable inbox;
    bytes32 public immutable codeRoot;
    uint256 public immutable codeDepth;
    uint256 public immutable entryPc;
    bytes32 public immutable memoryRoot;
    uint256 public immutable memoryDepth;
    uint256 public immutable linearSize;
    uint256 public immutable framesEnd;

    /// @notice A program that no flattener makes.
    error BadProgram();
    /// @notice The registers are not those of the machine in question.
    error MachineMismatch(bytes32 actual, bytes32 expected);
    /// @notice The limits of the machine are other than those given.
    error InboxMismatch();
    /// @notice The instruction does not stand there in the program's code.
    error CodeMismatch(bytes32 actual, bytes32 expected);
    /// @notice The Inbox does not hold what the limits say.
    error RecordMissing(uint256 kind, uint256 index);
    /// @notice Registers have 128 bytes.
    error RegisterLength(uint256 actual);

    /// @param program The program whose steps are judged, for ever.
    /// @param inbox_ May be an address that has no code yet.
    constructor(Program memory program, IInbox inbox_) {
        if (
            program.codeDepth > 31 ||
            program.memoryDepth < 7 ||
            program.memoryDepth > 23 ||
            program.linearSize + program.frameArea > 32 << program.memoryDepth ||
            program.entryPc >> (program.codeDepth + 1) != 0
        ) revert BadProgram();
        PrecompileVectors.check();
        programHash = keccak256(
            abi.encode(
                PROGRAM_TAG,
                program.codeRoot,
                program.entryPc,
                program.memoryRoot,
                program.linearSize,
                program.frameArea,
                program.codeDepth,
                program.memoryDepth
            )
        );
        inbox = inbox_;
        codeRoot = program.codeRoot;
        codeDepth = program.codeDepth;
        entryPc = program.entryPc;
        memoryRoot = program.memoryRoot;
        memoryDepth = program.memoryDepth;
        linearSize = program.linearSize;
        framesEnd = program.linearSize + program.frameArea;
    }

    /// @inheritdoc IOneStepProver
    function initialState(bytes32 outputRoot, InboxState calldata limits) external view returns (bytes32) {
        return
            Machine({
                pc: entryPc,
                fp: linearSize,
                status: outputRoot == 0 ? Status.NO_INPUT : Status.RUNNING,
                batchLimit: limits.batchCount,
                delayedLimit: limits.delayedCount,
                memoryRoot: memoryRoot,
                input: outputRoot,
                output: 0
            }).hash();
    }

    /// @inheritdoc IOneStepProver
    function result(bytes calldata registers) external pure returns (bytes32 machineHash, bytes32 outputRoot) {
        if (registers.length != MachineLib.REGISTER_BYTES) revert RegisterLength(registers.length);
        Machine memory machine = MachineLib.decode(registers);
        machineHash = machine.hash();
        outputRoot = machine.status == Status.HALTED ? machine.output : bytes32(0);
    }

    /// @inheritdoc IOneStepProver
    function step(
        bytes32 before,
        InboxState calldata limits,
        bytes calldata witness
    ) external view returns (bytes32 afterHash) {
        if (witness.length < MachineLib.REGISTER_BYTES) revert StepMemoryLib.WitnessLength();
        Machine memory machine = MachineLib.decode(witness[:MachineLib.REGISTER_BYTES]);
        bytes32 actual = machine.hash();
        if (actual != before) revert MachineMismatch(actual, before);
        if (machine.batchLimit != limits.batchCount || machine.delayedLimit != limits.delayedCount)
            revert InboxMismatch();
        if (machine.status != Status.RUNNING) {
            if (witness.length != MachineLib.REGISTER_BYTES) revert StepMemoryLib.WitnessLength();
            return before;
        }

        uint256 start;
        assembly ("memory-safe") {
            start := witness.offset
        }
        StepMemory memory m = StepMemoryLib.create(start + MachineLib.REGISTER_BYTES, start + witness.length);
        Step memory s = _fetch(machine, m);
        _execute(machine, m, s);

        machine.memoryRoot = m.prove(machine.memoryRoot, memoryDepth);
        machine.status = s.status;
        machine.output = s.output;
        // a trap or the end leaves pc and fp where they are
        if (s.status == Status.RUNNING) {
            machine.pc = s.nextPc;
            machine.fp = s.nextFp;
        }
        return machine.hash();
    }

    /// @dev The instruction at pc, proven against the code root. Behind the tree all code is zero: unreachable.
    function _fetch(Machine memory machine, StepMemory memory m) private view returns (Step memory s) {
        unchecked {
            s.nextPc = machine.pc + 1;
            s.nextFp = machine.fp;
            s.output = machine.output;
            uint256 index = machine.pc >> 1;
            if (index >> codeDepth != 0) return s;
            uint256 leaf = m.nextWord();
            bytes32 node = bytes32(leaf);
            for (uint256 height = 0; height < codeDepth; ++height) {
                bytes32 sibling = bytes32(m.nextWord());
                node = (index >> height) & 1 == 0 ? _codeNode(node, sibling) : _codeNode(sibling, node);
            }
            if (node != codeRoot) revert CodeMismatch(node, codeRoot);
            uint256 instruction = machine.pc & 1 == 0 ? leaf >> 128 : leaf & type(uint128).max;
            uint256 head = StepMemoryLib.swap64(instruction >> 64);
            s.op = head & 0xffff;
            s.d = (head >> 16) & 0xffff;
            s.a = (head >> 32) & 0xffff;
            s.b = head >> 48;
            s.imm = StepMemoryLib.swap64(instruction & 0xffffffffffffffff);
        }
    }

    function _codeNode(bytes32 left, bytes32 right) private pure returns (bytes32 node) {
        bytes32 tag = CODE_TAG;
        assembly ("memory-safe") {
            let p := mload(0x40)
            mstore(p, tag)
            mstore(add(p, 0x20), left)
            mstore(add(p, 0x40), right)
            node := keccak256(p, 0x60)
        }
    }

    function _execute(Machine memory machine, StepMemory memory m, Step memory s) private view {
        uint256 op = s.op;
        if (op < 0x10) _control(machine, m, s);
        else if (op < 0x1d) _unary(machine, m, s);
        else if (op >= 0x20 && op < 0x40) _branch(machine, m, s);
        else if (op >= 0x40 && op < 0xc0) _binary(machine, m, s);
        else if (op >= 0xc0 && op < 0xf0) _access(machine, m, s);
        else if (op >= 0xf0 && op < 0x100) _hostCall(machine, m, s);
        else if (op >= 0x100 && op < 0x110) _access(machine, m, s);
        else s.status = Status.INVALID_INSTRUCTION;
    }

    /// @dev Address of a slot of the present frame.
    function _slot(Machine memory machine, uint256 slot) private pure returns (uint256) {
        unchecked {
            return machine.fp + 8 * slot;
        }
    }

    /// @dev 0x00 unreachable to 0x0c globalSet.
    function _control(Machine memory machine, StepMemory memory m, Step memory s) private view {
        unchecked {
            uint256 op = s.op;
            if (op == 0x00) s.status = Status.UNREACHABLE;
            else if (op == 0x01) s.status = Status.HALTED;
            else if (op == 0x02) s.nextPc = s.imm & 0xffffffff;
            else if (op == 0x03) {
                m.name(_slot(machine, s.a));
                m.loadNamed();
                uint256 index = m.read8(_slot(machine, s.a)) & 0xffffffff;
                uint256 most = s.imm & 0xffffffff;
                s.nextPc = machine.pc + 1 + (index < most ? index : most);
            } else if (op == 0x04) _call(machine, m, s);
            else if (op <= 0x07) _return(machine, m, s);
            else if (op == 0x08) {
                m.name(_slot(machine, s.d));
                m.loadNamed();
                m.write8(_slot(machine, s.d), s.imm);
            } else if (op == 0x09) {
                for (uint256 i = s.d; i < s.d + s.b; ++i) m.name(_slot(machine, i));
                m.loadNamed();
                for (uint256 i = s.d; i < s.d + s.b; ++i) m.write8(_slot(machine, i), 0);
            } else if (op == 0x0a) _select(machine, m, s);
            else if (op <= 0x0c) _global(machine, m, s);
            else s.status = Status.INVALID_INSTRUCTION;
        }
    }

    function _call(Machine memory machine, StepMemory memory m, Step memory s) private view {
        unchecked {
            uint256 frame = _slot(machine, s.d);
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
        m.name(_slot(machine, s.a));
        if (op == 0x06) m.name(_slot(machine, s.b));
        if (op != 0x05) m.name(machine.fp);
        m.loadNamed();
        uint256 link = m.read8(_slot(machine, s.a));
        if (op == 0x06) m.write8(machine.fp, m.read8(_slot(machine, s.b)));
        else if (op == 0x07) m.write8(machine.fp, s.imm);
        s.nextPc = link & 0xffffffff;
        s.nextFp = link >> 32;
    }

    function _select(Machine memory machine, StepMemory memory m, Step memory s) private pure {
        uint256 condition = _slot(machine, s.imm & 0xffffffff);
        m.name(_slot(machine, s.a));
        m.name(_slot(machine, s.b));
        m.name(condition);
        m.name(_slot(machine, s.d));
        m.loadNamed();
        uint256 chosen = m.read8(condition) & 0xffffffff != 0 ? s.a : s.b;
        m.write8(_slot(machine, s.d), m.read8(_slot(machine, chosen)));
    }

    function _global(Machine memory machine, StepMemory memory m, Step memory s) private pure {
        uint256 global = s.imm & 0xffffffff;
        uint256 slot = _slot(machine, s.op == 0x0b ? s.d : s.a);
        m.name(global);
        m.name(slot);
        m.loadNamed();
        if (s.op == 0x0b) m.write8(slot, m.read8(global));
        else m.write8(global, m.read8(slot));
    }

    /// @dev 0x10 copy to 0x1c extend32To64.
    function _unary(Machine memory machine, StepMemory memory m, Step memory s) private pure {
        m.name(_slot(machine, s.a));
        m.name(_slot(machine, s.d));
        m.loadNamed();
        m.write8(_slot(machine, s.d), Arithmetic.unary(s.op, m.read8(_slot(machine, s.a))));
    }

    /// @dev 0x20 + condition + 0x08 (64 bits) + 0x10 (second operand is the immediate's high half).
    function _branch(Machine memory machine, StepMemory memory m, Step memory s) private pure {
        uint256 condition = s.op & 7;
        if (condition > 5) {
            s.status = Status.INVALID_INSTRUCTION;
            return;
        }
        uint256 width = s.op & 8 != 0 ? 64 : 32;
        uint256 mask = (1 << width) - 1;
        bool isConst = s.op & 16 != 0;
        m.name(_slot(machine, s.a));
        if (!isConst) m.name(_slot(machine, s.b));
        m.loadNamed();
        uint256 x = m.read8(_slot(machine, s.a)) & mask;
        uint256 y = (isConst ? Arithmetic.extend(s.imm >> 32, 32) : m.read8(_slot(machine, s.b))) & mask;
        if (Arithmetic.holds(condition, x, y, width)) s.nextPc = s.imm & 0xffffffff;
    }

    /// @dev 0x40 + function + 0x20 (64 bits) + 0x40 (second operand is the immediate).
    function _binary(Machine memory machine, StepMemory memory m, Step memory s) private pure {
        uint256 fn = s.op & 31;
        if (fn > 20) {
            s.status = Status.INVALID_INSTRUCTION;
            return;
        }
        uint256 width = s.op & 32 != 0 ? 64 : 32;
        uint256 mask = (1 << width) - 1;
        bool isConst = s.op >= 0x80;
        m.name(_slot(machine, s.a));
        if (!isConst) m.name(_slot(machine, s.b));
        m.name(_slot(machine, s.d));
        m.loadNamed();
        uint256 x = m.read8(_slot(machine, s.a)) & mask;
        uint256 y = (isConst ? s.imm : m.read8(_slot(machine, s.b))) & mask;
        (uint256 trap, uint256 value) = Arithmetic.binary(fn, x, y, width);
        if (trap != Status.RUNNING) s.status = trap;
        else m.write8(_slot(machine, s.d), value);
    }

    /// @dev 0xc0 load, 0xd0 loadAbsolute, 0xe0 store, 0xe4 storeConst, 0xe8 storeAbsolute, 0x100 loadIndexed,
    /// 0x10c storeIndexed; each plus a kind.
    function _access(Machine memory machine, StepMemory memory m, Step memory s) private view {
        unchecked {
            uint256 op = s.op;
            bool isLoad = op < 0xe0 || (op >= 0x100 && op < 0x10c);
            bool isIndexed = op >= 0x100;
            bool isAbsolute = (op >= 0xd0 && op < 0xe0) || (op >= 0xe8 && op < 0xf0);
            bool isConst = op >= 0xe4 && op < 0xe8;
            uint256 kind = isLoad ? op & 15 : op & 3;
            if ((isLoad && kind > 8) || (op >= 0xec && op < 0xf0)) {
                s.status = Status.INVALID_INSTRUCTION;
                return;
            }
            if (!isAbsolute) m.name(_slot(machine, s.a));
            if (isIndexed || (!isLoad && !isConst)) m.name(_slot(machine, s.b));
            if (isIndexed || isLoad) m.name(_slot(machine, s.d));
            m.loadNamed();

            uint256 addr = isAbsolute ? 0 : m.read8(_slot(machine, s.a)) & 0xffffffff;
            if (isIndexed) addr = (addr + m.read8(_slot(machine, s.b))) & 0xffffffff;
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
                m.write8(_slot(machine, s.d), value);
            } else {
                uint256 value =
                    isConst ? Arithmetic.extend(s.imm >> 32, 32) : m.read8(_slot(machine, isIndexed ? s.d : s.b));
                m.storeBytes(addr, length, value);
            }
        }
    }

    /// @dev 0xf0 input, 0xf1 output, 0xf2 preimage, 0xf3 inbox, 0xf4 hint: arguments in slots from a on.
    function _hostCall(Machine memory machine, StepMemory memory m, Step memory s) private view {
        uint256 op = s.op;
        if (op > 0xf4) {
            s.status = Status.INVALID_INSTRUCTION;
            return;
        }
        uint256 count =
            op < 0xf2
                ? 1
                : op == 0xf2
                    ? 4
                    : 3;
        for (uint256 i = 0; i < count; ++i) m.name(_slot(machine, s.a + i));
        if (op == 0xf2 || op == 0xf3) m.name(_slot(machine, s.d));
        m.loadNamed();
        if (op < 0xf2) _inputOutput(machine, m, s);
        else if (op == 0xf2) _preimage(machine, m, s);
        else if (op == 0xf3) _inbox(machine, m, s);
        else _hint(machine, m, s);
    }

    /// @dev The low half of argument `i`.
    function _argument(
        Machine memory machine,
        StepMemory memory m,
        Step memory s,
        uint256 i
    ) private pure returns (uint256) {
        return m.read8(_slot(machine, s.a + i)) & 0xffffffff;
    }

    function _inputOutput(Machine memory machine, StepMemory memory m, Step memory s) private view {
        uint256 ptr = _argument(machine, m, s, 0);
        if (ptr & 31 != 0) s.status = Status.MISALIGNED;
        else if (ptr + 32 > linearSize) s.status = Status.OUT_OF_BOUNDS;
        else {
            m.loadFree(ptr >> 5, ptr >> 5);
            if (s.op == 0xf0) m.current[1] = uint256(machine.input);
            else {
                s.output = bytes32(m.before[1]);
                s.status = Status.HALTED;
            }
        }
    }

    function _preimage(Machine memory machine, StepMemory memory m, Step memory s) private view {
        uint256 kind = _argument(machine, m, s, 0);
        uint256 keyPtr = _argument(machine, m, s, 1);
        uint256 offset = _argument(machine, m, s, 2);
        uint256 dstPtr = _argument(machine, m, s, 3);
        if (kind > 1) s.status = Status.UNKNOWN_KIND;
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
                : HostData.precompileWord(key, data, offset);
            m.current[m.freeEntry(dstPtr)] = uint256(word);
            m.write8(_slot(machine, s.d), length);
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

    function _inbox(Machine memory machine, StepMemory memory m, Step memory s) private view {
        uint256 kind = _argument(machine, m, s, 0);
        uint256 index = m.read8(_slot(machine, s.a + 1));
        uint256 dstPtr = _argument(machine, m, s, 2);
        if (kind > 1) s.status = Status.UNKNOWN_KIND;
        else if (dstPtr & 31 != 0) s.status = Status.MISALIGNED;
        else if (dstPtr + 32 > linearSize) s.status = Status.OUT_OF_BOUNDS;
        else if (index >= (kind == 0 ? machine.batchLimit : machine.delayedLimit)) m.write8(_slot(machine, s.d), 0);
        else {
            m.loadFree(dstPtr >> 5, dstPtr >> 5);
            uint256 record = uint256(kind == 0 ? inbox.batchRecord(index) : inbox.messageHash(index));
            if (record == 0) revert RecordMissing(kind, index);
            m.current[1] = record;
            m.write8(_slot(machine, s.d), 1);
        }
    }

    function _hint(Machine memory machine, StepMemory memory m, Step memory s) private view {
        uint256 ptr = _argument(machine, m, s, 1);
        if (_argument(machine, m, s, 0) > 5) s.status = Status.UNKNOWN_KIND;
        else if (ptr & 31 != 0) s.status = Status.MISALIGNED;
        else if (ptr + _argument(machine, m, s, 2) > linearSize) s.status = Status.OUT_OF_BOUNDS;
    }
}
