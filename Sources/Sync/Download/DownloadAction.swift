public import Chain
public import DevP2P
public import EthWire

/// What a download wants done, in order.
public enum DownloadAction: Sendable {
    /// GetBlockHeaders or GetBlockBodies, in the peer's version of `eth`.
    case send(EthMessage, to: Peer)
    /// Run on a worker thread; answer with `taskCompleted`.
    case run(DownloadTask)
    /// Import on a worker thread; answer with `importCompleted`. The bodies are known to be the headers' own.
    case importBlocks([Block], id: UInt64)
    case report(Offence, by: Peer)
    /// A peer has answered with something, after this time.
    case credit(Merit, to: Peer, bytes: Int, latency: Duration)
    /// The node is behind and catching up, to this number for what is known so far. Not said of a few blocks.
    case started(target: UInt64)
    case progress(current: UInt64, target: UInt64)
    /// The end of what `started` began; the local head is at this number.
    case finished(number: UInt64)
}
