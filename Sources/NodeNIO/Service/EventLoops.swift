import NIOCore
import NIOPosix

/// The event loops that a service runs on: its own, or those of the process.
final class EventLoops: Sendable {
    let group: MultiThreadedEventLoopGroup
    private let areOwned: Bool

    /// - Parameter count: of loops of its own; nil for those of the process.
    init(count: Int?) {
        group = count.map { MultiThreadedEventLoopGroup(numberOfThreads: max(1, $0)) } ?? .singleton
        areOwned = count != nil
    }

    // Not at the end of `stop`: who asks a stopped service for something is answered on its loop.
    deinit { if areOwned { group.shutdownGracefully { _ in } } }
}
