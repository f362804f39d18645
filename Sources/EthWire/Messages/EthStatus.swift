public import Chain
public import Primitives
public import RLP

/// The first message on each side: the sender's chain and head (EIP-2364, EIP-7642).
public struct EthStatus: Hashable, Sendable {
    /// The head of the sender's chain: total difficulty and hash in eth/68, a block range in eth/69.
    public enum Head: Hashable, Sendable {
        case totalDifficulty(UInt256, hash: Hash32)
        case range(BlockRange)

        /// The hash of the newest block.
        public var hash: Hash32 {
            switch self {
            case .totalDifficulty(_, let hash): hash
            case .range(let range): range.latestHash
            }
        }
    }

    /// The version in the message, which must be the negotiated one.
    public var version: UInt64
    /// The id of the network, usually the chain id.
    public var networkID: UInt64
    /// The hash of the genesis block.
    public var genesisHash: Hash32
    /// The fork id at the sender's head (EIP-2124).
    public var forkID: ForkID
    /// The sender's head.
    public var head: Head

    /// A Status of eth/68.
    public init(
        networkID: UInt64, genesisHash: Hash32, forkID: ForkID, totalDifficulty: UInt256, headHash: Hash32
    ) {
        version = EthVersion.eth68.number
        self.networkID = networkID
        self.genesisHash = genesisHash
        self.forkID = forkID
        head = .totalDifficulty(totalDifficulty, hash: headHash)
    }

    /// A Status of eth/69.
    public init(networkID: UInt64, genesisHash: Hash32, forkID: ForkID, range: BlockRange) {
        version = EthVersion.eth69.number
        self.networkID = networkID
        self.genesisHash = genesisHash
        self.forkID = forkID
        head = .range(range)
    }
}

extension EthStatus: RLPEncodable {
    public func encode(to writer: inout RLPWriter) {
        writer.list { list in
            list.write(version)
            list.write(networkID)
            switch head {
            case .totalDifficulty(let totalDifficulty, let hash):
                list.write(totalDifficulty)
                list.write(hash)
                list.write(genesisHash)
                list.write(forkID)
            case .range(let range):
                list.write(genesisHash)
                list.write(forkID)
                range.encodeFields(to: &list)
            }
        }
    }

    /// Decodes the form of `version`, whichever version the message states.
    init(from reader: inout RLPReader, _ version: EthVersion) throws(RLPError) {
        var list = try reader.readList()
        self.version = try list.read()
        networkID = try list.read()
        if !version.hasBlockRange {
            let totalDifficulty = try list.read(UInt256.self)
            head = .totalDifficulty(totalDifficulty, hash: try list.read())
            genesisHash = try list.read()
            forkID = try list.read()
        } else {
            genesisHash = try list.read()
            forkID = try list.read()
            head = .range(try BlockRange(fieldsFrom: &list))
        }
        try list.expectEnd()
    }
}
