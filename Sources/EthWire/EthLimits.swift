/// The limits of the `eth` protocol, each with its source.
public enum EthLimits {
    /// The maximum size of a message, decompressed, in bytes (go-ethereum eth/protocols/eth/protocol.go,
    /// `maxMessageSize`).
    public static let maxMessageBytes = 10 << 20

    /// The size in bytes at which a response ends; the item that exceeds it is still included
    /// (go-ethereum eth/protocols/eth/handler.go, `softResponseLimit`).
    public static let softResponseBytes = 2 << 20

    /// The maximum number of headers in a response (`maxHeadersServe`).
    public static let maxHeaders = 1024

    /// The maximum number of bodies in a response (`maxBodiesServe`).
    public static let maxBodies = 1024

    /// The maximum number of blocks in a Receipts response (`maxReceiptsServe`).
    public static let maxReceipts = 1024

    /// The number of hashes of a request that are decoded, since a response has no more items. A request may have more,
    /// as far as its size is allowed: like go-ethereum, we respond to the first 1024.
    public static let maxRequestedHashes = 1024

    /// The maximum number of transactions in a message (go-ethereum eth/handler_eth.go, 5000).
    public static let maxTransactions = 5000

    /// The maximum number of hashes in NewPooledTransactionHashes. devp2p's caps/eth.md recommends at most 4096;
    /// go-ethereum sends about 3200.
    public static let maxAnnouncedHashes = 8192

    /// The maximum number of blocks in NewBlockHashes; go-ethereum, while it had the message, kept 256 per peer.
    public static let maxAnnouncedBlocks = 1024

    /// The maximum number of transactions in a block, checked before they are decoded. Far above any gas limit in use:
    /// 65,536 transfers use 1.4 billion gas. Without it, 10 MiB of the shortest transactions would become 200 MB of
    /// values.
    public static let maxBlockTransactions = 65_536

    /// The maximum size in bytes of a header in NewBlock, which is hashed immediately. go-ethereum allows 100 KiB of
    /// extra data (core/types/block.go, `SanityCheck`).
    public static let maxHeaderBytes = 101 << 10

    /// The maximum number of ommers in a block (Yellow Paper: two).
    public static let maxBlockOmmers = 2

    /// The maximum number of withdrawals in a block: 16 on Ethereum's networks (EIP-4895), more on some test networks.
    public static let maxBlockWithdrawals = 1024

    /// The maximum size in bytes of a transaction in the pool; those in blocks may be larger
    /// (go-ethereum core/txpool/legacypool, `txMaxSize`).
    public static let maxPooledTransactionBytes = 128 << 10

    /// The maximum number of hashes in a GetPooledTransactions request (go-ethereum eth/fetcher/tx_fetcher.go,
    /// `maxTxRetrievals`).
    public static let maxRequestedTransactions = 256

    /// The sum of announced sizes in bytes at which a GetPooledTransactions request ends (`maxTxRetrievalSize`).
    public static let requestedTransactionBytes = 128 << 10

    /// The maximum size in bytes of a transaction that is sent unasked; larger ones are only announced (go-ethereum
    /// eth/handler.go, `txMaxBroadcastSize`).
    public static let maxBroadcastTransactionBytes = 4096

    /// The size in bytes to which Transactions and NewPooledTransactionHashes messages are filled
    /// (go-ethereum eth/protocols/eth/broadcast.go, `maxTxPacketSize`).
    public static let packetBytes = 100 << 10

    /// The tolerated difference between announced and actual size, in bytes (go-ethereum eth/fetcher/tx_fetcher.go).
    public static let announcedSizeTolerance = 8

    /// The timeout for a peer's Status (go-ethereum eth/protocols/eth/handshake.go, `handshakeTimeout`).
    public static let handshakeTimeout = Duration.seconds(5)

    /// The number of blocks by which the head must advance before BlockRangeUpdate is sent again (eth/69, EIP-7642).
    public static let rangeUpdateBlocks: UInt64 = 32
}
