import NIOCore
import NIOHTTP1

/// What must be known of a request's head before it is made into an `HTTPRequest`, which has neither version nor
/// request target: whom it is addressed to (RFC 9112, section 3.2), and whether the client waits for a word before it
/// sends the body (RFC 9110, section 10.1.1).
final class RequestHeads: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let maxBodyBytes: Int
    private let watch: RequestWatch

    /// - Parameter watch: stands before this handler, and so knows of a head already.
    init(maxBodyBytes: Int, behind watch: RequestWatch) {
        self.maxBodyBytes = maxBodyBytes
        self.watch = watch
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else {
            context.fireChannelRead(data)
            return
        }
        if let host = Self.implicitHost(head, channel: context.channel) {
            head.headers.replaceOrAdd(name: "Host", value: host)
        }
        if watch.isNewestNext, Self.expectsContinue(head, maxBodyBytes: maxBodyBytes) {
            context.writeAndFlush(
                wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))), promise: nil)
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// Whom the request is addressed to where `Host` doesn't say it.
    ///
    /// A target in absolute form counts instead of `Host`; HTTP/1.0 has no `Host`, so such a request is addressed to
    /// where it came in. Nil leaves the header as it is: HTTP/1.1 without `Host`, or with two of them, is refused later.
    private static func implicitHost(_ head: HTTPRequestHead, channel: any Channel) -> String? {
        let hosts = head.headers["Host"]
        guard hosts.count <= 1 else { return nil }
        if !head.uri.hasPrefix("/"), let start = head.uri.firstRange(of: "://")?.upperBound {
            return String(head.uri[start...].prefix { !"/?#".contains($0) })
        }
        guard hosts.isEmpty, head.version == .http1_0, let local = channel.localAddress, let ip = local.ipAddress else {
            return nil
        }
        return ip.contains(":") ? "[\(ip)]" : ip
    }

    private static func expectsContinue(_ head: HTTPRequestHead, maxBodyBytes: Int) -> Bool {
        guard head.version == .http1_1, head.headers["Expect"].contains(where: { $0.lowercased() == "100-continue" })
        else { return false }
        return head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0 <= maxBodyBytes
    }
}

@available(*, unavailable)
extension RequestHeads: Sendable {}
