// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Draws: the order of a term's leaders, drawn by a beacon root of L1
/// @notice Nobody has to note a draw: the root stands in L1's own history (EIP-4788), at the first block from a time on, and everybody who looks
/// finds the same one. Each round of slots is a permutation of the roster, so that chance decides who leads when, never how often.
/// @custom:source docs/spec/18-rotation.md#draw.
library Draws {
    /// @dev Of EIP-4788: answers with the parent's beacon root for the time of an L1 block, and reverts for any other.
    address internal constant BEACON_ROOTS = 0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02;
    /// @dev A root stands there until a block so many seconds later may take its place.
    uint256 internal constant HISTORY_SECONDS = 8_191;
    /// @dev L1 makes a block in this time, or the term goes in the order of seats.
    uint256 internal constant SEARCH_SECONDS = 64;

    /// @param from L1 seconds; the search is exact while they are less than `HISTORY_SECONDS - SEARCH_SECONDS` ago.
    /// @return isCertain Whether nothing that L1 does from now on changes the answer.
    /// @return root Of the first block in `SEARCH_SECONDS` seconds from `from` on; 0 where there is none.
    function rootFrom(uint256 from) internal view returns (bool isCertain, bytes32 root) {
        uint256 end = from + SEARCH_SECONDS;
        for (uint256 time = from; time < end && time <= block.timestamp; time++) {
            root = rootAt(time);
            if (root != 0) return (true, root);
        }
        return (block.timestamp + 1 >= end, 0);
    }

    /// @return root 0 where no block has that time, or it is too long ago.
    function rootAt(uint256 time) internal view returns (bytes32 root) {
        (bool success, bytes memory answer) = BEACON_ROOTS.staticcall(abi.encode(time));
        if (success && answer.length == 32) root = abi.decode(answer, (bytes32));
    }

    /// @dev Who of `count` is number `slot % count` in the order of the round `slot / count`: a shuffle after Fisher and Yates, as far as needed.
    /// @return place Below `count`.
    function placeOf(bytes32 root, uint256 slot, uint256 count) internal pure returns (uint256 place) {
        uint256 index = slot % count;
        uint8[] memory order = new uint8[](count);
        for (uint256 i = 0; i < count; i++) order[i] = uint8(i);
        for (uint256 i = 0; i <= index; i++) {
            uint256 other = i + (uint256(keccak256(abi.encode(root, slot / count, i))) % (count - i));
            (order[i], order[other]) = (order[other], order[i]);
        }
        return order[index];
    }
}
