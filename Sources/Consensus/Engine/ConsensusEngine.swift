public import Chain
public import EthCrypto
public import KeyValue
public import Primitives
public import SansIO
public import Storage

/// The rules for accepting, preferring and making blocks. Conform to this to plug in your own consensus.
///
/// Every method is a synchronous function of its arguments and the store, and runs in a job on a worker thread: without
/// a clock, locks, or mutable state. What an engine needs to remember of a header it returns as `records`, which are
/// stored in the same atomic batch as the block. An engine that also exchanges messages with peers registers a
/// `Capability`.
///
/// `HeaderRules` has the checks that are common to all Ethereum chains.
public protocol ConsensusEngine: Sendable {
    /// Verifies a header as far as it doesn't depend on the body or the state: its fields against the parent's, and its
    /// seal.
    ///
    /// Throw `futureBlock` only if all other checks pass: such a block is kept until its timestamp.
    ///
    /// - Parameter parent: the header's parent; it and its ancestors are in the store.
    @discardableResult
    func verify(
        _ header: Header, parent: ChainHead, chain: ChainStore, now: Instant
    ) throws(ConsensusError) -> VerifiedHeader

    /// The author of the block, who gets its fees, as stated by the header; may be zero for a genesis header.
    func author(of header: Header) throws(ConsensusError) -> Address

    /// The author of a block whose parent is unknown, if the header alone proves it and the author may belong to the
    /// chain that ends at `head`; otherwise nil, and the block isn't kept.
    ///
    /// - Complexity: must be that of checking one seal, without reading ancestors.
    func plausibleAuthor(of header: Header, head: ChainHead, chain: ChainStore) -> Address?

    /// Whether the chain that ends at `candidate` is to replace the one that ends at `current`.
    ///
    /// Must be a strict order; otherwise nodes that have seen the same blocks could stay on different branches.
    func isBetter(_ candidate: ChainHead, than current: ChainHead) -> Bool

    /// The plan of the block that `signer` may build on `head`; nil if it may not, and must wait for another head.
    ///
    /// - Parameters:
    ///   - vanity: the signer's text for the extra data.
    ///   - random: the source of random delays and choices.
    func plan(
        after head: ChainHead, chain: ChainStore, signer: Address, vanity: [UInt8], now: Instant,
        random: inout NodeRandom
    ) throws(ConsensusError) -> SealPlan?

    /// Seals a header whose other fields are final.
    ///
    /// - Throws: `notAuthorized` if the key's seal would not be valid.
    func seal(
        _ draft: Header, parent: ChainHead, chain: ChainStore, with key: PrivateKey
    ) throws(ConsensusError) -> Header
}

extension ConsensusEngine {
    /// The author stated by the header.
    public func plausibleAuthor(of header: Header, head: ChainHead, chain: ChainStore) -> Address? {
        try? author(of: header)
    }

    /// Sets the fields of the header that the plan determines. The builder sets roots, gas and bloom.
    public func prepare(_ draft: inout Header, plan: SealPlan) {
        draft.parentHash = plan.parent
        draft.number = plan.number
        draft.timestamp = plan.timestamp
        draft.difficulty = plan.difficulty
        draft.beneficiary = plan.beneficiary
        draft.nonce = plan.nonce
        draft.mixHash = plan.mixHash
        draft.extraData = plan.extraData
    }
}

/// The result of verifying a header.
public struct VerifiedHeader: Sendable {
    /// The author of the block, who gets its fees.
    public var author: Address
    /// Records of the engine to store with the block, in the column `consensus`.
    public var records: WriteBatch

    public init(author: Address, records: WriteBatch = WriteBatch()) {
        self.author = author
        self.records = records
    }
}
