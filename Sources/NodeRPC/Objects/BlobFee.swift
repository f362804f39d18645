import Chain
import Primitives

/// What a unit of blob gas costs (EIP-4844).
enum BlobFee {
    /// The price in a block, in wei; nil before Cancun, where the genesis file has no schedule for the fork, or where it
    /// needs more than 256 bits.
    static func price(of header: Header, config: ChainConfig) -> UInt256? {
        guard let excess = header.excessBlobGas,
            let name = schedule.last(where: { entry in
                config.blobSchedule[entry.name] != nil
                    && config[keyPath: entry.path].map { $0 <= header.timestamp } ?? false
            })?.name,
            let fraction = config.blobSchedule[name]?.baseFeeUpdateFraction, fraction > 0
        else { return nil }
        return exponential(excess, over: fraction)
    }

    /// Forks that may set new parameters, in order.
    private static let schedule: [(name: String, path: any KeyPath<ChainConfig, UInt64?> & Sendable)] = [
        ("cancun", \.cancunTime), ("prague", \.pragueTime), ("osaka", \.osakaTime), ("bpo1", \.bpo1Time),
        ("bpo2", \.bpo2Time), ("bpo3", \.bpo3Time), ("bpo4", \.bpo4Time), ("bpo5", \.bpo5Time),
        ("amsterdam", \.amsterdamTime),
    ]

    /// e to the power of `numerator / denominator`, by the EIP's Taylor series in integers.
    private static func exponential(_ numerator: UInt64, over denominator: UInt64) -> UInt256? {
        var sum = UInt256.zero
        var term = UInt256(denominator)
        var step: UInt64 = 1
        while !term.isZero {
            // The terms shrink once `step` is past the quotient, and overflow before it is too large to wait for.
            guard let total = sum.adding(term), let product = term.multiplied(by: UInt256(numerator)),
                let divisor = UInt256(denominator).multiplied(by: UInt256(step)),
                let next = product.dividedBy(divisor)?.quotient
            else { return nil }
            (sum, term, step) = (total, next, step + 1)
        }
        return sum.dividedBy(UInt256(denominator))?.quotient
    }
}
