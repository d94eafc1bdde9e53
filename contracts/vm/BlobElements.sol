// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title BlobElements: one field element of a blob, shown to L1
/// @notice A blob is a polynomial in evaluation form: element i is its value at the root of unity whose exponent is i with its 12 bits
/// reversed. L1 keeps the versioned hash alone; its point evaluation precompile says whether the polynomial has a value at a point.
/// @custom:source EIP-4844; docs/spec/05-machine-proofs.md#host-data. Twin of node/kzg/kzg.ts.
library BlobElements {
    uint256 internal constant BLOB_BYTES = 131_072;
    uint256 internal constant ELEMENTS = 4096;
    /// @dev Bits of an element's index.
    uint256 internal constant INDEX_BITS = 12;
    /// @dev Value, commitment and proof.
    uint256 internal constant OPENING_BYTES = 128;
    /// @dev Order of the field.
    uint256 internal constant MODULUS = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001;
    /// @dev 7 ** ((MODULUS - 1) / 4096).
    uint256 internal constant ROOT_OF_UNITY = 0x564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306;
    address private constant POINT_EVALUATION = address(0x0a);

    /// @notice An opening has 128 bytes; none behind the blob's end.
    error OpeningLength(uint256 actual, uint256 required);
    /// @notice The blob behind the versioned hash is not shown to have that value there; or too little gas was left to find out.
    error ElementNotShown(bytes32 versionedHash, uint256 index);

    /// @notice Length of the blob behind a versioned hash, and its 32 bytes at `offset`, a multiple of 32 (zero beyond the end).
    /// @dev SAFETY: values and points are below `MODULUS` (the precompile refuses others), so an element has one form. A call that runs out
    /// of gas proves nothing: whoever sends it chooses between the answer and a revert, never between two answers.
    /// @param opening Value (32), commitment (48), proof (48): the precompile's input behind hash and point.
    function word(
        bytes32 versionedHash,
        bytes calldata opening,
        uint256 offset
    ) internal view returns (uint256 length, bytes32 element) {
        uint256 required = offset < BLOB_BYTES ? OPENING_BYTES : 0;
        if (opening.length != required) revert OpeningLength(opening.length, required);
        if (required == 0) return (BLOB_BYTES, 0);
        uint256 index = offset >> 5;
        (bool success, bytes memory answer) = POINT_EVALUATION.staticcall(
            bytes.concat(versionedHash, bytes32(pointOf(index)), opening)
        );
        // An account without code answers with no bytes, and no failure.
        if (!success || keccak256(answer) != keccak256(abi.encode(ELEMENTS, MODULUS)))
            revert ElementNotShown(versionedHash, index);
        return (BLOB_BYTES, bytes32(opening[:32]));
    }

    /// @notice Where the polynomial takes the value that is element `index`, which is below 4,096.
    function pointOf(uint256 index) internal pure returns (uint256 point) {
        point = 1;
        uint256 power = ROOT_OF_UNITY;
        for (uint256 bit = INDEX_BITS; bit > 0; --bit) {
            if ((index >> (bit - 1)) & 1 == 1) point = mulmod(point, power, MODULUS);
            power = mulmod(power, power, MODULUS);
        }
    }
}
