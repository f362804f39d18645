public import DevP2P

/// What a node has sent since its start, and what its limits have held back.
public struct UploadStatus: Sendable, Hashable {
    /// Of one class.
    public struct Use: Sendable, Hashable {
        /// On the wire.
        public var bytes: UInt64 = 0
        /// Of capabilities; the base protocol's messages and datagrams are counted by their bytes only.
        public var messages: UInt64 = 0

        public init() {}
    }

    /// What the limits did.
    public struct HeldBack: Sendable, Hashable {
        /// Relayed messages that had to wait, and those that found too many waiting.
        public var relayDelayed: UInt64 = 0
        public var relayDropped: UInt64 = 0
        /// Blocks that were announced to peers that would have been sent them.
        public var blocksAnnouncedOnly: UInt64 = 0
        /// Requests that had to wait for the budget, those whose answer had to be shorter than without one, and those
        /// that were answered with nothing.
        public var requestsDelayed: UInt64 = 0
        public var answersLimited: UInt64 = 0
        public var answersEmptied: UInt64 = 0

        public init() {}
    }

    public let limits: [UploadLimit]
    /// In the order of `UploadClass.allCases`.
    public internal(set) var used: [Use]
    public internal(set) var heldBack = HeldBack()
    /// Relayed messages and requests that wait now.
    public internal(set) var waitingMessages = 0
    public internal(set) var waitingBytes = 0
    public internal(set) var waitingRequests = 0

    /// Nothing sent yet.
    public init(limits: [UploadLimit]) {
        self.limits = limits
        used = UploadClass.allCases.map { _ in Use() }
    }

    public func used(_ kind: UploadClass) -> Use {
        UploadClass.allCases.firstIndex(of: kind).map { used[$0] } ?? Use()
    }

    /// All classes together, in bytes.
    public var usedBytes: UInt64 { used.reduce(0) { $0 &+ $1.bytes } }
}
