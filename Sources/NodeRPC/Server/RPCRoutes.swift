import Files
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix

/// What the server answers to which HTTP request.
struct RPCRoutes: Sendable {
    let dispatcher: Dispatcher
    let options: RPCOptions

    func router() -> Router<BasicRequestContext> {
        // What watches nodes often asks for the head alone.
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.add(middleware: HostCheck(options.allowedHosts))
        router.add(middleware: CrossOrigin(allowedOrigins: options.allowedOrigins))
        router.get("/") { request, _ in await page(request) }
        router.get("/health") { request, _ in await health(request) }
        router.post("/") { request, _ in await call(request) }
        refuseOthers(than: [.get, .head, .post], at: "/", of: router)
        refuseOthers(than: [.get, .head], at: "/health", of: router)
        if options.servesMetrics {
            for path in ["/metrics", "/debug/metrics/prometheus"] {
                router.get(RouterPath(path)) { _, _ in await metrics() }
                refuseOthers(than: [.get, .head], at: path, of: router)
            }
        }
        return router
    }

    /// There is something at a path, but not for these methods (RFC 9110, section 15.5.6).
    private func refuseOthers(
        than allowed: [HTTPRequest.Method], at path: String, of router: Router<BasicRequestContext>
    ) {
        let names = allowed.map(\.rawValue).joined(separator: ", ")
        let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete]
        for method in methods where !allowed.contains(method) {
            router.on(RouterPath(path), method: method) { _, _ in
                var response = Response(.methodNotAllowed, text: "\(method) isn't allowed here, only \(names)\n")
                response.headers[.allow] = names
                return response
            }
        }
    }

    private func call(_ request: Request) async -> Response {
        // A page may send other types anywhere without asking first; this one makes the browser ask.
        guard Self.isJSON(request.headers[.contentType]) else {
            return Response(.unsupportedMediaType, text: "invalid content type, only application/json is supported\n")
        }
        let tooLarge = Response(
            .contentTooLarge, text: "content too large (more than \(options.maxBodyBytes) bytes)\n")
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > options.maxBodyBytes {
            return tooLarge
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: options.maxBodyBytes)
        } catch is NIOTooManyBytesError {
            return tooLarge
        } catch {
            return Response(.badRequest, text: "the request broke off\n")
        }
        guard let answer = await dispatcher.answer(to: Array(body.readableBytesView)) else {
            return Response(status: .noContent)
        }
        return Response(json: answer)
    }

    private func metrics() async -> Response {
        let context = dispatcher.context
        let head = try? await context.read { (chain) throws(RPCError) in try chain.head() }
        let (process, disk) = await usage(context)
        let text = await NodeMetrics(
            context.node, head: head, disk: disk, process: process, now: context.now()
        ).text
        return Response(
            status: .ok, headers: [.contentType: ExpositionText.contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// Reads files, so on a worker thread.
    private func usage(_ context: RPCContext) async -> (ProcessUsage, DiskUsage?) {
        let folder = context.node.profile.databaseFolder
        let usage = try? await context.workers.runIfActive {
            (ProcessUsage.now(), folder.flatMap { DiskUsage(folder: $0) })
        }
        return usage ?? (ProcessUsage(), nil)
    }

    /// For people.
    private func page(_ request: Request) async -> Response {
        let page = await StatusPage(
            dispatcher.context, authority: request.head.authority ?? "localhost",
            servesMetrics: options.servesMetrics)
        return Response(html: page.html)
    }

    /// For whoever watches the node: 200 or 503, and why.
    private func health(_ request: Request) async -> Response {
        let context = dispatcher.context
        var thresholds = NodeHealth.Thresholds(context.node.profile)
        do throws(NodeHealth.InvalidQuery) {
            try thresholds.apply(request.uri.queryParameters.map { (String($0.key), String($0.value)) })
        } catch {
            return Response(.badRequest, text: error.text + "\n")
        }
        let activity = await context.node.activity()
        let head = try? await context.read { (chain) throws(RPCError) in try chain.head() }
        let health = NodeHealth(
            thresholds: thresholds, peers: activity.peerCount, isSyncing: activity.sync != nil, head: head,
            now: context.now())
        var response = Response(json: health.json.encoded)
        response.status = health.reasons.isEmpty ? .ok : .serviceUnavailable
        response.headers[.cacheControl] = "no-store"
        return response
    }

    private static func isJSON(_ contentType: String?) -> Bool {
        let type = contentType?.split(separator: ";").first?.lowercased().filter { $0 != " " }
        return ["application/json", "application/json-rpc", "application/jsonrequest"].contains(type)
    }
}
