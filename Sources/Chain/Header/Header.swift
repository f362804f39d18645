import EthCrypto
public import Primitives
public import RLP

/// The header of a block (Yellow Paper, section 4.4; trie.md, section 6).
///
/// The fields from `baseFeePerGas` on were added by forks, in this order: a header that has one has all before it.
public struct Header: Hashable, Sendable {
    public var parentHash = Hash32()
    public var ommersHash = Hash32.emptyListHash
    /// Who gets the fees. Clique votes on this address instead, and its block's author is who signed it.
    public var beneficiary = Address()
    public var stateRoot = Hash32.emptyTrieRoot
    public var transactionsRoot = Hash32.emptyTrieRoot
    public var receiptsRoot = Hash32.emptyTrieRoot
    public var logsBloom = Bloom()
    public var difficulty = UInt256.zero
    public var number: UInt64 = 0
    public var gasLimit: UInt64 = 0
    public var gasUsed: UInt64 = 0
    /// Seconds since the Unix epoch.
    public var timestamp: UInt64 = 0
    public var extraData: [UInt8] = []
    /// Proof of work's mix, or `prevRandao` of a proof-of-stake block (EIP-4399).
    public var mixHash = Hash32()
    /// Eight bytes, big-endian.
    public var nonce: UInt64 = 0
    /// In wei (EIP-1559, London).
    public var baseFeePerGas: UInt256?
    /// EIP-4895, Shanghai.
    public var withdrawalsRoot: Hash32?
    /// EIP-4844, Cancun.
    public var blobGasUsed: UInt64?
    /// EIP-4844, Cancun.
    public var excessBlobGas: UInt64?
    /// EIP-4788, Cancun.
    public var parentBeaconBlockRoot: Hash32?
    /// EIP-7685, Prague.
    public var requestsHash: Hash32?
    /// EIP-7928, Amsterdam.
    public var blockAccessListHash: Hash32?
    /// EIP-7843, Amsterdam. devp2p's caps/eth.md ends with the field before; go-ethereum has this one too.
    public var slotNumber: UInt64?

    /// A header with the roots of an empty block and all else zero.
    public init() {}

    /// Keccak-256 of the header's RLP.
    ///
    /// - Complexity: encodes and hashes the header, some 5 permutations; keep the result.
    public var hash: Hash32 { Keccak256.hash(rlp) }
}

extension Header: RLPEncodable {
    /// What a header takes with some room to spare, so that one that is encoded alone grows no buffer.
    private static let usualByteCount = 768

    public func encode(to writer: inout RLPWriter) {
        if writer.bytes.isEmpty { writer.reserveCapacity(Self.usualByteCount) }
        writer.list { list in encodeFields(to: &list, extraData: extraData[...]) }
    }

    /// The fields without the list around them; `extraData` stands for the header's own, so that a consensus engine
    /// can hash a header without its seal.
    public func encodeFields(to list: inout RLPWriter, extraData: ArraySlice<UInt8>) {
        list.write(parentHash)
        list.write(ommersHash)
        list.write(beneficiary)
        list.write(stateRoot)
        list.write(transactionsRoot)
        list.write(receiptsRoot)
        list.write(logsBloom)
        list.write(difficulty)
        list.write(number)
        list.write(gasLimit)
        list.write(gasUsed)
        list.write(timestamp)
        list.write(extraData)
        list.write(mixHash)
        withUnsafeBytes(of: nonce.bigEndian) { list.write($0) }
        encodeTail(to: &list)
    }

    /// The optional fields, as far as there is no gap.
    private func encodeTail(to list: inout RLPWriter) {
        guard let baseFeePerGas else { return }
        list.write(baseFeePerGas)
        guard let withdrawalsRoot else { return }
        list.write(withdrawalsRoot)
        guard let blobGasUsed else { return }
        list.write(blobGasUsed)
        guard let excessBlobGas else { return }
        list.write(excessBlobGas)
        guard let parentBeaconBlockRoot else { return }
        list.write(parentBeaconBlockRoot)
        guard let requestsHash else { return }
        list.write(requestsHash)
        guard let blockAccessListHash else { return }
        list.write(blockAccessListHash)
        guard let slotNumber else { return }
        list.write(slotNumber)
    }
}

extension Header: RLPDecodable {
    public init(from reader: inout RLPReader) throws(RLPError) {
        var list = try reader.readList()
        parentHash = try list.read()
        ommersHash = try list.read()
        beneficiary = try list.read()
        stateRoot = try list.read()
        transactionsRoot = try list.read()
        receiptsRoot = try list.read()
        logsBloom = try list.read()
        difficulty = try list.read()
        number = try list.read()
        gasLimit = try list.read()
        gasUsed = try list.read()
        timestamp = try list.read()
        extraData = Array(try list.readBytes())
        mixHash = try list.read()
        let nonce = try list.readBytes()
        guard nonce.count == 8 else { throw .wrongLength(expected: 8, found: nonce.count) }
        self.nonce = nonce.reduce(0) { $0 << 8 | UInt64($1) }
        try readTail(&list)
        try list.expectEnd()
    }

    private mutating func readTail(_ list: inout RLPReader) throws(RLPError) {
        if list.isAtEnd { return }
        baseFeePerGas = try list.read(UInt256.self)
        if list.isAtEnd { return }
        withdrawalsRoot = try list.read(Hash32.self)
        if list.isAtEnd { return }
        blobGasUsed = try list.read(UInt64.self)
        if list.isAtEnd { return }
        excessBlobGas = try list.read(UInt64.self)
        if list.isAtEnd { return }
        parentBeaconBlockRoot = try list.read(Hash32.self)
        if list.isAtEnd { return }
        requestsHash = try list.read(Hash32.self)
        if list.isAtEnd { return }
        blockAccessListHash = try list.read(Hash32.self)
        if list.isAtEnd { return }
        slotNumber = try list.read(UInt64.self)
    }
}
