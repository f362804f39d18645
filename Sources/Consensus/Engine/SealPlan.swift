public import Primitives
public import SansIO

/// An engine's plan of the block that a signer may build on a head: the header fields that the engine determines, and
/// when to seal it.
public struct SealPlan: Sendable, Hashable {
    /// The hash of the block to build on.
    public var parent: Hash32
    /// The number of the new block.
    public var number: UInt64
    /// The earliest time to seal and send the block, including any delay out of turn.
    public var when: Instant
    /// The header's timestamp, in seconds since the Unix epoch.
    public var timestamp: UInt64
    /// The header's difficulty.
    public var difficulty: UInt256
    /// The account that gets the fees.
    public var author: Address
    /// The header's beneficiary: under Clique the subject of a vote, not the author.
    public var beneficiary: Address
    /// The header's nonce.
    public var nonce: UInt64
    /// The header's mix hash.
    public var mixHash: Hash32
    /// The header's extra data, with room for the seal.
    public var extraData: [UInt8]
    /// Whether the signer is in turn.
    public var inTurn: Bool
    /// Whether to seal a block without transactions. A Clique chain of period 0 has no empty blocks.
    public var allowsEmptyBlock: Bool

    public init(
        parent: Hash32, number: UInt64, when: Instant, timestamp: UInt64, difficulty: UInt256, author: Address,
        beneficiary: Address = Address(), nonce: UInt64 = 0, mixHash: Hash32 = Hash32(), extraData: [UInt8] = [],
        inTurn: Bool = true, allowsEmptyBlock: Bool = true
    ) {
        self.parent = parent
        self.number = number
        self.when = when
        self.timestamp = timestamp
        self.difficulty = difficulty
        self.author = author
        self.beneficiary = beneficiary
        self.nonce = nonce
        self.mixHash = mixHash
        self.extraData = extraData
        self.inTurn = inTurn
        self.allowsEmptyBlock = allowsEmptyBlock
    }
}
