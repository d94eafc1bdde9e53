// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Aliasing} from "../inbox/Aliasing.sol";
import {Chunks} from "../inbox/Chunks.sol";
import {IExit} from "../interfaces/IExit.sol";
import {IL2Bridge} from "../interfaces/IL2Bridge.sol";
import {IPortal} from "../interfaces/IPortal.sol";
import {ITokenBridge} from "../interfaces/ITokenBridge.sol";
import {Predeploys} from "../l2/Predeploys.sol";
import {Owners} from "./Owners.sol";
import {StateProofs} from "./StateProofs.sol";
import {Traps} from "./Traps.sol";

/// @title TokenBridge
/// @dev INVARIANT: `escrow` of a token = supply of its L2 tokens + deposits and withdrawals under way; a token's `payout` of the
/// whole escrow is never more than the balance.
contract TokenBridge is ITokenBridge, Owners, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev Covers the mint and, where it is not possible, the start of the withdrawal back, by a margin of two.
    uint64 internal constant DEPOSIT_GAS_LIMIT = 200_000;
    /// @dev Of `l1TokenOf` in the factory and of the balances in a token on L2: both the first slot.
    uint256 internal constant MAPPING_SLOT = 0;

    IPortal public immutable portal;
    mapping(address l1Token => uint256) public escrow;
    mapping(address l1Token => uint256) public deposited;
    mapping(address l2Token => mapping(address account => bool)) public isTokenExited;
    mapping(uint256 index => bool) public isDepositExited;

    constructor(IPortal portal_) EIP712("Solvent token bridge", "1") {
        if (address(portal_).code.length == 0) revert ZeroAddress();
        portal = portal_;
    }

    /// @inheritdoc ITokenBridge
    function depositToken(
        address l1Token,
        address l2Token,
        address to,
        uint256 amount
    ) external nonReentrant returns (uint256 received) {
        uint256 owed = escrow[l1Token];
        uint256 held = IERC20(l1Token).balanceOf(address(this));
        if (held < owed) revert TokenShort(held, owed);

        IERC20(l1Token).safeTransferFrom(msg.sender, address(this), amount);
        received = IERC20(l1Token).balanceOf(address(this)) - held;
        if (received == 0) revert NothingReceived(l1Token);

        escrow[l1Token] = owed + received;
        deposited[l1Token] += received;
        emit TokenDeposited(l1Token, l2Token, msg.sender, to, received);
        portal.depositTransaction(
            Predeploys.L2_BRIDGE,
            0,
            DEPOSIT_GAS_LIMIT,
            false,
            abi.encodeCall(IL2Bridge.finalizeDeposit, (l1Token, l2Token, msg.sender, to, received))
        );
    }

    /// @inheritdoc ITokenBridge
    function releaseToken(address l1Token, address from, address to, uint256 amount) external nonReentrant {
        address sender = msg.sender == address(portal) ? portal.l2Sender() : address(0);
        if (sender != Predeploys.L2_BRIDGE) revert NotL2Bridge(msg.sender, sender);

        if (_passesRelease(l1Token, from, to, amount)) _release(l1Token, from, to, amount);
    }

    /// @inheritdoc ITokenBridge
    function exitToken(
        address l2Token,
        address account,
        address to,
        TokenProof calldata proof,
        bytes calldata signature
    ) external nonReentrant {
        bytes32 stateRoot = _requireTrapped().stateRoot;
        if (isTokenExited[l2Token][account]) revert IExit.AlreadyExited();
        _requireOwner(account, to, signature);
        bytes32 registry = StateProofs.account(stateRoot, Predeploys.TOKEN_FACTORY, proof.factory).storageRoot;
        bytes32 registered = StateProofs.mappingSlot(l2Token, MAPPING_SLOT);
        address l1Token = address(uint160(StateProofs.slot(registry, registered, proof.registration)));
        bytes32 balances = StateProofs.account(stateRoot, l2Token, proof.token).storageRoot;
        uint256 amount = StateProofs.slot(balances, StateProofs.mappingSlot(account, MAPPING_SLOT), proof.balance);
        if (!_passesExit(l1Token, l2Token, uint160(account), amount)) return;

        isTokenExited[l2Token][account] = true;
        uint256 paid = _book(l1Token, amount);
        emit TokenExited(l1Token, l2Token, account, to, amount, paid);
        IERC20(l1Token).safeTransfer(to, paid);
    }

    /// @inheritdoc ITokenBridge
    function exitTokenDeposit(
        uint256 index,
        IExit.Message calldata message,
        bytes calldata data
    ) external nonReentrant {
        uint64 consumed = _requireTrapped().delayedCount;
        if (isDepositExited[index]) revert IExit.AlreadyExited();
        bool isOurs = message.sender == Aliasing.alias_(address(this)) && message.dataHash == Chunks.hash(data);
        if (!isOurs) revert NotTokenDeposit(index);
        Traps.requireUnconsumed(message, portal.inbox(), index, consumed);
        // Only `depositToken` sends from here, so the data is what it made.
        (address l1Token, , address from, , uint256 amount) = abi.decode(
            data[4:],
            (address, address, address, address, uint256)
        );
        if (!_passesExit(l1Token, address(0), index, amount)) return;

        isDepositExited[index] = true;
        uint256 paid = _book(l1Token, amount);
        emit TokenDepositExited(index, l1Token, from, amount, paid);
        IERC20(l1Token).safeTransfer(from, paid);
    }

    /// @inheritdoc ITokenBridge
    function payout(address l1Token, uint256 amount) public view returns (uint256) {
        uint256 owed = escrow[l1Token];
        uint256 held = IERC20(l1Token).balanceOf(address(this));
        return held >= owed ? amount : Math.mulDiv(amount, held, owed);
    }

    /// @dev Whether a release may be paid now, all other guards having been passed. Here always: a variant may note it and pay later.
    function _passesRelease(address l1Token, address from, address to, uint256 amount) internal virtual returns (bool) {
        (l1Token, from, to, amount);
        return true;
    }

    /// @dev The same of an exit; where not, the same call may pay later.
    /// @param which Account whose `l2Token` it is, or number of a deposit's message with an `l2Token` of 0.
    function _passesExit(
        address l1Token,
        address l2Token,
        uint256 which,
        uint256 amount
    ) internal virtual returns (bool) {
        (l1Token, l2Token, which, amount);
        return true;
    }

    function _release(address l1Token, address from, address to, uint256 amount) internal {
        uint256 paid = _book(l1Token, amount);
        emit TokenReleased(l1Token, from, to, amount, paid);
        IERC20(l1Token).safeTransfer(to, paid);
    }

    /// @dev Takes `amount` off the books. @return paid What it is worth in tokens of L1.
    function _book(address l1Token, uint256 amount) private returns (uint256 paid) {
        paid = payout(l1Token, amount);
        escrow[l1Token] -= amount;
    }

    function _requireTrapped() private view returns (IExit.LastState memory last) {
        last = IExit(address(portal)).lastState();
        if (!last.isKnown) revert IExit.NotTrapped();
    }
}
