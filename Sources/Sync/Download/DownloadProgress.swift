/// How far a download has come.
public struct DownloadProgress: Hashable, Sendable {
    /// The number of the local head.
    public var current: UInt64
    /// The highest number known of the chain that is followed.
    public var target: UInt64
}
