import HTTPTypes
import Hummingbird
import Primitives

/// Answers only requests for a name that the operator allows, as go-ethereum's `--http.vhosts`.
///
/// A page on the web can make its own name resolve to 127.0.0.1; its requests then come with that name in `Host`.
struct HostCheck<Context: RequestContext>: RouterMiddleware {
    let allowedHosts: Set<String>

    init(_ hosts: [String]) { allowedHosts = Set(hosts.map { $0.lowercased() }) }

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard allows(request.head.authority) else {
            return Response(.forbidden, text: "invalid host specified\n")
        }
        return try await next(request, context)
    }

    /// Whether the value of `Host`, with or without a port, is allowed. A browser always sends one.
    func allows(_ authority: String?) -> Bool {
        guard let authority, !authority.isEmpty, !allowedHosts.contains("*") else { return true }
        // An address is no name that could be made to resolve here. Without brackets an IPv6 address has no port.
        if Endpoint(authority) != nil || IPAddress(authority) != nil { return true }
        if authority.hasPrefix("["), authority.hasSuffix("]") {
            return IPAddress(String(authority.dropFirst().dropLast())) != nil
        }
        let name = authority.split(separator: ":", omittingEmptySubsequences: false)[0]
        return allowedHosts.contains(name.lowercased())
    }
}
