import HTTPTypes
import Hummingbird

/// Tells browsers which pages may read the answers (Fetch standard, CORS protocol). Without allowed origins none may.
struct CrossOrigin<Context: RequestContext>: RouterMiddleware {
    let allowedOrigins: [String]

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let allowed = allowedOrigin(request.headers[.origin])
        var response: Response
        if request.method == .options {
            response = Response(status: .noContent)
            if allowed != nil {
                response.headers[.accessControlAllowMethods] = "POST, GET"
                response.headers[.accessControlAllowHeaders] = "Content-Type"
                response.headers[.accessControlMaxAge] = "600"
            }
        } else {
            response = try await next(request, context)
        }
        response.headers[.accessControlAllowOrigin] = allowed
        // A cache must not give one origin's answer to another.
        if !allowedOrigins.isEmpty { response.headers[.vary] = "Origin" }
        return response
    }

    /// The value to answer with; nil for an origin that isn't allowed.
    private func allowedOrigin(_ origin: String?) -> String? {
        if allowedOrigins.contains("*") { return "*" }
        guard let origin else { return nil }
        return allowedOrigins.contains { $0.lowercased() == origin.lowercased() } ? origin : nil
    }
}
