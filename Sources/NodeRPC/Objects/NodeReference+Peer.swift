import NodeNIO

extension NodeReference {
    /// The node of an `enode://` URL or an `enr:` record that can be a peer.
    ///
    /// - Throws: what the client is told.
    init(peer text: String) throws(RPCError) {
        do throws(NodeReferenceError) {
            self = try NodeReference(text)
        } catch {
            throw .failed("invalid enode: \(error)")
        }
        if let why = dialObstacle { throw .failed("invalid enode: \(why)") }
    }
}
