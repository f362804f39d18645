/// One call, as a client sent it.
struct RPCRequest {
    /// Nil for a notification, which gets no answer.
    let id: JSON?
    let method: String
    let parameters: [JSON]

    /// A value that is no request, with the id to answer it with.
    struct Malformed: Error {
        let id: JSON
        let error: RPCError
    }

    init(_ value: JSON) throws(Malformed) {
        guard case .object = value else { throw Malformed(id: .null, error: .invalidRequest("invalid request")) }
        let id = value["id"]
        switch id {
        case .object, .array: throw Malformed(id: .null, error: .invalidRequest("invalid request"))
        case .string, .number, .bool, .null, nil: break
        }
        guard value["jsonrpc"]?.string == "2.0", let method = value["method"]?.string else {
            throw Malformed(id: id ?? .null, error: .invalidRequest("invalid request"))
        }
        self.id = id
        self.method = method
        switch value["params"] {
        case nil, .null: parameters = []
        case .array(let values): parameters = values
        case .object, .string, .number, .bool:
            throw Malformed(id: id ?? .null, error: .invalidParameters("non-array args"))
        }
    }
}
