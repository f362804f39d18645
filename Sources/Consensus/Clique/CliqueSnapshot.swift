public import Chain
public import Primitives
public import RLP

/// Who may sign the block after a given one, and the votes about it (EIP-225; consensus.md, section 2.2).
///
/// A value: `apply` makes the snapshot of a block from its parent's. The tally that other implementations store beside
/// the votes isn't kept: all votes about a subject agree, because a vote counts only if it would change something and
/// all votes about a subject are dropped when it changes; so the tally is the number of votes about the subject.
public struct CliqueSnapshot: Hashable, Sendable {
    /// The signer of a block.
    public struct Recent: Hashable, Sendable {
        public var number: UInt64
        public var signer: Address
    }

    /// The block after which this is the state.
    public private(set) var number: UInt64
    public private(set) var hash: Hash32
    /// Ascending.
    public private(set) var signers: [Address]
    /// Who signed the last blocks, by ascending number. `maySign` says which of them count still: that depends on the
    /// number of signers, which may just have become smaller.
    public private(set) var recents: [Recent]
    /// The votes not yet decided, in the order in which they were cast. At most one a block of the epoch.
    public private(set) var votes: [CliqueVote]

    /// The state after a genesis or checkpoint block with these signers.
    public init(number: UInt64, hash: Hash32, signers: [Address]) {
        self.number = number
        self.hash = hash
        self.signers = signers.sorted()
        recents = []
        votes = []
    }

    /// How many blocks in a row contain at most one of a signer's: half of the signers and one.
    public var recencyLimit: UInt64 { UInt64(signers.count / 2 + 1) }

    /// Whether it is `signer`'s turn to sign block `number`: its block then counts twice. False for others.
    public func isInTurn(_ signer: Address, number: UInt64) -> Bool {
        guard let index = signers.firstIndex(of: signer) else { return false }
        return number % UInt64(signers.count) == UInt64(index)
    }

    /// Whether `signer` may sign the block after this one.
    public func maySign(_ signer: Address) -> Bool {
        guard signers.contains(signer), number < .max else { return false }
        return !recents.contains { $0.signer == signer && !isForgotten($0, at: number + 1) }
    }

    /// Whether `signer` is a signer, or there is a vote that may make it one.
    func mayAdmit(_ signer: Address) -> Bool {
        signers.contains(signer) || votes.contains { $0.subject == signer && $0.authorizes }
    }

    /// Whether a vote would change something: only such votes are recorded.
    public func isValidVote(about subject: Address, authorizes: Bool) -> Bool {
        signers.contains(subject) != authorizes
    }

    /// Goes on to the next block.
    ///
    /// - Parameters:
    ///   - header: of the block after this snapshot's; its vote must be in the right form already.
    ///   - hash: of the header.
    ///   - signer: as recovered from the header's seal.
    /// - Throws: `brokenRule(.unauthorizedSigner)` or `brokenRule(.signedRecently)`; the snapshot is then as before.
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

    /// Whether an entry of `recents` no longer hinders its signer at block `number`.
    private func isForgotten(_ recent: Recent, at number: UInt64) -> Bool {
        number >= recencyLimit && recent.number <= number - recencyLimit
    }

    /// A new vote of a signer replaces its earlier one on the same subject, even where the new one is void.
    private mutating func record(_ vote: CliqueVote) {
        if let earlier = votes.firstIndex(where: { $0.signer == vote.signer && $0.subject == vote.subject }) {
            votes.remove(at: earlier)
        }
        if isValidVote(about: vote.subject, authorizes: vote.authorizes) { votes.append(vote) }
    }

    /// Changes the signers if more than half of them want the subject to change. Only the subject of the block's own
    /// vote is looked at: another one that a smaller number of signers has decided meanwhile waits for its next vote.
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
