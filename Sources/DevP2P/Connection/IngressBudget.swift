/// How much of the capabilities' messages may still wait for the node.
struct IngressBudget: Sendable {
    private struct Share: Sendable {
        let limits: IngressLimits
        var bytes = 0
        var messages = 0

        var isExhausted: Bool { bytes >= limits.maxBufferedBytes || messages >= limits.maxBufferedMessages }
    }

    private var shares: [Share] = []

    /// Whether one capability's share is used up. Frames come in order, so then all have to wait.
    private(set) var isExhausted = false

    init() {}

    /// - Parameter limits: of the capabilities in use, in the order of their codes.
    init(_ limits: [IngressLimits]) { shares = limits.map { Share(limits: $0) } }

    /// Notes a message of the capability at `place` that waits now.
    mutating func add(place: Int, bytes: Int) {
        shares[place].bytes += bytes
        shares[place].messages += 1
        if shares[place].isExhausted { isExhausted = true }
    }

    /// The node has taken all.
    mutating func refill() {
        for place in shares.indices {
            shares[place].bytes = 0
            shares[place].messages = 0
        }
        isExhausted = false
    }
}
