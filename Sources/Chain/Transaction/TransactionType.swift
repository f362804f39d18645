/// The types of transactions; the raw value is the first byte of a typed transaction (EIP-2718).
public enum TransactionType: UInt8, CaseIterable, Hashable, Sendable {
    case legacy = 0
    /// EIP-2930, Berlin.
    case accessList = 1
    /// EIP-1559, London.
    case dynamicFee = 2
    /// EIP-4844, Cancun.
    case blob = 3
    /// EIP-7702, Prague.
    case setCode = 4
}
