public import Primitives

extension Transaction {
    /// What a unit of gas costs the sender in a block with this base fee (EIP-1559), in wei; nil base fee before
    /// London.
    ///
    /// Meaningful only where `effectiveTip` isn't nil.
    public func gasPrice(baseFee: UInt256?) -> UInt256 {
        guard let baseFee else { return maxFeePerGas }
        guard let withTip = baseFee.adding(maxPriorityFeePerGas) else { return maxFeePerGas }
        return min(maxFeePerGas, withTip)
    }

    /// What the block's author gets for a unit of gas, in wei; nil where the transaction doesn't pay the base fee.
    public func effectiveTip(baseFee: UInt256?) -> UInt256? {
        guard let baseFee else { return maxFeePerGas }
        return maxFeePerGas.subtracting(baseFee).map { min(maxPriorityFeePerGas, $0) }
    }

    /// The most that the transaction may take from the sender, in wei; nil where that needs more than 256 bits.
    public var maxCost: UInt256? {
        guard let gas = maxFeePerGas.multiplied(by: UInt256(gasLimit)), let cost = gas.adding(value) else { return nil }
        guard let maxFeePerBlobGas else { return cost }
        return maxFeePerBlobGas.multiplied(by: UInt256(blobGas)).flatMap { cost.adding($0) }
    }
}
