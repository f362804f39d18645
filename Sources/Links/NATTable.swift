import SansIO

/// Whom a NAT lets through to its node: those to whom the node has sent something not long ago (RFC 4787: the mapping
/// doesn't depend on the destination, the filter does).
struct NATTable: Sendable {
    private var lastSent: [Int: Instant] = [:]
    private var sweep = Instant(nanoseconds: .min)

    mutating func sent(to node: Int, now: Instant, memory: Duration) {
        lastSent[node] = now
        guard sweep <= now else { return }
        lastSent = lastSent.filter { $0.value + memory > now }
        sweep = now + memory
    }

    func admits(_ node: Int, now: Instant, memory: Duration) -> Bool {
        lastSent[node].map { $0 + memory > now } ?? false
    }
}
