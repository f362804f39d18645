public import Chain
public import Primitives
public import RLP

/// The signers and pending votes after a given block (EIP-225; consensus.md, section 2.2).
///
/// A value: `apply` makes the snapshot of a block from its parent's. Other implementations also store a tally of the
/// votes. It isn't needed: a vote is recorded only if it would change something, and all votes about a subject are
/// dropped when it changes, so all votes about a subject agree, and the tally is their number.
public struct CliqueSnapshot: Hashable, Sendable {
    /// A recent block and its signer.
    public struct Recent: Hashable, Sendable {
        public var number: UInt64
        public var signer: Address
    }

    /// The number of the block after which this is the state.
    public private(set) var number: UInt64
    /// The hash of that block.
    public private(set) var hash: Hash32
    /// The signers in ascending order.
    public private(set) var signers: [Address]
    /// The signers of the latest blocks, by ascending number. `maySign` decides which of them still count: that depends
    /// on the number of signers, which may just have decreased.
    public private(set) var recents: [Recent]
    /// The pending votes in the order in which they were cast. At most one per block of the epoch.
    public private(set) var votes: [CliqueVote]

    /// The state after a genesis or checkpoint block with these signers.
    public init(number: UInt64, hash: Hash32, signers: [Address]) {
        self.number = number
        self.hash = hash
        self.signers = signers.sorted()
        recents = []
        votes = []
    }

    /// Of this many consecutive blocks a signer may sign at most one: half of the signers plus one.
    public var recencyLimit: UInt64 { UInt64(signers.count / 2 + 1) }

    /// Whether `signer` is in turn for block `number`, so that its block has difficulty 2. False for addresses that are
    /// no signers.
    public func isInTurn(_ signer: Address, number: UInt64) -> Bool {
        guard let index = signers.firstIndex(of: signer) else { return false }
        return number % UInt64(signers.count) == UInt64(index)
    }

    /// Whether `signer` may sign the block after this one.
    public func maySign(_ signer: Address) -> Bool {
        guard signers.contains(signer), number < .max else { return false }
        return !recents.contains { $0.signer == signer && !isForgotten($0, at: number + 1) }
    }

    /// Whether `signer` is a signer, or has a pending vote to become one.
    func mayAdmit(_ signer: Address) -> Bool {
        signers.contains(signer) || votes.contains { $0.subject == signer && $0.authorizes }
    }

    /// Whether a vote would change something: only such votes are recorded.
    public func isValidVote(about subject: Address, authorizes: Bool) -> Bool {
        signers.contains(subject) != authorizes
    }

    /// Advances to the next block.
    ///
    /// - Parameters:
    ///   - header: the header of the block after this snapshot's; the form of its vote must have been checked.
    ///   - hash: the hash of the header.
    ///   - signer: the signer recovered from the header's seal.
    /// - Throws: `brokenRule(.unauthorizedSigner)` or `brokenRule(.signedRecently)`; the snapshot is then unchanged.
    /// - Complexity: O(signers + votes).
    public mutating func apply(
        _ header: Header, hash: Hash32, signer: Address, epoch: UInt64
    ) throws(ConsensusError) {
        guard signers.contains(signer) else { throw .brokenRule(.unauthorizedSigner) }
        let kept = recents.filter { !isForgotten($0, at: header.number) }
        guard !kept.contains(where: { $0.signer == signer }) else { throw .brokenRule(.signedRecently) }
        recents = kept + [Recent(number: header.number, signer: signer)]
        if CliqueHeader.isCheckpoint(header.number, epoch: epoch) { votes = [] }
        record(
            CliqueVote(
                signer: signer, number: header.number, subject: header.beneficiary,
                authorizes: header.nonce == CliqueHeader.nonceAuthorize))
        decide(header.beneficiary)
        number = header.number
        self.hash = hash
    }

    /// Whether an entry of `recents` no longer keeps its signer from signing block `number`.
    private func isForgotten(_ recent: Recent, at number: UInt64) -> Bool {
        number >= recencyLimit && recent.number <= number - recencyLimit
    }

    /// Records a vote. It replaces the signer's earlier one about the same subject, even if the new one has no effect.
    private mutating func record(_ vote: CliqueVote) {
        if let earlier = votes.firstIndex(where: { $0.signer == vote.signer && $0.subject == vote.subject }) {
            votes.remove(at: earlier)
        }
        if isValidVote(about: vote.subject, authorizes: vote.authorizes) { votes.append(vote) }
    }

    /// Changes the signers if more than half of them vote for the change of the subject. Only the subject of the
    /// block's own vote is considered: one that has a majority only because there are fewer signers now waits for its
    /// next vote.
    private mutating func decide(_ subject: Address) {
        guard votes.count(where: { $0.subject == subject }) > signers.count / 2 else { return }
        if let index = signers.firstIndex(of: subject) {
            signers.remove(at: index)
            votes.removeAll { $0.signer == subject }
        } else {
            signers.insert(subject, at: signers.firstIndex { $0 > subject } ?? signers.endIndex)
        }
        votes.removeAll { $0.subject == subject }
    }
}

extension CliqueSnapshot: RLPEncodable, RLPDecodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(number)
            list.write(hash)
            list.write(list: signers)
            list.list { list in
                for recent in recents {
                    list.write(recent.number)
                    list.write(recent.signer)
                }
            }
            list.write(list: votes)
        }
    }

    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        number = try list.read()
        hash = try list.read()
        signers = try list.readList(of: Address.self)
        recents = []
        var pairs = try list.readList()
        while !pairs.isAtEnd { recents.append(Recent(number: try pairs.read(), signer: try pairs.read())) }
        votes = try list.readList(of: CliqueVote.self)
        try list.expectEnd()
    }
}
