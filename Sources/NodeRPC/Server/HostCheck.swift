import HTTPTypes
import Hummingbird
import Primitives

/// Answers only requests for a name that the operator allows, as go-ethereum's `--http.vhosts`.
///
/// A page on the web can make its own name resolve to 127.0.0.1; its requests then come with that name in `Host`. So a
/// request must say whom it is for, once (RFC 9112, section 3.2). `RequestHeads` has seen to HTTP/1.0.
struct HostCheck<Context: RequestContext>: RouterMiddleware {
    let allowedHosts: Set<String>

    init(_ hosts: [String]) { allowedHosts = Set(hosts.map { $0.lowercased() }) }

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        // The first `Host` is the authority; those after it are left among the headers.
        guard !request.headers.contains(where: { $0.name.canonicalName == "host" }) else {
            return Response(.badRequest, text: "more than one host specified\n")
        }
        guard let host = request.head.authority else {
            return Response(.badRequest, text: "no host specified\n")
        }
        guard allows(host) else { return Response(.forbidden, text: "invalid host specified\n") }
        return try await next(request, context)
    }

    /// Whether the value of `Host` is exactly an address or an allowed name, either with a port or without.
    func allows(_ host: String) -> Bool {
        if allowedHosts.contains("*") { return true }
        // An address is no name that could be made to resolve here.
        if host.hasPrefix("[") {
            guard let end = host.lastIndex(of: "]"), Self.isPort(host[host.index(after: end)...]) else { return false }
            return IPAddress(String(host[host.index(after: host.startIndex)..<end]))?.isV4 == false
        }
        let colon = host.firstIndex(of: ":") ?? host.endIndex
        guard Self.isPort(host[colon...]) else { return false }
        let name = host[..<colon]
        return allowedHosts.contains(name.lowercased()) || IPAddress(String(name)) != nil
    }

    /// Nothing, or a colon and a port.
    private static func isPort(_ text: Substring) -> Bool {
        guard let first = text.first else { return true }
        let digits = text.dropFirst()
        return first == ":" && digits.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt16(digits) != nil
    }
}
