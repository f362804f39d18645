/// What connects a relay with its program while a node runs.
protocol RelayAttachment: Sendable {
    /// Before the node starts. Everything that `driver` has is touched on its home loop.
    func open(on driver: NodeDriver) async throws(BindError)

    /// After the node's end; also of a node that never started.
    func close() async
}
