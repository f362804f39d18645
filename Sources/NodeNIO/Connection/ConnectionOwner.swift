import DevP2P

/// Who a connection's events go to. All calls are on the connection's event loop.
protocol ConnectionOwner: AnyObject, Sendable {
    /// TCP is connected; the key exchange begins.
    func connectionOpened(_ connection: ConnectionHandler)

    /// What has happened since the last batch, in order. The owner calls `connection.taken(weight)`, from wherever, once
    /// it has dealt with it: too much that isn't dealt with stops the connection from reading.
    func connection(_ connection: ConnectionHandler, saw events: [ConnectionEvent], weight: Int)

    /// The peer takes less than it is sent, or has taken everything.
    func connection(_ connection: ConnectionHandler, isCongested: Bool)

    /// The socket is closed, or was never opened. Called once, after all events.
    func connectionClosed(_ connection: ConnectionHandler)
}

extension ConnectionOwner {
    func connectionOpened(_ connection: ConnectionHandler) {}
    func connection(_ connection: ConnectionHandler, isCongested: Bool) {}
}
