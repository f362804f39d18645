/// What messages of `blocks/1` may hold, besides what `EthLimits` says of blocks and `TopicLimits` of lists of ids.
public enum BlocksMessageLimits {
    /// Blocks in one announcement.
    public static let maxAnnounced = 256
    /// Blocks in one request, and in its response.
    public static let maxRequested = 16
}
