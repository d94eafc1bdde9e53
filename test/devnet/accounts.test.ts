import { expect } from "chai";
import { HDNodeWallet } from "ethers";
import { devAccount, MNEMONIC, ROLES } from "../../devnet/accounts";
import ACCOUNTS from "../../devnet/accounts.json";

describe("devnet: accounts", () => {
  it("are those that development tools derive from the test mnemonic", () => {
    const parent = HDNodeWallet.fromPhrase(MNEMONIC, undefined, "m/44'/60'/0'/0");
    for (let i = 0; i < ACCOUNTS.length; i++) {
      const { address, privateKey } = parent.deriveChild(i);
      expect(devAccount(i), String(i)).to.deep.equal({ address: address.toLowerCase(), privateKey });
    }
    expect(Math.max(...Object.values(ROLES))).to.be.lessThan(ACCOUNTS.length);
  });
});
