// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInbox} from "../interfaces/IInbox.sol";
import {IOneStepProver} from "../interfaces/IOneStepProver.sol";
import {AccessOps} from "./AccessOps.sol";
import {ArithmeticOps} from "./ArithmeticOps.sol";
import {ControlOps} from "./ControlOps.sol";
import {HostOps} from "./HostOps.sol";
import {Machine, MachineLib, Status, Step} from "./Machine.sol";
import {PrecompileVectors} from "./PrecompileVectors.sol";
import {StepMemory, StepMemoryLib} from "./StepMemory.sol";
import {Opcodes} from "./Opcodes.sol";

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

    bytes32 private constant CODE_TAG = keccak256("solvent.code");
    bytes32 private constant PROGRAM_TAG = keccak256("solvent.program");

    /// @notice Longest input of a host precompile, in bytes, whose dearest call is proven within L1's cap on a transaction's gas. A
    /// chain whose rules allow longer ones (genesis, slot 0x104 of the L1 block info) has steps that nobody can prove.
    uint256 public constant MAX_PRECOMPILE_INPUT_BYTES = 38_400;

    /// @notice keccak(TAG("program"), codeRoot, entryPc, memoryRoot, linearSize, frameArea, codeDepth, memoryDepth).
    bytes32 public immutable programHash;
    /// @inheritdoc IOneStepProver
    IInbox public immutable override inbox;
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
        if (op < Opcodes.COPY) ControlOps.control(machine, m, s, framesEnd);
        else if (op <= Opcodes.EXTEND32_TO64) ArithmeticOps.unary(machine, m, s);
        else if (op >= Opcodes.BRANCH && op < Opcodes.BINARY) ArithmeticOps.branch(machine, m, s);
        else if (op >= Opcodes.BINARY && op < Opcodes.LOAD) ArithmeticOps.binary(machine, m, s);
        else if (op >= Opcodes.LOAD && op < Opcodes.INPUT) AccessOps.access(machine, m, s, linearSize);
        else if (op >= Opcodes.INPUT && op < Opcodes.LOAD_INDEXED) HostOps.hostCall(machine, m, s, linearSize, inbox);
        else if (op >= Opcodes.LOAD_INDEXED && op < Opcodes.STORE_INDEXED + 4)
            AccessOps.access(machine, m, s, linearSize);
        else s.status = Status.INVALID_INSTRUCTION;
    }
}
