// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IDispute} from "../../interfaces/IDispute.sol";

/// @dev `cost (8) | maker (160) | stakeMoved (1) | staked (1) | status (6) | timer (40) | created (40)`, lowest bits last: an
/// edge in one storage slot.
type EdgeWord is uint256;

/// @dev `reward (152) | bisected (8) | decidedAt (40) | rivalledAt (40) | decided (8) | rivalry (8)`: a mutual id in one storage slot.
type MutualWord is uint256;

using EdgeWords for EdgeWord global;
using MutualWords for MutualWord global;

/// @title The slot of an edge, read and rewritten as one word
library EdgeWords {
    uint256 private constant TIMER_SHIFT = 40;
    uint256 private constant STATUS_SHIFT = 80;
    uint256 private constant STATUS_MASK = 0x3f;
    uint256 private constant STAKED = 1 << 86;
    uint256 private constant STAKE_MOVED = 1 << 87;
    uint256 private constant MAKER_SHIFT = 88;
    uint256 private constant COST_SHIFT = 248;

    /// @notice A new, open edge without a stake: the half of a bisected one.
    /// @param maker_ Who bisected.
    /// @param cost_ Of the bisection, as `Costs` writes it.
    function createHalf(uint40 created_, address maker_, uint8 cost_) internal pure returns (EdgeWord) {
        uint256 word = (uint256(cost_) << COST_SHIFT) | (uint256(uint160(maker_)) << MAKER_SHIFT);
        return EdgeWord.wrap(word | (uint256(IDispute.Status.Open) << STATUS_SHIFT) | created_);
    }

    /// @notice A new, open root edge.
    /// @param maker_ Who staked it.
    function createStaked(uint40 created_, address maker_, uint8 cost_) internal pure returns (EdgeWord) {
        return EdgeWord.wrap(EdgeWord.unwrap(createHalf(created_, maker_, cost_)) | STAKED);
    }

    function created(EdgeWord word) internal pure returns (uint40) {
        return uint40(EdgeWord.unwrap(word));
    }

    function timer(EdgeWord word) internal pure returns (uint40) {
        return uint40(EdgeWord.unwrap(word) >> TIMER_SHIFT);
    }

    function status(EdgeWord word) internal pure returns (IDispute.Status) {
        return IDispute.Status((EdgeWord.unwrap(word) >> STATUS_SHIFT) & STATUS_MASK);
    }

    function isStaked(EdgeWord word) internal pure returns (bool) {
        return EdgeWord.unwrap(word) & STAKED != 0;
    }

    /// @notice Whether the stake goes on to a child when this assertion is confirmed.
    function isStakeMoved(EdgeWord word) internal pure returns (bool) {
        return EdgeWord.unwrap(word) & STAKE_MOVED != 0;
    }

    /// @notice Who staked it, bisected into it, or proved it.
    function maker(EdgeWord word) internal pure returns (address) {
        return address(uint160(EdgeWord.unwrap(word) >> MAKER_SHIFT));
    }

    /// @notice What is still to be paid for making it, as `Costs` writes it.
    function cost(EdgeWord word) internal pure returns (uint8) {
        return uint8(EdgeWord.unwrap(word) >> COST_SHIFT);
    }

    function exists(EdgeWord word) internal pure returns (bool) {
        // `status() != None`, without the range check of the cast: asked for up to four times a call.
        return EdgeWord.unwrap(word) & (STATUS_MASK << STATUS_SHIFT) != 0;
    }

    function withTimer(EdgeWord word, uint40 timer_) internal pure returns (EdgeWord) {
        uint256 cleared = EdgeWord.unwrap(word) & ~(uint256(type(uint40).max) << TIMER_SHIFT);
        return EdgeWord.wrap(cleared | (uint256(timer_) << TIMER_SHIFT));
    }

    function withStatus(EdgeWord word, IDispute.Status status_) internal pure returns (EdgeWord) {
        uint256 cleared = EdgeWord.unwrap(word) & ~(STATUS_MASK << STATUS_SHIFT);
        return EdgeWord.wrap(cleared | (uint256(status_) << STATUS_SHIFT));
    }

    function withStakeMoved(EdgeWord word) internal pure returns (EdgeWord) {
        return EdgeWord.wrap(EdgeWord.unwrap(word) | STAKE_MOVED);
    }

    /// @notice The last move on the edge was someone else's: its proof.
    function withMaker(EdgeWord word, address maker_, uint8 cost_) internal pure returns (EdgeWord) {
        uint256 kept = EdgeWord.unwrap(word) & ((1 << MAKER_SHIFT) - 1);
        return EdgeWord.wrap(kept | (uint256(uint160(maker_)) << MAKER_SHIFT) | (uint256(cost_) << COST_SHIFT));
    }

    function withoutCost(EdgeWord word) internal pure returns (EdgeWord) {
        return EdgeWord.wrap(EdgeWord.unwrap(word) & ((1 << COST_SHIFT) - 1));
    }
}

/// @title The slot of a mutual id, read and rewritten as one word
library MutualWords {
    uint256 private constant DECIDED_SHIFT = 8;
    uint256 private constant RIVALLED_AT_SHIFT = 16;
    uint256 private constant DECIDED_AT_SHIFT = 56;
    uint256 private constant BISECTED_SHIFT = 96;
    uint256 private constant REWARD_SHIFT = 104;

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
        // Without the range check of the cast.
        return uint8(MutualWord.unwrap(word)) == uint8(IDispute.Rivalry.Rivalled);
    }

    /// @notice Whether one of its edges was bisected.
    function isBisected(MutualWord word) internal pure returns (bool) {
        return uint8(MutualWord.unwrap(word) >> BISECTED_SHIFT) != 0;
    }

    /// @notice Wei from slashed edges here, for those who made the moves below the confirmed one.
    function reward(MutualWord word) internal pure returns (uint256) {
        return MutualWord.unwrap(word) >> REWARD_SHIFT;
    }

    /// @param reward_ Less than 2^152: all ether is.
    function withReward(MutualWord word, uint256 reward_) internal pure returns (MutualWord) {
        uint256 kept = MutualWord.unwrap(word) & ((1 << REWARD_SHIFT) - 1);
        return MutualWord.wrap(kept | (reward_ << REWARD_SHIFT));
    }

    /// @notice One edge, no rival.
    function single() internal pure returns (MutualWord) {
        return MutualWord.wrap(uint256(IDispute.Rivalry.Single));
    }

    /// @notice The second edge appears.
    function rivalled(uint40 time) internal pure returns (MutualWord) {
        return MutualWord.wrap((uint256(time) << RIVALLED_AT_SHIFT) | uint256(IDispute.Rivalry.Rivalled));
    }

    function withBisection(MutualWord word) internal pure returns (MutualWord) {
        return MutualWord.wrap(MutualWord.unwrap(word) | (1 << BISECTED_SHIFT));
    }

    function withDecision(MutualWord word, uint40 time) internal pure returns (MutualWord) {
        return MutualWord.wrap(MutualWord.unwrap(word) | (uint256(time) << DECIDED_AT_SHIFT) | (1 << DECIDED_SHIFT));
    }
}
