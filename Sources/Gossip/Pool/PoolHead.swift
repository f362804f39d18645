public import Chain
public import Primitives

/// What the pool must know of the chain: the rules and prices of the next block.
public struct PoolHead: Hashable, Sendable {
    /// The rules of the next block.
    public var fork: Fork
    public var chainID: UInt64
    /// The next block's base fee, in wei; nil before London.
    public var baseFee: UInt256?
    /// The gas limit of the head.
    public var gasLimit: UInt64

    public init(fork: Fork, chainID: UInt64, baseFee: UInt256?, gasLimit: UInt64) {
        self.fork = fork
        self.chainID = chainID
        self.baseFee = baseFee
        self.gasLimit = gasLimit
    }

    /// What follows from the head of a chain.
    ///
    /// - Parameter nextTime: when the next block is expected, in seconds since the Unix epoch.
    public init(after head: Header, config: ChainConfig, nextTime: UInt64) {
        let (next, overflow) = head.number.addingReportingOverflow(1)
        let number = overflow ? .max : next
        self.init(
            fork: config.fork(number: number, time: max(nextTime, head.timestamp)), chainID: config.chainID,
            baseFee: config.isLondon(number) ? GasRules.nextBaseFee(parent: head, config: config) : nil,
            gasLimit: head.gasLimit)
    }
}
