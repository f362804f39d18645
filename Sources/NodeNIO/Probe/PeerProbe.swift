import DevP2P
import EthCrypto
import EthWire
import Logging
import NIOCore
import NodeRecord
import Primitives
import SansIO

/// One dial of a `ProbeClient`.
///
/// It is `@unchecked Sendable`: but for the constants, everything is touched on `loop` only.
final class PeerProbe: ConnectionOwner, @unchecked Sendable {
    private let contact: NodeContact
    private let loop: any EventLoop
    private let setup: ConnectionSetup

    private var continuation: CheckedContinuation<Result<PeerReport, ProbeError>, Never>?
    private var report: PeerReport?
    private var latencies = PeerReport.Latencies()
    private var stepBegan: Instant
    private var alarm: Scheduled<Void>?

    /// In this order in the probe's Hello; messages name them by index.
    private static let versions = EthVersion.allCases

    init(_ contact: NodeContact, identity: PrivateKey, clientID: String, on loop: any EventLoop, logger: Logger) {
        self.contact = contact
        self.loop = loop
        let clock = NodeClock()
        setup = ConnectionSetup(
            identity: identity, hello: LocalHello(clientID: clientID, capabilities: Self.versions.map(\.descriptor)),
            clock: clock,
            logger: logger)
        stepBegan = clock.now
    }

    func run(timeout: Duration) async throws(ProbeError) -> PeerReport {
        let result = await withCheckedContinuation { continuation in
            loop.execute { self.begin(continuation, timeout: timeout) }
        }
        return try result.get()
    }

    private func begin(
        _ continuation: CheckedContinuation<Result<PeerReport, ProbeError>, Never>, timeout: Duration
    ) {
        self.continuation = continuation
        let handler = ConnectionHandler(
            id: ConnectionID(rawValue: 0), role: .initiator(to: contact.publicKey), on: loop, setup: setup, owner: self)
        alarm = loop.scheduleTask(in: TimeAmount(timeout)) {
            // One that has said Hello, and no Status, has said something.
            self.finish(self.report.map { .success($0) } ?? .failure(.noAnswer(self.contact.tcpEndpoint)))
            handler.disconnect(.requested)
            handler.abort()
        }
        stepBegan = setup.clock.now
        Dialer.dial(contact.tcpEndpoint, for: handler)
    }

    // MARK: From the connection

    func connectionOpened(_ connection: ConnectionHandler) { latencies.connect = endStep() }

    func connection(_ connection: ConnectionHandler, saw events: [ConnectionEvent], weight: Int) {
        for event in events {
            switch event {
            case .identified: latencies.handshake = endStep()
            case .ready(let hello): ready(hello, connection)
            case .message(let capability, let id, let payload):
                received(capability: capability, id: id, payload, connection)
            case .closed(let cause): closed(cause, connection)
            }
        }
        connection.taken(weight)
    }

    func connectionClosed(_ connection: ConnectionHandler) {
        let reason = connection.failure.map { Dialer.reason($0) } ?? "the connection was closed"
        finish(.failure(.unreachable(contact.tcpEndpoint, reason: reason)))
    }

    private func ready(_ hello: PeerHello, _ connection: ConnectionHandler) {
        latencies.hello = endStep()
        report = PeerReport(
            endpoint: contact.tcpEndpoint, publicKey: contact.publicKey, hello: hello, latencies: latencies)
    }

    private func received(capability: Int, id: UInt8, _ payload: [UInt8], _ connection: ConnectionHandler) {
        guard continuation != nil, report?.status == nil else { return }
        let isStatus = receivedStatus(capability, id, payload, connection)
        // First the report, as the disconnect ends the connection at once.
        if let report { finish(.success(report)) }
        connection.disconnect(isStatus ? .requested : .subprotocolError)
    }

    /// Takes a Status and sends it back; false for another message, or none.
    private func receivedStatus(
        _ capability: Int, _ id: UInt8, _ payload: [UInt8], _ connection: ConnectionHandler
    ) -> Bool {
        let version = Self.versions[capability]
        guard let message = try? EthMessage(id: id, payload: payload[...], version: version),
            case .status(let status) = message
        else { return false }
        latencies.status = endStep()
        report?.latencies = latencies
        report?.status = status
        connection.send([OutboundMessage(message, version: version, capability: capability)])
        return true
    }

    private func closed(_ cause: CloseCause, _ connection: ConnectionHandler) {
        // There is a Hello too where nothing is shared.
        if report == nil, let hello = connection.remoteHello { ready(hello, connection) }
        guard var report else { return finish(.failure(.closed(contact.tcpEndpoint, cause))) }
        report.ended = cause
        finish(.success(report))
    }

    private func endStep() -> Duration {
        let now = setup.clock.now
        defer { stepBegan = now }
        return now - stepBegan
    }

    private func finish(_ result: Result<PeerReport, ProbeError>) {
        alarm?.cancel()
        continuation?.resume(returning: result)
        continuation = nil
    }
}
