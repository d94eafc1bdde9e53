// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInbox} from "../interfaces/IInbox.sol";
import {IOneStepProver} from "../interfaces/IOneStepProver.sol";

/// @title A machine that counts: one run takes the chain from block n to block n + 1
/// @notice Its first step asks the host which n the input root commits to; then it counts its steps, and the last one writes
/// the output root of n + 1, or the input root again when batch n is not in the inbox. Some n trap, some spin for ever.
/// @dev Registers: eight words in the order of `Registers`. Witness: the registers, and in the first step one more word, n.
/// @custom:source Twin: simulator/truths/toy/machine.ts, equal by test/contracts/game/model.test.ts.
contract ToyProver is IOneStepProver {
    enum Status {
        Running,
        Halted,
        Trapped
    }

    struct Registers {
        Status status;
        uint64 steps;
        uint64 number;
        bytes32 input;
        bytes32 output;
        uint64 batchCount;
        uint64 delayedCount;
        bool loaded;
    }

    bytes32 private constant TAG_MACHINE = keccak256("toy.machine");
    uint256 private constant REGISTERS_BYTES = 8 * 32;

    /// @notice Steps of a run that ends.
    uint64 public immutable RUN_STEPS;
    /// @notice The run from this block traps in its second step.
    uint64 public immutable TRAP_AT;
    /// @notice The run from this block never ends: its machine stays as it is after the first step.
    uint64 public immutable SPIN_AT;
    /// @inheritdoc IOneStepProver
    IInbox public immutable override inbox;

    error BadWitness();

    constructor(IInbox inbox_, uint64 runSteps, uint64 trapAt, uint64 spinAt) {
        inbox = inbox_;
        (RUN_STEPS, TRAP_AT, SPIN_AT) = (runSteps, trapAt, spinAt);
    }

    function initialState(bytes32 outputRoot, InboxState calldata limits) external pure override returns (bytes32) {
        Registers memory r;
        r.status = outputRoot == 0 ? Status.Trapped : Status.Running;
        r.input = outputRoot;
        (r.batchCount, r.delayedCount) = (limits.batchCount, limits.delayedCount);
        return _hash(r);
    }

    function result(bytes calldata machine) external pure override returns (bytes32 machineHash, bytes32 outputRoot) {
        if (machine.length != REGISTERS_BYTES) revert BadWitness();
        Registers memory r = abi.decode(machine, (Registers));
        return (_hash(r), r.status == Status.Halted ? r.output : bytes32(0));
    }

    function step(
        bytes32 before,
        InboxState calldata limits,
        bytes calldata witness
    ) external view override returns (bytes32) {
        Registers memory r = abi.decode(witness, (Registers));
        if (_hash(r) != before) revert BadWitness();
        if (r.batchCount != limits.batchCount || r.delayedCount != limits.delayedCount) revert BadWitness();
        bool asks = r.status == Status.Running && !r.loaded;
        if (witness.length != REGISTERS_BYTES + (asks ? 32 : 0)) revert BadWitness();
        if (r.status != Status.Running) return before;
        if (asks) {
            r.number = abi.decode(witness[REGISTERS_BYTES:], (uint64));
            if (outputRootOf(r.number) != r.input) revert BadWitness();
            r.loaded = true;
        } else if (r.number == TRAP_AT) r.status = Status.Trapped;
        else if (r.number == SPIN_AT) return before;
        r.steps += 1;
        if (r.status == Status.Running && r.steps == RUN_STEPS) {
            r.status = Status.Halted;
            r.output = r.number < r.batchCount ? outputRootOf(r.number + 1) : r.input;
        }
        return _hash(r);
    }

    /// @notice Output root after block `number`: state root = number, no message passer, and a header of nothing but the number.
    function outputRootOf(uint64 number) public pure returns (bytes32) {
        return keccak256(abi.encode(bytes32(0), uint256(number), bytes32(0), keccak256(headerOf(number))));
    }

    /// @notice RLP list of eight empty items and the block number.
    function headerOf(uint64 number) public pure returns (bytes memory) {
        bytes memory item;
        if (number == 0) item = hex"80";
        else {
            for (uint64 rest = number; rest != 0; rest >>= 8) item = abi.encodePacked(uint8(rest), item);
            if (number >= 0x80) item = abi.encodePacked(uint8(0x80 + item.length), item);
        }
        return abi.encodePacked(uint8(0xc8 + item.length), hex"8080808080808080", item);
    }

    function _hash(Registers memory r) private pure returns (bytes32) {
        return keccak256(abi.encode(TAG_MACHINE, r));
    }
}
