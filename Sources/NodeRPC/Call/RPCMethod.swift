/// A method of the node's JSON-RPC interface: what is called, and what the reference says of it.
///
/// The tables of methods, one for each namespace, are the only register: the server, `docs/RPC.md` and the command line
/// read them.
public struct RPCMethod: Sendable {
    /// Namespace and name, as `eth_getBalance`.
    public let name: String
    /// The names of the parameters in order; one that may be left out ends with `?`.
    public let parameters: [String]
    /// One sentence.
    public let summary: String
    /// Whether a call changes what the node does, beyond handing it a transaction: such a method must be asked for.
    public let changesNode: Bool
    let body: Body

    /// How a method gets its answer.
    enum Body: Sendable {
        /// From the chain on disk: runs on a worker thread.
        case read(@Sendable (ChainReader, Arguments) throws(RPCError) -> JSON)
        /// From the running node, or from both.
        case ask(@Sendable (RPCContext, Arguments) async throws(RPCError) -> JSON)
    }

    init(
        _ name: String, _ parameters: [String] = [], _ summary: String, changesNode: Bool = false,
        read: @escaping @Sendable (ChainReader, Arguments) throws(RPCError) -> JSON
    ) {
        self.name = name
        self.parameters = parameters
        self.summary = summary
        self.changesNode = changesNode
        body = .read(read)
    }

    init(
        _ name: String, _ parameters: [String] = [], _ summary: String, changesNode: Bool = false,
        ask: @escaping @Sendable (RPCContext, Arguments) async throws(RPCError) -> JSON
    ) {
        self.name = name
        self.parameters = parameters
        self.summary = summary
        self.changesNode = changesNode
        body = .ask(ask)
    }

    /// The part of the name before the underscore.
    public var namespace: Substring { name.prefix { $0 != "_" } }

    /// How many parameters must be given.
    var requiredCount: Int { parameters.prefix { !$0.hasSuffix("?") }.count }

    func call(_ parameters: [JSON], _ context: RPCContext) async throws(RPCError) -> JSON {
        let arguments = try Arguments(parameters, of: self)
        switch body {
        case .read(let body):
            return try await context.read { (chain) throws(RPCError) in try body(chain, arguments) }
        case .ask(let body):
            return try await body(context, arguments)
        }
    }
}
