/// How much of the capabilities' messages may still wait for the node.
struct IngressBudget: Sendable {
    private struct Share: Sendable {
        let limits: IngressLimits
        var bytes = 0
        var messages = 0

        var isExhausted: Bool { bytes >= limits.maxBufferedBytes || messages >= limits.maxBufferedMessages }
    }

    private var shares: [Share] = []
    /// Of all capabilities together.
    private var bytes = 0
    private var maxBytes = Int.max

    /// Whether one capability's share, or that of all together, is used up. Frames come in order, so then all have to
    /// wait.
    private(set) var isExhausted = false

    init() {}

    /// - Parameters:
    ///   - limits: of the capabilities in use, in the order of their codes.
    ///   - maxBytes: what may wait of all of them together.
    init(_ limits: [IngressLimits], maxBytes: Int) {
        shares = limits.map { Share(limits: $0) }
        self.maxBytes = maxBytes
    }

    /// Notes a message of the capability at `place` that waits now.
    mutating func add(place: Int, bytes count: Int) {
        shares[place].bytes += count
        shares[place].messages += 1
        bytes += count
        if shares[place].isExhausted || bytes >= maxBytes { isExhausted = true }
    }

    /// The node has taken all.
    mutating func refill() {
        for place in shares.indices {
            shares[place].bytes = 0
            shares[place].messages = 0
        }
        bytes = 0
        isExhausted = false
    }
}
