public import Primitives

extension Transaction {
    /// The price of a unit of gas for the sender in a block with this base fee (EIP-1559), in wei.
    ///
    /// Meaningful only if `effectiveTip` isn't nil.
    ///
    /// - Parameter baseFee: nil before London.
    public func gasPrice(baseFee: UInt256?) -> UInt256 {
        guard let baseFee else { return maxFeePerGas }
        guard let withTip = baseFee.adding(maxPriorityFeePerGas) else { return maxFeePerGas }
        return min(maxFeePerGas, withTip)
    }

    /// The author's share of the price of a unit of gas, in wei; nil if the transaction's maximum fee is below the base
    /// fee.
    public func effectiveTip(baseFee: UInt256?) -> UInt256? {
        guard let baseFee else { return maxFeePerGas }
        return maxFeePerGas.subtracting(baseFee).map { min(maxPriorityFeePerGas, $0) }
    }

    /// The maximum cost for the sender in wei: value, gas and blob gas at their limits and maximum fees. Nil if that
    /// needs more than 256 bits.
    public var maxCost: UInt256? {
        guard let gas = maxFeePerGas.multiplied(by: UInt256(gasLimit)), let cost = gas.adding(value) else { return nil }
        guard let maxFeePerBlobGas else { return cost }
        return maxFeePerBlobGas.multiplied(by: UInt256(blobGas)).flatMap { cost.adding($0) }
    }
}
