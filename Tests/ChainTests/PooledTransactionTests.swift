import Chain
import Primitives
import RLP
import TestVectors
import Testing

@Suite(.enabled(if: TestVectors.isPresent, noVectors))
struct PooledTransactionTests {
    @Test(arguments: [
        ("alloy-blob/4844rlp-0", UInt8(0), 1), ("alloy-blob/4844rlp-3", 0, 1), ("alloy-blob/7594rlp-1", 1, 1),
        ("reth-eth-wire/rpc_blob_transaction", 0, 1),
    ])
    func sidecars(_ file: String, _ version: UInt8, _ blobs: Int) throws {
        let bytes = try TestVectors.hex("05-mainnet-samples/\(file).hex.gz")
        let pooled = try PooledTransaction(encoded: bytes[...])
        let sidecar = try #require(pooled.sidecar)
        #expect(sidecar.version == version)
        #expect(sidecar.blobCount == blobs && pooled.transaction.blobHashes.count == blobs)
        try sidecar.check(hashes: pooled.transaction.blobHashes)
        #expect(pooled.transaction.type == .blob)
        #expect(pooled.transaction.size < 1_000)
        _ = try pooled.transaction.sender()
        #expect(try PooledTransaction(rlp: pooled.rlp) == pooled)
        // Without the sidecar it is an ordinary transaction; with it, it isn't one.
        #expect(try PooledTransaction(encoded: pooled.transaction.encoded[...]).sidecar == nil)
        #expect(throws: RLPError.expectedString) { try Transaction(encoded: bytes) }
        #expect(throws: ChainError.invalidSidecar) { try sidecar.check(hashes: [Hash32()]) }
        #expect(throws: ChainError.invalidSidecar) { try sidecar.check(hashes: []) }
        for cut in [1, 50, 100_000] {
            #expect(throws: RLPError.self) { try PooledTransaction(encoded: bytes.dropLast(cut)) }
        }
    }

    @Test func messageOfSeveral() throws {
        let bytes = try TestVectors.hex("05-mainnet-samples/reth-eth-wire/pooled_transactions_with_blob.hex.gz")
        var reader = RLPReader(bytes)
        let all = try reader.readList(of: PooledTransaction.self)
        #expect(all.map(\.transaction.type.rawValue) == [1, 3, 0] || all.count > 1)
        #expect(all.filter { $0.sidecar != nil }.count == 1)
        var writer = RLPWriter()
        writer.write(list: all)
        #expect(writer.bytes == bytes)
    }

    /// eth/72 leaves the blobs out: an empty list stands for them.
    @Test func elidedBlobs() throws {
        let bytes = try TestVectors.hex("05-mainnet-samples/alloy-blob/7594rlp-1.hex.gz")
        var reader = RLPReader(bytes[1...])
        var parts = try reader.readList()
        var writer = RLPWriter(prefix: [3])
        try writer.list { list in
            for index in 0..<5 {
                let item = try parts.readRaw()
                if index == 2 { list.writeEmptyList() } else { list.writeRaw(item) }
            }
        }
        let sidecar = try #require(try PooledTransaction(encoded: writer.bytes[...]).sidecar)
        #expect(sidecar.blobCount == 0 && sidecar.proofCount == 128 && sidecar.commitments.count == 1)
    }
}
