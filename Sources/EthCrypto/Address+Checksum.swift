public import Primitives

extension Address {
    /// The address with a checksum in the case of its letters (EIP-55): how people and wallets write it. web3.py takes an
    /// address in no other form.
    public var checksummed: String {
        let digits = Array(hex.utf8)
        let hash = Keccak256.hash(digits)
        let letters = digits.enumerated().map { index, digit in
            let nibble = index.isMultiple(of: 2) ? hash[index / 2] >> 4 : hash[index / 2] & 15
            // Letters in lower case are from 0x61 on; 0x20 less is upper case.
            return digit >= 0x61 && nibble >= 8 ? digit - 0x20 : digit
        }
        return "0x" + String(decoding: letters, as: UTF8.self)
    }
}
