extension RPCMethod {
    static let rpc: [RPCMethod] = [
        RPCMethod("rpc_modules", [], "The namespaces that this server has, with their versions.") {
            (context, _) async throws(RPCError) in
            let names = Set(context.methods.map { String($0.namespace) }).sorted()
            return .object(names.map { JSON.Member($0, "1.0") })
        }
    ]
}
