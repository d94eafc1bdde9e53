// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IExitMarket} from "../interfaces/IExitMarket.sol";
import {ExitVault} from "./ExitVault.sol";

/// @title ExitMarket
/// @dev INVARIANT: it holds nothing itself, and a vault is emptied to the claim's holder alone.
contract ExitMarket is IExitMarket, ERC721("Solvent exit", "EXIT"), ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    address private immutable VAULT_CODE = address(new ExitVault());

    mapping(uint256 claim => Ask) private _asks;
    /// @inheritdoc IExitMarket
    mapping(uint256 claim => uint256) public override collected;

    /// @inheritdoc IExitMarket
    function buy(Terms calldata terms, uint256 price, uint256 maxCollected) external payable override nonReentrant {
        uint256 claim = claimOf(terms);
        _requireUnsold(claim);
        Ask memory now_ = _asks[claim];
        if (now_.deadline == 0) now_ = Ask(terms.price, terms.deadline);
        if (block.timestamp > now_.deadline) revert AskExpired(now_.deadline);
        if (price != now_.price) revert PriceMismatch(price, now_.price);
        uint256 gone = collected[claim];
        if (gone > maxCollected) revert AlreadyCollected(gone, maxCollected);
        _mint(msg.sender, claim);
        emit Sold(claim, msg.sender, terms.owner, terms.asset, price);
        _pay(terms, price);
    }

    /// @inheritdoc IExitMarket
    function ask(Terms calldata terms, uint192 price, uint64 deadline) external override {
        if (msg.sender != terms.owner) revert NotClaimOwner(msg.sender, terms.owner);
        uint256 claim = claimOf(terms);
        _requireUnsold(claim);
        _asks[claim] = Ask(price, deadline);
        emit Asked(claim, price, deadline);
    }

    /// @inheritdoc IExitMarket
    function collect(Terms calldata terms, address asset) external override nonReentrant returns (uint256 amount) {
        uint256 claim = claimOf(terms);
        address holder = holderOf(terms);
        address payable vault = payable(vaultOf(terms));
        if (vault.code.length == 0) Clones.cloneDeterministic(VAULT_CODE, bytes32(claim));
        amount = ExitVault(vault).sweep(asset, payable(holder));
        if (asset == terms.asset) collected[claim] += amount;
        emit Collected(claim, holder, asset, amount);
    }

    /// @inheritdoc IExitMarket
    function claimOf(Terms calldata terms) public pure override returns (uint256) {
        return uint256(keccak256(abi.encode(terms)));
    }

    /// @inheritdoc IExitMarket
    function vaultOf(Terms calldata terms) public view override returns (address) {
        return Clones.predictDeterministicAddress(VAULT_CODE, bytes32(claimOf(terms)));
    }

    /// @inheritdoc IExitMarket
    function holderOf(Terms calldata terms) public view override returns (address holder) {
        holder = _ownerOf(claimOf(terms));
        if (holder == address(0)) holder = terms.owner;
    }

    /// @dev At the end of a purchase: the claim has its new holder already.
    function _pay(Terms calldata terms, uint256 price) private {
        if (terms.asset == address(0)) {
            if (msg.value != price) revert WrongPayment(msg.value, price);
            Address.sendValue(payable(terms.owner), price);
            return;
        }
        if (msg.value != 0) revert WrongPayment(msg.value, 0);
        IERC20 token = IERC20(terms.asset);
        // What counts is what arrives: a token may keep a fee.
        uint256 before = token.balanceOf(terms.owner);
        token.safeTransferFrom(msg.sender, terms.owner, price);
        uint256 arrived = token.balanceOf(terms.owner) - before;
        if (arrived < price) revert Underpaid(arrived, price);
    }

    function _requireUnsold(uint256 claim) private view {
        if (_ownerOf(claim) != address(0)) revert AlreadySold(claim);
    }
}
