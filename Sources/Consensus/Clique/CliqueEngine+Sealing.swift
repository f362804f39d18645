public import Chain
public import EthCrypto
public import Primitives
public import SansIO
public import Storage

extension CliqueEngine {
    /// In turn, a block is sealed at its timestamp: a period after the parent's, or now if that is later. Out of turn
    /// it is delayed randomly by up to half a second for each signer of a majority, so that the block in turn usually
    /// arrives first (consensus.md, section 2.3).
    public func plan(
        after head: ChainHead, chain: ChainStore, signer: Address, vanity: [UInt8], now: Instant,
        random: inout NodeRandom
    ) throws(ConsensusError) -> SealPlan? {
        let snapshot = try snapshot(at: head, chain: chain)
        let (earliest, overflow) = head.timestamp.addingReportingOverflow(config.period)
        guard snapshot.maySign(signer), !overflow else { return nil }
        let number = head.number + 1
        let inTurn = snapshot.isInTurn(signer, number: number)
        let timestamp = max(earliest, now.unixSeconds)
        var when = max(now, Instant(unixSeconds: timestamp))
        if !inTurn {
            let longest = Self.wiggle.nanoseconds.multipliedReportingOverflow(by: Int64(snapshot.recencyLimit))
            when = when + random.duration(below: .nanoseconds(longest.overflow ? .max : longest.partialValue))
        }
        let isCheckpoint = isCheckpoint(number)
        let vote = isCheckpoint ? nil : vote(snapshot, &random)
        return SealPlan(
            parent: head.hash, number: number, when: when, timestamp: timestamp,
            difficulty: difficulty(of: signer, number: number, snapshot: snapshot), author: signer,
            beneficiary: vote?.subject ?? Address(),
            nonce: vote?.authorizes == true ? CliqueHeader.nonceAuthorize : CliqueHeader.nonceDrop,
            extraData: CliqueHeader.extraData(vanity: vanity, signers: isCheckpoint ? snapshot.signers : []),
            inTurn: inTurn, allowsEmptyBlock: config.period > 0)
    }

    public func seal(
        _ draft: Header, parent: ChainHead, chain: ChainStore, with key: PrivateKey
    ) throws(ConsensusError) -> Header {
        guard try snapshot(at: parent, chain: chain).maySign(key.publicKey.address) else { throw .notAuthorized }
        return try CliqueHeader.sealed(draft, with: key)
    }

    /// A random one of the proposals that would change something.
    private func vote(_ snapshot: CliqueSnapshot, _ random: inout NodeRandom) -> CliqueProposal? {
        let sensible = proposals.filter { snapshot.isValidVote(about: $0.subject, authorizes: $0.authorizes) }
        return sensible.isEmpty ? nil : sensible[Int(random.next() % UInt64(sensible.count))]
    }
}
