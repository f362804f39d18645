package import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A JSON-RPC client of one node.
package struct RPCClient: Sendable {
    /// The node's error message, or a response that isn't JSON.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    let url: URL

    package init(url: URL) { self.url = url }

    private static let session: URLSession = {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 5
        return URLSession(configuration: configuration)
    }()

    /// Calls a method.
    ///
    /// - Parameter flag: a final boolean parameter, which some methods have.
    /// - Throws: `Failure`, or an error of URLSession; a call times out after 5 s.
    package func call(_ method: String, _ parameters: [String] = [], flag: Bool? = nil) async throws -> Reply {
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        let body: [String: Any] = [
            "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters as [Any] + (flag.map { [$0] } ?? []),
        ]
        request.httpBody = try JSONSerialization.data(withJSONObject: body)
        let (data, _) = try await Self.session.data(for: request)
        guard let answer = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw Failure(description: "\(method): no JSON object")
        }
        if let error = answer["error"] as? [String: Any] {
            throw Failure(description: "\(method): \(error["message"] ?? "unknown error")")
        }
        return Reply(data: data)
    }

    /// A response, as bytes because parsed JSON isn't `Sendable`.
    package struct Reply: Sendable {
        /// The whole response.
        package let data: Data

        private var result: Any? {
            (try? JSONSerialization.jsonObject(with: data) as? [String: Any])?["result"]
        }

        var object: [String: Any]? { result as? [String: Any] }
        var array: [[String: Any]]? { result as? [[String: Any]] }
        var string: String? { result as? String }
    }
}

/// A JSON-RPC quantity, `0x…`, or a plain number.
func quantity(_ value: Any?) -> UInt64? {
    if let text = value as? String { return text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text) }
    return (value as? NSNumber)?.uint64Value
}
