import NodeNIO
import NodeRecord
import Primitives

extension NodeContact {
    /// The node of an `enode://` URL or an `enr:` record. A name is looked up.
    ///
    /// - Throws: what the client is told.
    init(url: String) async throws(RPCError) {
        if url.hasPrefix("enr:") {
            guard let record = try? NodeRecord(text: url), let contact = NodeContact(record) else {
                throw .failed("invalid enode: not a record of a node with an address")
            }
            self = contact
            return
        }
        let enode: EnodeURL
        do throws(EnodeURL.ParseError) {
            enode = try EnodeURL(url)
        } catch {
            throw .failed("invalid enode: \(error)")
        }
        let contact: NodeContact?
        do throws(HostNotFound) {
            contact = try await enode.resolved()
        } catch {
            throw .failed("invalid enode: \(error)")
        }
        guard let contact else { throw .failed("invalid enode: no address") }
        self = contact
    }
}
