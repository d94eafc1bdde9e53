// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDispute} from "../interfaces/IDispute.sol";

/// @dev `staker (160) | status (8) | timer (40) | created (40)`, lowest bits last: an edge in one storage slot.
type EdgeWord is uint256;

/// @dev `bisected (8) | decidedAt (40) | rivalledAt (40) | decided (8) | rivalry (8)`: a mutual id in one storage slot.
type MutualWord is uint256;

using EdgeWords for EdgeWord global;
using MutualWords for MutualWord global;

/// @title The slot of an edge, read and rewritten as one word
library EdgeWords {
    uint256 private constant TIMER_SHIFT = 40;
    uint256 private constant STATUS_SHIFT = 80;
    uint256 private constant STAKER_SHIFT = 88;

    /// @notice A new, open edge.
    function create(uint40 created_, address staker_) internal pure returns (EdgeWord) {
        uint256 word =
            (uint256(uint160(staker_)) << STAKER_SHIFT) | (uint256(IDispute.Status.Open) << STATUS_SHIFT) | created_;
        return EdgeWord.wrap(word);
    }

    function created(EdgeWord word) internal pure returns (uint40) {
        return uint40(EdgeWord.unwrap(word));
    }

    function timer(EdgeWord word) internal pure returns (uint40) {
        return uint40(EdgeWord.unwrap(word) >> TIMER_SHIFT);
    }

    function status(EdgeWord word) internal pure returns (IDispute.Status) {
        return IDispute.Status(uint8(EdgeWord.unwrap(word) >> STATUS_SHIFT));
    }

    function staker(EdgeWord word) internal pure returns (address) {
        return address(uint160(EdgeWord.unwrap(word) >> STAKER_SHIFT));
    }

    function exists(EdgeWord word) internal pure returns (bool) {
        return word.status() != IDispute.Status.None;
    }

    function withTimer(EdgeWord word, uint40 timer_) internal pure returns (EdgeWord) {
        uint256 cleared = EdgeWord.unwrap(word) & ~(uint256(type(uint40).max) << TIMER_SHIFT);
        return EdgeWord.wrap(cleared | (uint256(timer_) << TIMER_SHIFT));
    }

    function withStatus(EdgeWord word, IDispute.Status status_) internal pure returns (EdgeWord) {
        uint256 cleared = EdgeWord.unwrap(word) & ~(uint256(type(uint8).max) << STATUS_SHIFT);
        return EdgeWord.wrap(cleared | (uint256(status_) << STATUS_SHIFT));
    }
}

/// @title The slot of a mutual id, read and rewritten as one word
library MutualWords {
    uint256 private constant DECIDED_SHIFT = 8;
    uint256 private constant RIVALLED_AT_SHIFT = 16;
    uint256 private constant DECIDED_AT_SHIFT = 56;
    uint256 private constant BISECTED_SHIFT = 96;

    function rivalry(MutualWord word) internal pure returns (IDispute.Rivalry) {
        return IDispute.Rivalry(uint8(MutualWord.unwrap(word)));
    }

    function isDecided(MutualWord word) internal pure returns (bool) {
        return uint8(MutualWord.unwrap(word) >> DECIDED_SHIFT) != 0;
    }

    function rivalledAt(MutualWord word) internal pure returns (uint40) {
        return uint40(MutualWord.unwrap(word) >> RIVALLED_AT_SHIFT);
    }

    function decidedAt(MutualWord word) internal pure returns (uint40) {
        return uint40(MutualWord.unwrap(word) >> DECIDED_AT_SHIFT);
    }

    function isRivalled(MutualWord word) internal pure returns (bool) {
        return word.rivalry() == IDispute.Rivalry.Rivalled;
    }

    /// @notice Whether one of its edges was bisected.
    function isBisected(MutualWord word) internal pure returns (bool) {
        return uint8(MutualWord.unwrap(word) >> BISECTED_SHIFT) != 0;
    }

    /// @notice One edge, no rival.
    function single() internal pure returns (MutualWord) {
        return MutualWord.wrap(uint256(IDispute.Rivalry.Single));
    }

    /// @notice The second edge appears.
    function rivalled(uint40 at) internal pure returns (MutualWord) {
        return MutualWord.wrap((uint256(at) << RIVALLED_AT_SHIFT) | uint256(IDispute.Rivalry.Rivalled));
    }

    function withBisection(MutualWord word) internal pure returns (MutualWord) {
        return MutualWord.wrap(MutualWord.unwrap(word) | (1 << BISECTED_SHIFT));
    }

    function withDecision(MutualWord word, uint40 at) internal pure returns (MutualWord) {
        return MutualWord.wrap(MutualWord.unwrap(word) | (uint256(at) << DECIDED_AT_SHIFT) | (1 << DECIDED_SHIFT));
    }
}
