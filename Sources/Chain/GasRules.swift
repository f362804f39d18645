public import Primitives

/// The rules of gas in headers: limits (Yellow Paper, section 4.3.4) and the base fee (EIP-1559).
public enum GasRules {
    /// The minimum gas limit of a block.
    public static let minGasLimit: UInt64 = 5_000
    /// The maximum gas limit of a block (go-ethereum's `MaxGasLimit`).
    public static let maxGasLimit = UInt64(Int64.max)
    /// A block's gas limit differs from its parent's by less than the parent's divided by this.
    public static let gasLimitBoundDivisor: UInt64 = 1_024
    /// The base fee of the first London block, in wei.
    public static let initialBaseFee: UInt256 = 1_000_000_000
    /// From block to block the base fee changes by at most itself divided by this.
    public static let baseFeeChangeDenominator: UInt64 = 8
    /// Gas limit divided by gas target.
    public static let elasticityMultiplier: UInt64 = 2
    /// The blob gas of one blob (EIP-4844).
    public static let gasPerBlob: UInt64 = 131_072

    /// The base fee of the block after `parent` in wei; nil if the parent should have a base fee and has none, or if
    /// the result needs more than 256 bits.
    public static func nextBaseFee(parent: Header, config: ChainConfig) -> UInt256? {
        guard config.isLondon(parent.number) else { return initialBaseFee }
        guard let baseFee = parent.baseFeePerGas else { return nil }
        let target = parent.gasLimit / elasticityMultiplier
        if parent.gasUsed == target || target == 0 { return baseFee }
        let isAbove = parent.gasUsed > target
        let distance = isAbove ? parent.gasUsed - target : target - parent.gasUsed
        guard let product = baseFee.multiplied(by: UInt256(distance)),
            let share = product.dividedBy(UInt256(target))?.quotient,
            let change = share.dividedBy(UInt256(baseFeeChangeDenominator))?.quotient
        else { return nil }
        return isAbove ? baseFee.adding(max(change, .one)) : baseFee.subtracting(change) ?? .zero
    }

    /// Checks gas limit, gas used and base fee of a header against its parent's.
    ///
    /// - Throws: `gasUsedAboveLimit`, `gasLimitOutOfBounds`, `wrongBaseFee`.
    public static func check(_ header: Header, parent: Header, config: ChainConfig) throws(ChainError) {
        guard header.gasUsed <= header.gasLimit else { throw .gasUsedAboveLimit }
        let reference = gasLimitReference(parent: parent, number: header.number, config: config)
        guard isGasLimitAllowed(header.gasLimit, after: reference) else { throw .gasLimitOutOfBounds }
        if config.isLondon(header.number) {
            guard let expected = nextBaseFee(parent: parent, config: config), header.baseFeePerGas == expected else {
                throw .wrongBaseFee
            }
        } else if header.baseFeePerGas != nil {
            throw .wrongBaseFee
        }
    }

    /// The gas limit that a block's is compared with: its parent's, doubled at the first London block.
    static func gasLimitReference(parent: Header, number: UInt64, config: ChainConfig) -> UInt64 {
        guard config.isLondon(number), !config.isLondon(parent.number) else { return parent.gasLimit }
        let (doubled, overflow) = parent.gasLimit.multipliedReportingOverflow(by: elasticityMultiplier)
        return overflow ? .max : doubled
    }

    /// Whether a block may have the gas limit `limit` if its parent's (doubled at the first London block) is `parent`.
    public static func isGasLimitAllowed(_ limit: UInt64, after parent: UInt64) -> Bool {
        guard (minGasLimit...maxGasLimit).contains(limit) else { return false }
        return (limit > parent ? limit - parent : parent - limit) < parent / gasLimitBoundDivisor
    }

    /// The gas limit nearest to `desired` that the block after `parent` may have (go-ethereum's `CalcGasLimit`).
    public static func nextGasLimit(parent: Header, desired: UInt64, config: ChainConfig) -> UInt64 {
        let (number, overflow) = parent.number.addingReportingOverflow(1)
        let reference = gasLimitReference(parent: parent, number: overflow ? .max : number, config: config)
        let step = max(reference / gasLimitBoundDivisor, 1) - 1
        let wanted = min(max(desired, minGasLimit), maxGasLimit)
        if wanted > reference { return wanted - reference > step ? reference + step : wanted }
        return reference - wanted > step ? reference - step : wanted
    }
}
