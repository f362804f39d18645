import DevP2P
import NIOCore

/// What connections have to be told, grouped by event loop: however many connections a broadcast goes to, each loop is
/// woken once, and each socket written once.
struct OutgoingBatches {
    private struct Order: Sendable {
        let connection: ConnectionHandler
        var messages: [OutboundMessage] = []
        var disconnect: DisconnectReason?
    }

    private struct Batch {
        let eventLoop: any EventLoop
        var orders: [Order] = []
        var places: [ConnectionID: Int] = [:]
    }

    /// As many as there are event loops: few.
    private var batches: [Batch] = []

    /// Appends messages; after a disconnect they are dropped.
    mutating func send(_ messages: [OutboundMessage], to connection: ConnectionHandler) {
        update(connection) { order in
            if order.disconnect == nil { order.messages += messages }
        }
    }

    mutating func disconnect(_ connection: ConnectionHandler, _ reason: DisconnectReason) {
        update(connection) { order in
            if order.disconnect == nil { order.disconnect = reason }
        }
    }

    private mutating func update(_ connection: ConnectionHandler, _ body: (inout Order) -> Void) {
        let loop = connection.eventLoop
        let at = batches.firstIndex { $0.eventLoop === loop } ?? batches.endIndex
        if at == batches.endIndex { batches.append(Batch(eventLoop: loop)) }
        let place = batches[at].places[connection.id] ?? batches[at].orders.endIndex
        if place == batches[at].orders.endIndex {
            batches[at].orders.append(Order(connection: connection))
            batches[at].places[connection.id] = place
        }
        body(&batches[at].orders[place])
    }

    /// Hands every loop its orders.
    mutating func handOver() {
        for at in batches.indices where !batches[at].orders.isEmpty {
            let orders = batches[at].orders
            batches[at].orders.removeAll(keepingCapacity: false)
            batches[at].places.removeAll(keepingCapacity: true)
            batches[at].eventLoop.execute {
                for order in orders {
                    if !order.messages.isEmpty { order.connection.send(order.messages) }
                    if let reason = order.disconnect { order.connection.disconnect(reason) }
                }
            }
        }
    }
}
