/// What a client gets instead of a result (JSON-RPC 2.0, section 5.1). The texts are go-ethereum's where wallets
/// recognise them.
public struct RPCError: Error, Hashable, Sendable {
    public var code: Int
    public var message: String

    public init(code: Int, message: String) {
        self.code = code
        self.message = message
    }

    /// The body is not JSON.
    static let parseError = RPCError(code: -32700, message: "parse error")

    /// JSON, but not a request.
    static func invalidRequest(_ why: String) -> RPCError { RPCError(code: -32600, message: why) }

    static func unknownMethod(_ name: String) -> RPCError {
        RPCError(code: -32601, message: "the method \(name) does not exist/is not available")
    }

    /// The node has the method, and its operator hasn't enabled it.
    static func disabledMethod(_ name: String) -> RPCError {
        var error = unknownMethod(name)
        error.message += ": start the node with --http.api and \(name.prefix { $0 != "_" }) in its list"
        return error
    }

    static func invalidParameters(_ why: String) -> RPCError { RPCError(code: -32602, message: why) }

    static func invalidArgument(_ index: Int, _ why: String) -> RPCError {
        invalidParameters("invalid argument \(index): \(why)")
    }

    /// The node itself failed: its disk, or its data.
    static func internalError(_ why: String) -> RPCError { RPCError(code: -32603, message: why) }

    /// The request was understood and can't be fulfilled.
    static func failed(_ why: String) -> RPCError { RPCError(code: -32000, message: why) }

    /// The answers to a batch are larger than the limit.
    static let responseTooLarge = RPCError(code: -32003, message: "response too large")

    /// A tag names a block that there is none of (ethereum/execution-apis, "unknown block").
    static func unknownBlock(_ tag: String) -> RPCError { RPCError(code: -39001, message: "\(tag) block not found") }

    /// What only a node with an Ethereum virtual machine can do.
    static func needsEVM(_ why: String) -> RPCError { failed("\(why): this node has no EVM, it moves value only") }

    var json: JSON { ["code": .number(String(code)), "message": .string(message)] }
}
