import DevP2P
import Gossip
import Primitives

/// The users who wait to hear what became of their transaction.
///
/// Their number is bounded by what `Admission` takes of users.
struct Submissions: Sendable {
    typealias Receiver = ReplyTo<Result<Hash32, PoolError>?>

    private var waiting: [UInt64: Receiver] = [:]
    private var lastTicket: UInt64 = 0

    /// - Returns: the ticket that names the receiver.
    mutating func add(_ receiver: Receiver) -> UInt64 {
        lastTicket += 1
        waiting[lastTicket] = receiver
        return lastTicket
    }

    mutating func take(_ ticket: UInt64) -> Receiver? { waiting.removeValue(forKey: ticket) }

    /// All that wait, in order.
    mutating func takeAll() -> [Receiver] {
        defer { waiting = [:] }
        return waiting.sorted { $0.key < $1.key }.map(\.value)
    }
}
