public import Chain
public import EthWire
public import Primitives
public import RLP

/// A block and the total difficulty of the chain that ends with it, `[block, total-difficulty]`.
public struct GossipBlock: Sendable {
    public var block: Block
    /// What the sender says; nothing proves it.
    public var totalDifficulty: UInt256

    public init(block: Block, totalDifficulty: UInt256) {
        self.block = block
        self.totalDifficulty = totalDifficulty
    }
}

extension GossipBlock: WireItem {
    public static func checkCounts(of item: ArraySlice<UInt8>) throws(RLPError) {
        var reader = RLPReader(item)
        var list = try reader.readList()
        try Block.checkCounts(of: try list.readRaw())
    }

    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(block)
            list.write(totalDifficulty)
        }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        block = try list.read()
        totalDifficulty = try list.read()
        try list.expectEnd()
    }
}
