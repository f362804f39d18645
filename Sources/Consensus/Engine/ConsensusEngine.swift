public import Chain
public import EthCrypto
public import Primitives
public import SansIO
public import Storage

/// The rules by which blocks are accepted, preferred and made. Conform to this to plug in your own consensus.
///
/// Every method is a synchronous function of its arguments and the store, and runs in a job on a worker thread: no
/// clock, no lock, no state of its own that changes. What an engine learns from a header and wants to keep it returns
/// as `records`, which are stored in the same atomic batch as the block. An engine that also talks to its peers
/// registers a `Capability`; this seam only judges.
///
/// `HeaderRules` has the checks that all Ethereum chains share.
public protocol ConsensusEngine: Sendable {
    /// Checks everything about a header that doesn't need its body or the state: its fields against the parent's, and
    /// its seal.
    ///
    /// `futureBlock` is for a header of which everything else is right: such a block is kept until its time has come.
    ///
    /// - Parameter parent: of the header; it and its ancestors are in the store.
    @discardableResult
    func verify(
        _ header: Header, parent: ChainHead, chain: ChainStore, now: Instant
    ) throws(ConsensusError) -> VerifiedHeader

    /// Who made the block and gets its fees, as far as the header says: for a genesis header it may be nobody, zero.
    func author(of header: Header) throws(ConsensusError) -> Address

    /// Who made a block whose parent isn't here, as far as the header shows it by itself and the maker may be one of the
    /// chain that ends at `head`; else nil. Asked before anything is kept of such a block: what nobody has sealed isn't.
    ///
    /// - Complexity: that of one seal, not of a walk over ancestors.
    func plausibleAuthor(of header: Header, head: ChainHead, chain: ChainStore) -> Address?

    /// Whether the chain that ends at `candidate` shall replace the one that ends at `current`.
    ///
    /// Must be a strict order, or nodes that have seen the same blocks would stay on different branches.
    func isBetter(_ candidate: ChainHead, than current: ChainHead) -> Bool

    /// What `signer` may put on top of `head`; nil where it may not, so that another block must come first.
    ///
    /// - Parameters:
    ///   - vanity: what the signer wants to be in the extra data.
    ///   - random: where delays and choices come from.
    func plan(
        after head: ChainHead, chain: ChainStore, signer: Address, vanity: [UInt8], now: Instant,
        random: inout NodeRandom
    ) throws(ConsensusError) -> SealPlan?

    /// Signs a header whose every other field is final.
    ///
    /// - Throws: `notAuthorized` where the key's seal would not be accepted.
    func seal(
        _ draft: Header, parent: ChainHead, chain: ChainStore, with key: PrivateKey
    ) throws(ConsensusError) -> Header
}

extension ConsensusEngine {
    /// Whoever the header says it is.
    public func plausibleAuthor(of header: Header, head: ChainHead, chain: ChainStore) -> Address? {
        try? author(of: header)
    }

    /// Fills in what the plan says. The roots, gas and bloom of the draft are the builder's business.
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

/// What the check of a header has brought.
public struct VerifiedHeader: Sendable {
    /// Who made the block and gets its fees.
    public var author: Address
    /// What the engine wants stored with the block, in columns that are its own.
    public var records: WriteBatch

    public init(author: Address, records: WriteBatch = WriteBatch()) {
        self.author = author
        self.records = records
    }
}
