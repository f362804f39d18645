import Discovery
import EthCrypto
import NIOCore
import NodeRecord
import Primitives
import SansIO

/// One ping of a `ProbeClient`, and the question for the record.
///
/// A node gives its record only to those that have answered a ping of its own (the endpoint proof), which a stranger gets
/// after its first ping. Where none comes, the proof is still there from an earlier probe.
///
/// It is `@unchecked Sendable`: but for the constants, everything is touched on `loop` only.
final class DiscoveryProbe: @unchecked Sendable {
    private let contact: NodeContact
    private let identity: PrivateKey
    private let socket: DatagramSocket
    private let loop: any EventLoop
    private let clock = NodeClock()

    private var continuation: CheckedContinuation<Result<DiscoveryReport, ProbeError>, Never>?
    private var alarm: Scheduled<Void>?
    /// What was sent and isn't answered, by the hash that an answer names.
    private var pings: [Hash32: Instant] = [:]
    private var requests: Set<Hash32> = []
    private var report: DiscoveryReport?

    /// As long as go-ethereum waits for an answer, and for the other side's ping. It doubles with each repetition:
    /// datagrams get lost.
    private static let replyTimeout = Duration.milliseconds(500)
    /// Repetitions of the question for the record before the probe goes without it.
    private static let maxRequests = 4
    private static let lifetime: UInt64 = 20

    init(_ contact: NodeContact, identity: PrivateKey, socket: DatagramSocket, on loop: any EventLoop) {
        self.contact = contact
        self.identity = identity
        self.socket = socket
        self.loop = loop
    }

    func run(timeout: Duration) async throws(ProbeError) -> DiscoveryReport {
        let result = await withCheckedContinuation { continuation in
            loop.execute {
                self.continuation = continuation
                self.begin(timeout)
            }
        }
        return try result.get()
    }

    private func begin(_ timeout: Duration) {
        alarm = loop.scheduleTask(in: TimeAmount(timeout)) { self.finish() }
        socket.open { datagrams in
            for datagram in datagrams { self.received(datagram) }
        }
        ping(repeatingAfter: Self.replyTimeout)
    }

    private func ping(repeatingAfter pause: Duration) {
        guard continuation != nil, report == nil else { return }
        let own = EndpointV4(ip: nil, udpPort: socket.port, tcpPort: 0)
        let to = EndpointV4(ip: contact.ip, udpPort: contact.udpPort, tcpPort: 0)
        let sent = clock.now
        pings[send(.ping(.init(from: own, to: to, expiration: expiration, enrSeq: nil)))] = sent
        loop.scheduleTask(in: TimeAmount(pause)) { self.ping(repeatingAfter: pause * 2) }
    }

    private func received(_ datagram: DatagramSocket.Datagram) {
        guard continuation != nil, datagram.from.ip == contact.ip,
            let envelope = try? EnvelopeV4(datagram: datagram.bytes[...]), envelope.sender == contact.publicKey
        else { return }
        switch envelope.packet {
        case .ping(let ping):
            let to = EndpointV4(ip: datagram.from.ip, udpPort: datagram.from.port, tcpPort: ping.from.tcpPort)
            send(.pong(.init(to: to, pingHash: envelope.hash, expiration: expiration, enrSeq: nil)))
            if report != nil { requestRecord() }
        case .pong(let pong): received(pong)
        case .enrResponse(let response) where requests.contains(response.requestHash):
            if response.record.publicKey == contact.publicKey { report?.record = response.record }
            finish()
        case .findNode, .neighbors, .enrRequest, .enrResponse: break
        }
    }

    private func received(_ pong: PacketV4.Pong) {
        guard report == nil, let sent = pings[pong.pingHash] else { return }
        report = DiscoveryReport(
            endpoint: contact.udpEndpoint, publicKey: contact.publicKey, latency: clock.now - sent,
            observed: pong.to.ip.map { Endpoint(ip: $0, port: pong.to.udpPort) }, recordSeq: pong.enrSeq)
        // Who doesn't know records has no version of one.
        guard pong.enrSeq != nil else { return finish() }
        requestRecord(after: Self.replyTimeout)
    }

    /// Asks when the node has had time for its own ping, and again while there is no answer.
    private func requestRecord(after pause: Duration) {
        loop.scheduleTask(in: TimeAmount(pause)) {
            guard self.continuation != nil else { return }
            guard self.requests.count < Self.maxRequests else { return self.finish() }
            self.requestRecord()
            self.requestRecord(after: pause * 2)
        }
    }

    private func requestRecord() {
        guard requests.count < Self.maxRequests else { return }
        requests.insert(send(.enrRequest(.init(expiration: expiration))))
    }

    private var expiration: UInt64 { clock.now.unixSeconds + Self.lifetime }

    @discardableResult
    private func send(_ packet: PacketV4) -> Hash32 {
        let (datagram, hash) = EnvelopeV4.seal(packet, by: identity)
        socket.send(datagram, to: contact.udpEndpoint)
        socket.flush()
        return hash
    }

    private func finish() {
        guard let continuation else { return }
        self.continuation = nil
        alarm?.cancel()
        socket.close().whenComplete { _ in }
        continuation.resume(returning: report.map { .success($0) } ?? .failure(.noAnswer(contact.udpEndpoint)))
    }
}
