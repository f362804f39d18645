/// The resources that a database may use.
public struct RocksOptions: Hashable, Sendable {
    /// The maximum bytes of blocks, indices and filters kept in memory, for all tables together.
    public var cacheBytes: Int
    /// The maximum bytes of writes kept in memory before they are flushed to sorted files, for all tables together.
    public var writeBufferBytes: Int
    /// The maximum number of files open at once.
    public var maxOpenFiles: Int32
    /// The number of threads that flush and compact.
    public var backgroundThreads: Int32

    public init(
        cacheBytes: Int = 64 << 20, writeBufferBytes: Int = 32 << 20, maxOpenFiles: Int32 = 256,
        backgroundThreads: Int32 = 2
    ) {
        self.cacheBytes = cacheBytes
        self.writeBufferBytes = writeBufferBytes
        self.maxOpenFiles = maxOpenFiles
        self.backgroundThreads = backgroundThreads
    }
}
