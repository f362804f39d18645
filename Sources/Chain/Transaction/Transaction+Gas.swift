import Primitives

extension Transaction {
    /// The intrinsic gas by the rules of Prague. London's are the same except for contract creations and set-code
    /// transactions.
    ///
    /// - Complexity: O(data).
    public var intrinsicGas: UInt64 { intrinsicGas(at: .prague) }

    /// The intrinsic gas: what the transaction costs before it is executed (Yellow Paper, section 6.2; EIP-2028, 2930,
    /// 3860, 7702).
    ///
    /// It can't overflow, because each term is at most proportional to the encoded size.
    public func intrinsicGas(at fork: Fork) -> UInt64 {
        let isCreation = to == nil
        var gas: UInt64 = isCreation && fork >= .homestead ? 53_000 : 21_000
        let (zeros, others) = dataCounts
        gas += zeros * 4 + others * (fork >= .istanbul ? 16 : 68)
        if isCreation, fork >= .shanghai { gas += (zeros + others + 31) / 32 * 2 }
        let (addresses, slots) = accessListCounts
        gas += addresses * 2_400 + slots * 1_900
        if type == .setCode { gas += UInt64(authorizations.count) * 25_000 }
        return gas
    }

    /// The minimum gas charged for a transaction with this data from Prague on (EIP-7623).
    public var floorDataGas: UInt64 {
        let (zeros, others) = dataCounts
        return 21_000 + (zeros + others * 4) * 10
    }

    private var dataCounts: (zeros: UInt64, others: UInt64) {
        let zeros = data.reduce(0) { $0 + ($1 == 0 ? 1 : 0) }
        return (UInt64(zeros), UInt64(data.count - zeros))
    }
}
