// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {KnownGood} from "./KnownGood.sol";

/// @title Data behind a preimage key: found out on L1 from what the prover hands in.
/// @dev Rules in docs/spec/01-interfaces.md#host and docs/spec/05-machine-proofs.md#host-data.
library HostData {
    bytes32 internal constant PRECOMPILE_TAG = keccak256("solvent.precompile");

    /// @dev Gas between the check and the call, with room to spare: copying is done before.
    uint256 internal constant RESERVE = 10_000;
    /// @dev L1 may reprice a precompile after deployment: it may ask for `2 * gas + MARGIN`, which for the cheap ones is many times their price.
    uint256 internal constant MARGIN = 100_000;

    /// @notice The data does not hash to the key.
    error PreimageMismatch(bytes32 actual, bytes32 expected);
    /// @notice A precompile request without address and gas, or to an address that is no host precompile.
    error BadRequest();
    /// @notice The transaction must bring more gas: otherwise whoever sends it picks the answer by its gas limit.
    error NotEnoughGas(uint256 available, uint256 required);
    /// @notice This chain's precompile answers otherwise than the program does, or asks for more gas than proofs hand on.
    error PrecompileDiffers(uint256 precompile, bool valid);
    /// @notice A precompile failed that fails on no input.
    error PrecompileFailed(uint256 precompile);

    /// @notice Length of the data behind a keccak key, and its 32 bytes at `offset` (zero beyond the end).
    function keccakWord(
        bytes32 key,
        bytes calldata data,
        uint256 offset
    ) internal pure returns (uint256 length, bytes32 word) {
        bytes32 actual = keccak256(data);
        if (actual != key) revert PreimageMismatch(actual, key);
        length = data.length;
        if (offset >= length) return (length, 0);
        assembly ("memory-safe") {
            word := calldataload(add(data.offset, offset))
        }
        word = _cut(word, length - offset);
    }

    /// @notice The same for a precompile key, from its request without the tag: address, gas (a word each), input.
    function precompileWord(
        bytes32 key,
        bytes calldata request,
        uint256 offset
    ) internal view returns (uint256 length, bytes32 word) {
        if (request.length < 64) revert BadRequest();
        bytes memory tagged = bytes.concat(PRECOMPILE_TAG, request);
        bytes32 actual = keccak256(tagged);
        if (actual != key) revert PreimageMismatch(actual, key);
        uint256 input;
        assembly ("memory-safe") {
            input := add(tagged, 128)
        }
        bytes memory data = answer(
            uint256(bytes32(request[:32])),
            uint256(bytes32(request[32:64])),
            input,
            request.length - 64
        );
        length = data.length;
        if (offset >= length) return (length, 0);
        assembly ("memory-safe") {
            word := mload(add(add(data, 32), offset))
        }
        word = _cut(word, length - offset);
    }

    /// @notice Whether the program may ask for `precompile`: ecrecover, bn254, KZG, BLS12-381, P-256.
    function isHostPrecompile(uint256 precompile) internal pure returns (bool) {
        return precompile == 0x01 || precompile == 0x100 || failsOnBadInput(precompile);
    }

    /// @notice Whether failure is an answer: bn254 (6 to 8), KZG (10), BLS12-381 (11 to 17). The others answer with no bytes.
    function failsOnBadInput(uint256 precompile) internal pure returns (bool) {
        return (precompile >= 0x06 && precompile <= 0x08) || (precompile >= 0x0a && precompile <= 0x11);
    }

    /// @notice Asks a precompile: status byte (1 success, 0 failure) and output; no output after a failure.
    /// @dev SAFETY: exactly `2 * gasCost + MARGIN` is forwarded, whatever the transaction brings, so that the answer is a function of the
    /// request alone. A call that runs out of gas fails like one with bad input; so failure is an answer only if a known-good call that
    /// costs as much succeeds with as much gas. Else nothing is proven here, neither the true answer nor a false one.
    /// @param gasCost What the call costs on L2.
    /// @param input Where the input stands in memory.
    /// @param length Its length in bytes.
    function answer(
        uint256 precompile,
        uint256 gasCost,
        uint256 input,
        uint256 length
    ) internal view returns (bytes memory data) {
        if (!isHostPrecompile(precompile) || gasCost >> 64 != 0) revert BadRequest();
        uint256 available = gasleft() - gasleft() / 64;
        uint256 forwarded = 2 * gasCost + MARGIN;
        if (available < forwarded + RESERVE) revert NotEnoughGas(available, forwarded + RESERVE);
        bool success;
        assembly ("memory-safe") {
            success := staticcall(forwarded, precompile, input, length, 0, 0)
        }
        if (!success) {
            if (!failsOnBadInput(precompile)) revert PrecompileFailed(precompile);
            _requireEnoughFor(precompile, length, forwarded);
            return hex"00";
        }
        assembly ("memory-safe") {
            data := mload(0x40)
            let size := returndatasize()
            mstore(data, add(size, 1))
            mstore8(add(data, 32), 1)
            returndatacopy(add(data, 33), 0, size)
            mstore(0x40, and(add(add(data, size), 127), not(31)))
        }
    }

    /// @dev That `forwarded` gas was enough for a call of that length, so that it failed for its input.
    function _requireEnoughFor(uint256 precompile, uint256 length, uint256 forwarded) private view {
        (bool isPossible, uint256 size, uint256 times) = KnownGood.forLength(precompile, length);
        if (!isPossible) return;
        uint256 share = forwarded / times;
        uint256 available = gasleft() - gasleft() / 64;
        if (KnownGood.succeeds(precompile, size, share)) return;
        // with less than its share it may have failed for that alone
        if (available < share + RESERVE) revert NotEnoughGas(available, share + RESERVE);
        revert PrecompileDiffers(precompile, true);
    }

    /// @dev The first `length` bytes of a word, zero behind them; the whole word if there are that many.
    function _cut(bytes32 word, uint256 length) private pure returns (bytes32) {
        return length >= 32 ? word : word & ~bytes32(type(uint256).max >> (8 * length));
    }
}
