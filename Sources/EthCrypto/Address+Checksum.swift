public import Primitives

extension Address {
    /// The address with a checksum in the case of its letters (EIP-55): the form that people and wallets write. web3.py
    /// accepts no other form.
    public var checksummed: String {
        let digits = Array(hex.utf8)
        let hash = Keccak256.hash(digits)
        let letters = digits.enumerated().map { index, digit in
            let nibble = index.isMultiple(of: 2) ? hash[index / 2] >> 4 : hash[index / 2] & 15
            // Lower-case letters start at 0x61; upper case is 0x20 less.
            return digit >= 0x61 && nibble >= 8 ? digit - 0x20 : digit
        }
        return "0x" + String(decoding: letters, as: UTF8.self)
    }
}
