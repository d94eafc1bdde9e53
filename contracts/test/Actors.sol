// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IInbox} from "../interfaces/IInbox.sol";
import {IPortal} from "../interfaces/IPortal.sol";
import {Aliasing} from "../inbox/Aliasing.sol";
import {Chunks} from "../inbox/Chunks.sol";

/// @title Relay: a contract that calls whatever it is told to, also as the code of a delegated account
contract Relay {
    function relay(address target, bytes calldata data) external payable returns (bytes memory result) {
        bool success;
        (success, result) = target.call{value: msg.value}(data);
        if (!success) {
            assembly ("memory-safe") {
                revert(add(result, 0x20), mload(result))
            }
        }
    }
}

/// @title Newborn: sends a message while it is under construction, when it has no code yet
contract Newborn {
    constructor(IInbox inbox, uint64 gasLimit) {
        inbox.sendMessage(address(this), 0, gasLimit, false, "");
    }
}

/// @title Receiver: a withdrawal's target of every temper
contract Receiver {
    enum Mode {
        Accept,
        Refuse,
        ReturnBomb,
        UseGas,
        Reenter,
        DepositBack
    }

    IPortal public immutable portal;
    Mode public mode;
    address public sender;
    uint256 public received;
    bytes public again;
    bytes4 public innerError;

    error Refused();

    constructor(IPortal portal_) {
        portal = portal_;
    }

    receive() external payable {}

    function setMode(Mode mode_, bytes calldata again_) external {
        (mode, again) = (mode_, again_);
    }

    function hit() external payable {
        if (mode == Mode.Refuse) revert Refused();
        sender = portal.l2Sender();
        received += msg.value;
        if (mode == Mode.ReturnBomb) {
            assembly {
                return(0, 1000000)
            }
        }
        if (mode == Mode.UseGas) {
            // A target that works with what it gets: it notices starvation only by its own means.
            innerError = bytes4(uint32(gasleft()));
        }
        if (mode == Mode.Reenter) {
            (bool success, bytes memory reason) = address(portal).call(again);
            if (!success) innerError = bytes4(reason);
        }
        if (mode == Mode.DepositBack) {
            portal.depositTransaction{value: msg.value}(address(this), msg.value, 100_000, false, "");
        }
    }
}

/// @title Harness: the libraries' functions for differential tests
contract InboxHarness {
    function chunksHash(bytes calldata data) external pure returns (bytes32) {
        return Chunks.hash(data);
    }

    function aliased(address account) external pure returns (address) {
        return Aliasing.alias_(account);
    }

    function l2Sender() external view returns (address) {
        return Aliasing.l2Sender(msg.sender);
    }
}

/// @title HostileReceiver: takes bare ether, refuses it, or calls back in the middle
contract HostileReceiver {
    enum Mode {
        Accept,
        Refuse,
        Reenter
    }

    address public immutable target;
    Mode public mode;
    bytes public again;
    bytes4 public innerError;

    error Refused();

    constructor(address target_) {
        target = target_;
    }

    receive() external payable {
        _take();
    }

    function setMode(Mode mode_, bytes calldata again_) external {
        (mode, again) = (mode_, again_);
    }

    function _take() private {
        if (mode == Mode.Refuse) revert Refused();
        if (mode != Mode.Reenter) return;
        (bool success, bytes memory reason) = target.call(again);
        if (!success) innerError = bytes4(reason);
    }
}

/// @title GasWitness: a withdrawal's target that notes how much gas it got
contract GasWitness {
    uint256 public gasAtStart;

    function hit() external payable {
        gasAtStart = gasleft();
    }
}
