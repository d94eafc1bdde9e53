// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPortal} from "../interfaces/IPortal.sol";

/// @title GuardedCall: calls a stranger with a promised amount of gas and no trust in what comes back
library GuardedCall {
    /// @dev A call's own cost at most, where the callee has code to starve: cold account 2,600, value 9,000; the rest is what runs up to the
    /// call, and room for a repricing. (A new account, 25,000 and more after the next fork, has no code: what it gets does not matter.)
    uint256 internal constant CALL_OVERHEAD_GAS = 40_000;

    /// @notice Calls `target` with all gas but a 64th part, at least `gasLimit`; copies no return data.
    /// @custom:reverts InsufficientGas(actual, required) when the callee could not get `gasLimit`.
    function callWithMinGas(
        address target,
        uint256 gasLimit,
        uint256 value,
        bytes memory data
    ) internal returns (bool success) {
        uint256 left = gasleft();
        uint256 forwarded = left > CALL_OVERHEAD_GAS ? ((left - CALL_OVERHEAD_GAS) * 63) / 64 : 0;
        if (forwarded < gasLimit) revert IPortal.InsufficientGas(forwarded, gasLimit);
        assembly ("memory-safe") {
            success := call(gas(), target, value, add(data, 0x20), mload(data), 0, 0)
        }
    }
}
