/// The numbers that bound `eth`, each with its source.
public enum EthLimits {
    /// The largest message, decompressed, in bytes (go-ethereum eth/protocols/eth/protocol.go, `maxMessageSize`).
    public static let maxMessageBytes = 10 << 20

    /// What an answer is filled to, in bytes; the item that passes it is still sent
    /// (go-ethereum eth/protocols/eth/handler.go, `softResponseLimit`).
    public static let softResponseBytes = 2 << 20

    /// Headers in an answer (`maxHeadersServe`).
    public static let maxHeaders = 1024

    /// Bodies in an answer (`maxBodiesServe`).
    public static let maxBodies = 1024

    /// Blocks in an answer of receipts (`maxReceiptsServe`).
    public static let maxReceipts = 1024

    /// Hashes in a request that are decoded: answers hold no more items. A request may have any number, as far as a
    /// message may be large: go-ethereum answers the first 1024 too.
    public static let maxRequestedHashes = 1024

    /// Transactions in one message (go-ethereum eth/handler_eth.go, 5000).
    public static let maxTransactions = 5000

    /// Hashes in an announcement. devp2p's caps/eth.md recommends at most 4096; go-ethereum packs some 3200.
    public static let maxAnnouncedHashes = 8192

    /// Blocks in NewBlockHashes; go-ethereum, while it had the message, kept 256 a peer.
    public static let maxAnnouncedBlocks = 1024

    /// Transactions in a block, checked before they are decoded. No gas limit in use comes near it: 65,536 transfers
    /// use 1.4 billion gas. Without it 10 MiB of the shortest transactions could become 200 MB of values.
    public static let maxBlockTransactions = 65_536

    /// The bytes of a header that comes with its block, which is hashed at once. go-ethereum allows 100 KiB of extra data
    /// (core/types/block.go, `SanityCheck`).
    public static let maxHeaderBytes = 101 << 10

    /// Ommers in a block: the Yellow Paper allows two.
    public static let maxBlockOmmers = 2

    /// Withdrawals in a block: 16 on Ethereum's networks (EIP-4895), more on some test networks.
    public static let maxBlockWithdrawals = 1024

    /// The bytes of a transaction that pools relay; those in blocks may be larger
    /// (go-ethereum core/txpool/legacypool, `txMaxSize`).
    public static let maxPooledTransactionBytes = 128 << 10

    /// Hashes asked for at a time (go-ethereum eth/fetcher/tx_fetcher.go, `maxTxRetrievals`).
    public static let maxRequestedTransactions = 256

    /// Announced bytes at which a request of transactions ends (`maxTxRetrievalSize`).
    public static let requestedTransactionBytes = 128 << 10

    /// A larger transaction is announced only (go-ethereum eth/handler.go, `txMaxBroadcastSize`).
    public static let maxBroadcastTransactionBytes = 4096

    /// The bytes to which messages of transactions and of hashes are filled
    /// (go-ethereum eth/protocols/eth/broadcast.go, `maxTxPacketSize`).
    public static let packetBytes = 100 << 10

    /// By how much an announced size may be wrong, in bytes (go-ethereum eth/fetcher/tx_fetcher.go).
    public static let announcedSizeTolerance = 8

    /// Until when a peer's Status must be there (go-ethereum eth/protocols/eth/handshake.go, `handshakeTimeout`).
    public static let handshakeTimeout = Duration.seconds(5)

    /// Blocks by which the head must advance before the range is announced again (eth/69, EIP-7642).
    public static let rangeUpdateBlocks: UInt64 = 32
}
