import NodeNIO
import NodeRecord
import Primitives

extension NodeContact {
    /// The node of an `enode://` URL or an `enr:` record. A name is looked up.
    ///
    /// - Throws: what the client is told.
    init(url: String) async throws(RPCError) {
        let node: NodeReference
        do throws(NodeReferenceError) {
            node = try NodeReference(url)
        } catch {
            throw .failed("invalid enode: \(error)")
        }
        if let why = node.dialObstacle { throw .failed("invalid enode: \(why)") }
        do throws(HostNotFound) {
            self = try await node.resolved()
        } catch {
            throw .failed("invalid enode: \(error)")
        }
    }
}
