import NodeRPC
import TestVectors
import Testing

/// Calls methods of a server over HTTP.
struct RPCClient {
    let http: HTTPClient

    init(port: Int) { http = HTTPClient(port: port) }

    /// The answer to a call with these parameters, written as JSON.
    func answer(_ method: String, _ parameters: String = "") async throws -> JSONValue {
        let reply = try await http.post(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":[\#(parameters)]}"#)
        #expect(reply.status == 200)
        #expect(reply.headers["content-type"] == "application/json")
        let answer = try JSONValue(parsing: reply.body)
        #expect(answer["jsonrpc"] == .string("2.0"))
        #expect(answer["id"] == .number("1"))
        return answer
    }

    /// The result of a call that must have one.
    func result(_ method: String, _ parameters: String = "") async throws -> JSONValue {
        let answer = try await answer(method, parameters)
        #expect(answer["error"] == nil)
        return try #require(answer["result"], "\(method): \(answer)")
    }

    /// The error of a call that must fail.
    func error(_ method: String, _ parameters: String = "") async throws -> RPCError {
        let answer = try await answer(method, parameters)
        #expect(answer["result"] == nil)
        let code = try #require(answer["error"]?["code"]?.int, "\(method): \(answer)")
        return RPCError(code: code, message: try #require(answer["error"]?["message"]?.string))
    }
}
