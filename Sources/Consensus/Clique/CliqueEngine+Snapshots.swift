import Chain
import KeyValue
import Primitives
import RLP
public import Storage

// Snapshots in the store.
extension CliqueEngine {
    /// The snapshot after a block, computed from the nearest ancestor whose snapshot is stored.
    ///
    /// - Complexity: one read for a recent block; otherwise a read and a signature recovery for each block back to the
    ///   last multiple of `snapshotInterval`.
    public func snapshot(at head: ChainHead, chain: ChainStore) throws(ConsensusError) -> CliqueSnapshot {
        try snapshot(at: head, for: nil, chain: chain)
    }

    /// - Parameter signer: if not nil, throws before the first signature recovery if this address can't be a signer:
    ///   neither in the stored snapshot nor by any vote since.
    func snapshot(
        at head: ChainHead, for signer: Address?, chain: ChainStore
    ) throws(ConsensusError) -> CliqueSnapshot {
        var header = head.header
        var hash = head.hash
        var later: [(header: Header, hash: Hash32)] = []
        var base = try stored(header, hash, chain)
        while base == nil {
            later.append((header, hash))
            hash = header.parentHash
            guard let parent = try Self.reading({ () throws(StorageError) in try chain.header(hash) }) else {
                throw .unknownAncestor(hash)
            }
            header = parent
            base = try stored(header, hash, chain)
        }
        guard var snapshot = base else { throw .unknownAncestor(hash) }
        if let signer, !snapshot.mayAdmit(signer), !later.contains(where: { $0.header.votes(for: signer) }) {
            throw .brokenRule(.unauthorizedSigner)
        }
        for (header, hash) in later.reversed() {
            let signer = try CliqueHeader.signer(of: header)
            try snapshot.apply(header, hash: hash, signer: signer, epoch: config.epoch)
        }
        return snapshot
    }

    /// The records to store with a block: its snapshot, and the deletion of the one that leaves the window.
    ///
    /// The snapshot of a block that never becomes canonical is kept, some 100 bytes, like its header and body.
    func records(
        of snapshot: CliqueSnapshot, parent: ChainHead, chain: ChainStore
    ) throws(ConsensusError) -> WriteBatch {
        var batch = WriteBatch()
        batch.put(.consensus, snapshot.hash.bytes, snapshot.rlp)
        guard snapshot.number > Self.snapshotWindow else { return batch }
        let old = snapshot.number - Self.snapshotWindow
        guard !old.isMultiple(of: Self.snapshotInterval) else { return batch }
        if let hash = try Self.reading({ () throws(StorageError) in try chain.canonicalHash(old) }) {
            batch.delete(.consensus, hash.bytes)
        }
        return batch
    }

    /// The stored snapshot of a block; nil if there is none. That of the genesis block is computed from its header.
    private func stored(
        _ header: Header, _ hash: Hash32, _ chain: ChainStore
    ) throws(ConsensusError) -> CliqueSnapshot? {
        if header.number == 0 {
            guard let signers = CliqueHeader.signers(header.extraData) else { throw .brokenRule(.extraData) }
            return CliqueSnapshot(number: 0, hash: hash, signers: signers)
        }
        let bytes = try Self.reading { () throws(StorageError) in try chain.store.get(hash.bytes, in: .consensus) }
        guard let bytes else { return nil }
        do throws(RLPError) {
            return try CliqueSnapshot(rlp: bytes)
        } catch {
            throw .storage(.malformedRecord(.consensus, key: hash.bytes, error))
        }
    }

    private static func reading<Value>(
        _ read: () throws(StorageError) -> Value
    ) throws(ConsensusError) -> Value {
        do {
            return try read()
        } catch {
            throw .storage(error)
        }
    }
}

extension Header {
    /// Whether it has a vote to make `address` a signer.
    fileprivate func votes(for address: Address) -> Bool {
        beneficiary == address && nonce == CliqueHeader.nonceAuthorize
    }
}
