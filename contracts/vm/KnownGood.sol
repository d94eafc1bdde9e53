// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Known-good calls of the precompiles that fail on bad input
/// @notice What must succeed on L1 before the failure of another call of the same precompile is believed.
/// @dev All prices of these precompiles are functions of the input's length. So the known-good call has the length of the one in
/// question, or of a part of it whose price, times the count of such parts, is no less than the price of the whole.
/// @custom:source docs/spec/05-machine-proofs.md#host-data.
library KnownGood {
    /// @dev A long call is judged by a part of it: asking for the whole once more would not fit into one transaction.
    uint256 internal constant PARTS = 8;
    /// @dev Of the commitment to the zero polynomial, the point at infinity: 0xc0 and 47 zeros.
    bytes32 private constant VERSIONED_HASH = 0x010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014;

    /// @notice The known-good call that stands for one of `precompile` with `length` bytes of input.
    /// @return isPossible False where no input of that length is valid: such a call fails whatever the gas.
    /// @return size Bytes of the known-good input: zeros (points at infinity, the field element 0) but for point evaluation.
    /// @return times How many such calls cost at least what the call in question does.
    function forLength(
        uint256 precompile,
        uint256 length
    ) internal pure returns (bool isPossible, uint256 size, uint256 times) {
        (uint256 unit, bool isCounted) = _unitOf(precompile);
        // bn254 addition and multiplication take any length
        if (precompile == 0x06 || precompile == 0x07) return (true, unit, 1);
        if (!isCounted) return (length == unit, unit, 1);
        // only bn254's pairing takes no pair at all
        if (length % unit != 0 || (length == 0 && precompile != 0x08)) return (false, 0, 0);
        uint256 count = length / unit;
        if (count == 0) return (true, 0, 1);
        uint256 part = (count + PARTS - 1) / PARTS;
        return (true, part * unit, (count + part - 1) / part);
    }

    /// @notice Whether the known-good call of `size` bytes succeeds with `gasLimit`, or with less where there is less.
    function succeeds(uint256 precompile, uint256 size, uint256 gasLimit) internal view returns (bool success) {
        bytes32 versionedHash = VERSIONED_HASH;
        assembly ("memory-safe") {
            let input := mload(0x40)
            // nothing stands behind calldata: zeros
            calldatacopy(input, calldatasize(), size)
            if eq(precompile, 0x0a) {
                // versioned hash, z = 0, y = 0, commitment, proof
                mstore(input, versionedHash)
                mstore8(add(input, 96), 0xc0)
                mstore8(add(input, 144), 0xc0)
            }
            success := staticcall(gasLimit, precompile, input, size, 0, 0)
        }
    }

    /// @dev Bytes of an input, or of one term of it where it is a list.
    function _unitOf(uint256 precompile) private pure returns (uint256 unit, bool isCounted) {
        if (precompile == 0x06) return (128, false);
        if (precompile == 0x07) return (96, false);
        if (precompile == 0x08) return (192, true);
        if (precompile == 0x0a) return (192, false);
        if (precompile == 0x0b) return (256, false);
        if (precompile == 0x0c) return (160, true);
        if (precompile == 0x0d) return (512, false);
        if (precompile == 0x0e) return (288, true);
        if (precompile == 0x0f) return (384, true);
        if (precompile == 0x10) return (64, false);
        return (128, false);
    }
}
