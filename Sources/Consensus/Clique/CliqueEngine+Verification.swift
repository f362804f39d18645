public import Chain
public import Primitives
public import SansIO
public import Storage

extension CliqueEngine {
    /// Checks the rules of go-ethereum's `verifyHeader` (consensus.md, section 2.1), in another order: the header's own
    /// seal before its ancestors are read, since anyone can make a header without a valid seal; and the clock last, so
    /// that only blocks of signers are kept until their timestamp.
    @discardableResult
    public func verify(
        _ header: Header, parent: ChainHead, chain: ChainStore, now: Instant
    ) throws(ConsensusError) -> VerifiedHeader {
        try checkFields(header)
        try checkParent(header, parent: parent)
        let signer = try CliqueHeader.signer(of: header)
        let before = try snapshot(at: parent, for: signer, chain: chain)
        if isCheckpoint(header.number), CliqueHeader.signers(header.extraData) != before.signers {
            throw .brokenRule(.checkpointSigners)
        }
        var after = before
        try after.apply(header, hash: header.hash, signer: signer, epoch: config.epoch)
        guard header.difficulty == difficulty(of: signer, number: header.number, snapshot: before) else {
            throw .brokenRule(.difficulty)
        }
        let due = Instant(unixSeconds: header.timestamp)
        guard due <= now + Self.maxClockDrift else { throw .futureBlock(until: due) }
        return VerifiedHeader(author: signer, records: try records(of: after, parent: parent, chain: chain))
    }

    /// The signer, if it is a signer at the head or has votes to become one: signers of other branches are hardly any
    /// others.
    public func plausibleAuthor(of header: Header, head: ChainHead, chain: ChainStore) -> Address? {
        guard (try? checkFields(header)) != nil, let signer = try? CliqueHeader.signer(of: header),
            let snapshot = try? snapshot(at: head, chain: chain), snapshot.mayAdmit(signer)
        else { return nil }
        return signer
    }

    func isCheckpoint(_ number: UInt64) -> Bool { CliqueHeader.isCheckpoint(number, epoch: config.epoch) }

    func difficulty(of signer: Address, number: UInt64, snapshot: CliqueSnapshot) -> UInt256 {
        snapshot.isInTurn(signer, number: number) ? CliqueHeader.inTurnDifficulty : CliqueHeader.outOfTurnDifficulty
    }

    /// Checks the fields of a header that don't depend on other blocks.
    private func checkFields(_ header: Header) throws(ConsensusError) {
        let isCheckpoint = isCheckpoint(header.number)
        if isCheckpoint, !header.beneficiary.isZero { throw .brokenRule(.checkpointVote) }
        guard header.nonce == CliqueHeader.nonceAuthorize || header.nonce == CliqueHeader.nonceDrop else {
            throw .brokenRule(.voteNonce)
        }
        if isCheckpoint, header.nonce != CliqueHeader.nonceDrop { throw .brokenRule(.checkpointVote) }
        guard let signers = CliqueHeader.signers(header.extraData), isCheckpoint || signers.isEmpty else {
            throw .brokenRule(.extraData)
        }
        guard header.mixHash.isZero else { throw .brokenRule(.mixHash) }
        guard header.ommersHash == .emptyListHash else { throw .brokenRule(.noOmmers) }
        guard header.difficulty == 1 || header.difficulty == 2 else { throw .brokenRule(.difficulty) }
        guard header.gasLimit <= GasRules.maxGasLimit else { throw .brokenRule(.gasLimitRange) }
        // Clique ends before Shanghai in go-ethereum, whatever the config says.
        guard header.withdrawalsRoot == nil, header.blobGasUsed == nil, header.excessBlobGas == nil,
            header.parentBeaconBlockRoot == nil, header.requestsHash == nil, header.blockAccessListHash == nil,
            header.slotNumber == nil
        else { throw .brokenRule(.forkFields) }
    }

    private func checkParent(_ header: Header, parent: ChainHead) throws(ConsensusError) {
        try HeaderRules.checkLink(header, parent: parent)
        let (earliest, overflow) = parent.timestamp.addingReportingOverflow(config.period)
        guard !overflow, header.timestamp >= earliest else { throw .brokenRule(.timestamp) }
        try HeaderRules.checkGas(header, parent: parent.header, config: chainConfig)
    }
}
