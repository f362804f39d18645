import Chain
import NIOPosix
import SansIO

/// What a call works with: the node, and threads to read the disk on.
struct RPCContext: Sendable {
    let node: any NodeAccess
    let workers: NIOThreadPool
    let now: @Sendable () -> Instant
    let methods: [RPCMethod]
    let tips: TipCache

    var chain: ChainReader { ChainReader(store: node.chain, config: node.profile.config) }

    /// Runs `body` on a worker thread: never on an event loop, and never on a thread that all tasks share.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (ChainReader) throws(RPCError) -> Value
    ) async throws(RPCError) -> Value {
        let chain = chain
        let result: Result<Value, RPCError>
        do {
            result = try await workers.runIfActive {
                do throws(RPCError) { return .success(try body(chain)) } catch { return .failure(error) }
            }
        } catch {
            throw .internalError("the server is stopping")
        }
        return try result.get()
    }
}
