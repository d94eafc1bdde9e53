// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOneStepProver} from "./IOneStepProver.sol";

/// @title What every dispute game has, whatever its rules: names of what is disputed, time, balances
/// @notice Who settles (contracts/settlement) and who pays (contracts/bridge, contracts/solvency) know no more of a game than this. What a
/// player may do stands in the interface of the game itself: `IDispute` for edges.
/// @custom:source docs/spec/15-games.md.
interface IDisputeGame {
    /// @notice What all claims about one history agree on.
    /// @param above Parent assertion (level 0), or what is contested one level up.
    /// @param start State before the history's first leaf: output root (level 0) or machine hash.
    /// @param inbox Hash of the `InboxState` that limits the runs.
    struct Origin {
        bytes32 above;
        bytes32 start;
        bytes32 inbox;
    }

    event Deposited(address indexed account, uint256 amount);
    event Withdrawn(address indexed account, address indexed to, uint256 amount);

    error BadParameter(bytes32 name);
    /// @notice A proof of the wrong length: spine, path or machine registers.
    error WrongLength(uint256 actual, uint256 required);
    error WrongLevel(uint256 actual, uint256 required);
    error OriginMismatch(bytes32 actual, bytes32 required);
    error InboxMismatch(bytes32 actual, bytes32 required);
    /// @notice The machine's result is not the contested output root.
    error ResultMismatch(bytes32 actual, bytes32 required);
    error ParentNotConfirmed(bytes32 assertion);
    error InsufficientBalance(uint256 actual, uint256 required);
    error TransferFailed();

    /// @notice Adds to the caller's balance, from which stakes are taken. Nothing, and no log, without value.
    function deposit() external payable;

    /// @notice Pays the caller's whole balance out. Nothing, and no log, where there is none.
    /// @custom:reverts TransferFailed.
    function withdraw(address payable to) external returns (uint256 amount);

    /// @notice Several calls in one transaction, all or nothing. Not payable.
    function multicall(bytes[] calldata data) external returns (bytes[] memory results);

    function balanceOf(address account) external view returns (uint256);

    /// @notice Height of a level's histories. An assertion covers 2^heightOf(0) runs.
    function heightOf(uint8 level) external view returns (uint8);

    /// @notice Seconds after which an assertion can be confirmed if nobody disputes it.
    function challengePeriod() external view returns (uint40);

    /// @notice The seconds that count for it now: at `challengePeriod`, if nothing else stands in the way, it wins.
    /// @param id An assertion, or whatever else the game times.
    /// @param place Where it stands: of another place the answer means nothing.
    function timerOf(bytes32 id, bytes32 place) external view returns (uint40);

    function prover() external view returns (IOneStepProver);
}
