import Logging
import NodeRPC

/// Runs a server on a free port of loopback for the time of `body`.
func withServer<Value>(
    _ node: any NodeAccess, _ options: RPCOptions = RPCOptions(), onFull: @escaping @Sendable () -> Void = {},
    _ body: (RPCClient) async throws -> Value
) async throws -> Value {
    let server = RPCServer(access: node, port: 0, options: options, onFull: onFull)
    let port = try await server.start()
    do {
        let value = try await body(RPCClient(port: port))
        await server.stop()
        return value
    } catch {
        await server.stop()
        throw error
    }
}
