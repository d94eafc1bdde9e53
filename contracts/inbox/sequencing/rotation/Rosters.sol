// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Rosters: who leads slots in this term, the next, and from the one behind it on
/// @notice A roster is a set of seats: bit `i` for seat `i`. All that changes is what holds two terms on, so that nobody's turn moves
/// while somebody waits for it. Three rosters and the term of the first fill one slot of storage.
/// @custom:source docs/spec/18-rotation.md#rosters.
library Rosters {
    /// @param term Term of `current`.
    /// @param later Roster of term `term + 2` and of all behind it, until it changes.
    struct Three {
        uint64 term;
        uint64 current;
        uint64 next;
        uint64 later;
    }

    /// @dev The same three as they stand in `term`, which is not before theirs.
    function rolledTo(Three memory self, uint256 term) internal pure returns (Three memory) {
        uint256 passed = term - self.term;
        if (passed == 0) return self;
        return Three(uint64(term), passed == 1 ? self.next : self.later, self.later, self.later);
    }

    /// @dev The roster of a term that is not before `self.term`.
    function rosterOf(Three memory self, uint256 term) internal pure returns (uint64) {
        return rolledTo(self, term).current;
    }

    /// @dev Every seat of one of the three: none of them may be given to somebody else.
    function seats(Three memory self) internal pure returns (uint64) {
        return self.current | self.next | self.later;
    }

    /// @dev Seat `place mod n` of the `n` in a roster that is not empty, counted from the lowest.
    function seatAt(uint64 roster, uint256 place) internal pure returns (uint256 seat) {
        uint256 left = place % count(roster);
        for (uint256 bits = roster; ; bits >>= 1) {
            if (bits & 1 == 1) {
                if (left == 0) return seat;
                left--;
            }
            seat++;
        }
    }

    function count(uint64 roster) internal pure returns (uint256 members) {
        for (uint256 bits = roster; bits != 0; bits &= bits - 1) members++;
    }

    /// @dev The lowest seat that is not in `taken`; 64 where all are.
    function lowestFree(uint64 taken) internal pure returns (uint256 seat) {
        while (seat < 64 && (taken >> seat) & 1 == 1) seat++;
    }
}
