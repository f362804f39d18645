import EthCrypto
public import Primitives
public import RLP

/// The header of a block (Yellow Paper, section 4.4; trie.md, section 6).
///
/// The fields from `baseFeePerGas` on were added by forks, in this order: a header that has one of them has all before
/// it.
public struct Header: Hashable, Sendable {
    /// The hash of the parent block's header.
    public var parentHash = Hash32()
    /// Keccak-256 of the RLP of the body's ommers.
    public var ommersHash = Hash32.emptyListHash
    /// The account that gets the fees. Under Clique the signer gets them, and this is the address voted on (EIP-225).
    public var beneficiary = Address()
    /// The root of the state trie after this block.
    public var stateRoot = Hash32.emptyTrieRoot
    /// The root of the trie of the body's transactions.
    public var transactionsRoot = Hash32.emptyTrieRoot
    /// The root of the trie of the transactions' receipts.
    public var receiptsRoot = Hash32.emptyTrieRoot
    /// The union of the receipts' blooms.
    public var logsBloom = Bloom()
    /// The difficulty; 0 after the merge.
    public var difficulty = UInt256.zero
    /// The number of ancestors; 0 for genesis.
    public var number: UInt64 = 0
    /// The maximum gas of the block.
    public var gasLimit: UInt64 = 0
    /// The gas used by the block's transactions.
    public var gasUsed: UInt64 = 0
    /// Seconds since the Unix epoch.
    public var timestamp: UInt64 = 0
    /// Free data of the author, at most 32 bytes; under Clique vanity, signers and seal (EIP-225).
    public var extraData: [UInt8] = []
    /// The mix hash of proof of work, or `prevRandao` of a proof-of-stake block (EIP-4399).
    public var mixHash = Hash32()
    /// The nonce of proof of work, or Clique's vote; encoded as eight bytes, big-endian.
    public var nonce: UInt64 = 0
    /// The base fee in wei per unit of gas (EIP-1559, London).
    public var baseFeePerGas: UInt256?
    /// The root of the trie of the body's withdrawals (EIP-4895, Shanghai).
    public var withdrawalsRoot: Hash32?
    /// The blob gas of the block's transactions (EIP-4844, Cancun).
    public var blobGasUsed: UInt64?
    /// The running total of blob gas above the target (EIP-4844, Cancun).
    public var excessBlobGas: UInt64?
    /// The root of the parent beacon block (EIP-4788, Cancun).
    public var parentBeaconBlockRoot: Hash32?
    /// The hash of the execution requests (EIP-7685, Prague).
    public var requestsHash: Hash32?
    /// Keccak-256 of the block's access list (EIP-7928, Amsterdam).
    public var blockAccessListHash: Hash32?
    /// The beacon chain's slot number (EIP-7843, Amsterdam). Not in devp2p's caps/eth.md yet, but in go-ethereum.
    public var slotNumber: UInt64?

    /// A header with the roots of an empty block, all other fields zero or nil.
    public init() {}

    /// Keccak-256 of the header's RLP.
    ///
    /// - Complexity: encodes the header and hashes it, about 5 permutations; keep the result.
    public var hash: Hash32 { Keccak256.hash(rlp) }
}

extension Header: RLPEncodable {
    /// More than the size of a usual header in bytes, so that the buffer needn't grow while a header is encoded.
    private static let usualByteCount = 768

    public func encode(to writer: inout RLPWriter) {
        if writer.bytes.isEmpty { writer.reserveCapacity(Self.usualByteCount) }
        writer.list { list in encodeFields(to: &list, extraData: extraData[...]) }
    }

    /// Writes the fields without the list header, with `extraData` in place of the header's own, so that a consensus
    /// engine can hash a header without its seal.
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

    /// Writes the optional fields up to the first that is nil.
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
