public import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Asks one node over JSON-RPC.
public struct RPCClient: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    let url: URL

    public init(url: URL) { self.url = url }

    private static let session: URLSession = {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 5
        return URLSession(configuration: configuration)
    }()

    /// The result of a call as JSON that `JSONSerialization` makes, in a box that may cross threads.
    ///
    /// - Parameter flag: a last parameter of `true` or `false`, which some methods have.
    public func call(_ method: String, _ parameters: [String] = [], flag: Bool? = nil) async throws -> Reply {
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

    public struct Reply: Sendable {
        /// The whole response.
        public let data: Data

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
