public import Primitives
public import SansIO

/// What an engine has decided about the block that a signer may put on top of a head: every field of the header that
/// is the engine's business, and when to publish it.
public struct SealPlan: Sendable, Hashable {
    /// The block to build on.
    public var parent: Hash32
    public var number: UInt64
    /// The earliest moment to seal and send, any delay out of turn included.
    public var when: Instant
    /// The header's, in seconds.
    public var timestamp: UInt64
    public var difficulty: UInt256
    /// Who gets the fees.
    public var author: Address
    /// The header's: under Clique not the author but a vote.
    public var beneficiary: Address
    public var nonce: UInt64
    public var mixHash: Hash32
    /// With room for the seal.
    public var extraData: [UInt8]
    /// Whether it is the signer's turn.
    public var inTurn: Bool
    /// Whether to seal a block without transactions. A Clique chain of period 0 only moves when there is something
    /// to put into a block.
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
