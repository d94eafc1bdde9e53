export { buildBackingEvidence, proveBacking, type BackingEvidence, type ToldAssertion } from "./backing";
export {
  depositEther,
  depositsIn,
  depositStatus,
  depositToken,
  forceTransaction,
  type Deposit,
  type DepositStatus,
  type EtherDeposit,
} from "./deposit";
export {
  offerFastExit,
  quoteFastExit,
  startFastExit,
  type ExitQuote,
  type ExitTerms,
  type FastExit,
  type OfferState,
} from "./fastExit";
export { fetchLiability } from "./liability";
export {
  buildWithdrawalProof,
  finalizeWithdrawal,
  findAssertion,
  proveWithdrawal,
  withdrawalStatus,
  type CoveringAssertion,
  type WithdrawalProof,
  type WithdrawalStatus,
} from "./settle";
export { checkSettled, guardSums, postSum, type SumAct } from "./sums";
export { noteTaken, noteTakenBefore } from "./taken";
export { describeToken, ensureL2Token, type TokenDescription } from "./token";
export type { LayerProvider, LayerSigner, RollupAddresses } from "./types";
export {
  hashWithdrawal,
  startTokenWithdrawal,
  startWithdrawal,
  withdrawalsIn,
  withdrawalSlot,
  type Withdrawal,
  type WithdrawalTransaction,
} from "./withdrawal";
