public import SansIO

/// A `RequestTable` that remembers how well each peer answers: what a capability with requests holds.
///
///     guard let id = requests.ask(.headers, of: peer, timeout: .seconds(5), now: node.now) else { return }
///     node.send(.getHeaders(id), to: peer)
///     node.deadline = requests.deadline
///
/// Then `answer` for each response, `popTimedOut` in `deadlineReached`, and `peerLeft` in `peerLeft`.
///
/// - Complexity: as `RequestTable`.
public struct RequestTracker<Pending: Sendable>: Sendable {
    /// A request on its way, and since when.
    public struct Request: Sendable {
        public let pending: Pending
        public let sentAt: Instant
    }

    public typealias Answer = RequestTable<Request>.Answer
    public typealias Failed = RequestTable<Request>.Failed

    private var table: RequestTable<Request>
    private var records: [ConnectionID: ResponseRecord] = [:]

    /// - Parameter maxPerPeer: requests that one peer may owe at a time; `maxCount`: all peers together.
    public init(maxPerPeer: Int, maxCount: Int) {
        table = RequestTable(maxPerPeer: maxPerPeer, maxCount: maxCount)
    }

    /// When the next request times out; nil where none is pending.
    public var deadline: Instant? { table.deadline }

    public var count: Int { table.count }

    /// The number of requests that a peer owes.
    public func count(of peer: Peer) -> Int { table.count(of: peer) }

    /// How a peer has answered so far; nil where it wasn't asked yet, and after it has left.
    public func record(of peer: Peer) -> ResponseRecord? { records[peer.connection] }

    /// Notes a request; its id, to be sent along, or nil where the table or the peer's share is full.
    public mutating func ask(_ pending: Pending, of peer: Peer, timeout: Duration, now: Instant) -> UInt64? {
        let request = Request(pending: pending, sentAt: now)
        guard let id = table.add(request, to: peer, timeout: timeout, now: now) else { return nil }
        records[peer.connection, default: ResponseRecord()].asked(now)
        return id
    }

    /// Takes the request that a response with this id answers, and measures it.
    ///
    /// - Parameter bytes: the size of the response, for the peer's throughput.
    public mutating func answer(_ id: UInt64, from peer: Peer, bytes: Int, now: Instant) -> Answer {
        let answer = table.answer(id, from: peer)
        if case .expected(let request) = answer {
            records[peer.connection]?.answered(
                after: now - request.sentAt, bytes: bytes, owesMore: table.count(of: peer) > 0, now)
        }
        return answer
    }

    /// The next request whose deadline has come, which counts against its peer; nil where there is none. Call until it
    /// is nil.
    public mutating func popTimedOut(now: Instant) -> Failed? {
        guard let failed = table.popTimedOut(now: now) else { return nil }
        records[failed.connection]?.timedOut(owesMore: table.count(of: failed.connection) > 0, now)
        return failed
    }

    /// Takes all requests to a peer that has left, in the order in which they were sent, and forgets the peer.
    public mutating func peerLeft(_ peer: Peer) -> [Failed] {
        records[peer.connection] = nil
        return table.removeAll(of: peer)
    }
}
