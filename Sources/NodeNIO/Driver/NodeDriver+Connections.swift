import DevP2P
import Logging
import NIOCore
import NodeCore
import Primitives

// What connections tell the node. They do so on their own event loops.
extension NodeDriver: ConnectionOwner {
    /// A peer has connected. The handler's events follow on the same loop, so they come to the node after this.
    func accepted(_ handler: ConnectionHandler, from endpoint: Endpoint) {
        home.execute {
            self.links[handler.id] = Link(handler: handler)
            self.traffic.connectionsAccepted += 1
            if self.isStopping {
                handler.eventLoop.execute { handler.abort() }
            } else {
                self.handle(.accepted(handler.id, from: endpoint))
            }
        }
    }

    func connectionOpened(_ connection: ConnectionHandler) {
        let local = connection.localEndpoint
        home.execute { self.links[connection.id]?.localEndpoint = local }
    }

    func connection(_ connection: ConnectionHandler, saw events: [ConnectionEvent], weight: Int) {
        home.execute {
            if case .closed(let cause) = events.last {
                self.links[connection.id]?.hasEnded = true
                self.setup.logger.trace(
                    "connection ended", metadata: ["connection": "\(connection.id)", "cause": "\(cause)"])
            }
            self.handle(.connection(connection.id, events))
            connection.taken(weight)
        }
    }

    func connection(_ connection: ConnectionHandler, isCongested: Bool) {
        home.execute { self.handle(.congested(connection.id, isCongested)) }
    }

    func connectionClosed(_ connection: ConnectionHandler) {
        home.execute {
            guard let link = self.links.removeValue(forKey: connection.id) else { return }
            if !link.hasEnded { self.endedUnopened(connection) }
            self.checkIdle()
        }
    }

    /// Takes nothing more from a connection, or goes on.
    func pause(_ id: ConnectionID, _ isPaused: Bool) {
        guard let handler = links[id]?.handler else { return }
        handler.eventLoop.execute { handler.pause(isPaused) }
    }

    private func endedUnopened(_ connection: ConnectionHandler) {
        switch connection.role {
        case .initiator:
            traffic.dialsFailed += 1
            if let failure = connection.failure, isScarcity(failure) { return postpone(connection.id) }
            handle(.dialFailed(connection.id))
        case .recipient: handle(.connection(connection.id, [.closed(.network)]))
        }
    }
}
