// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What a move cost, in one byte
/// @dev Six bits of exponent, two of mantissa, rounded down: `(4 + low two bits) << (high six bits - 1)`, and 0 for nothing. At most a
/// fifth is lost, nothing is ever added: whoever is paid by this has spent more.
/// Only the base fee counts, which L1 burns; a tip could go to the sender itself.
/// @custom:source docs/spec/06-game.md#rewards.
library Costs {
    /// @param gasUsed Of the move itself, from below.
    /// @return cost Of the gas at this block's base fee.
    /// @return amount What `read` makes of it.
    function write(uint256 gasUsed) internal view returns (uint8 cost, uint256 amount) {
        unchecked {
            uint256 spent = gasUsed * block.basefee;
            if (spent < 4) return (0, 0);
            // More than 2^64 wei no block's gas costs.
            if (spent >> 64 != 0) spent = type(uint64).max;
            // Position of the highest bit, less 2, found by halves.
            uint256 rest = spent;
            uint256 shift = 0;
            if (rest >> 32 != 0) (rest, shift) = (rest >> 32, 32);
            if (rest >> 16 != 0) (rest, shift) = (rest >> 16, shift | 16);
            if (rest >> 8 != 0) (rest, shift) = (rest >> 8, shift | 8);
            if (rest >> 4 != 0) (rest, shift) = (rest >> 4, shift | 4);
            if (rest >> 2 != 0) (rest, shift) = (rest >> 2, shift | 2);
            shift = (shift | (rest >> 1)) - 2;
            cost = uint8(((shift + 1) << 2) | ((spent >> shift) & 3));
            amount = (spent >> shift) << shift;
        }
    }

    /// @return In wei.
    function read(uint8 cost) internal pure returns (uint256) {
        unchecked {
            return cost < 4 ? 0 : uint256(4 | (cost & 3)) << ((cost >> 2) - 1);
        }
    }
}
