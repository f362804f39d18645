import DevP2P
import EthCrypto
import PeerBook
import Primitives
import SansIO
import Testing

@testable import NodeCore

@Suite("Why there are no peers, in words")
struct ObstaclesTests {
    private let now = Instant(unixSeconds: 10_000)

    private func counts(_ events: [(secondsAgo: Int64, PeerEvent)]) -> [String] {
        var journal = PeerJournal()
        for (seconds, event) in events { journal.note(event, at: Instant(unixSeconds: UInt64(10_000 - seconds))) }
        return Obstacles(journal, now: now).counts.map { "\($0.count) \($0.reason)" }
    }

    private func node(_ number: UInt64) -> NodeID {
        var random = NodeRandom(seed: number)
        return PrivateKey.generate(using: &random).publicKey.nodeID
    }

    private let endpoint = Endpoint(ip: .loopback, port: 1)

    @Test func nodesAreCountedOnceByTheirLastReason() {
        let said = counts([
            (200, .dialFailed(endpoint, node(1))), (100, .dialFailed(endpoint, node(1))),
            (90, .dialFailed(endpoint, node(2))), (80, .dialFailed(endpoint, node(3))),
            (70, .sessionRefused(node(3), label: "wrongGenesis", reason: "")),
            (70, .handshakeEnded(endpoint, node(3), isInbound: false, .remote(.subprotocolError))),
            (60, .handshakeEnded(endpoint, node(4), isInbound: false, .remote(.tooManyPeers))),
        ])
        #expect(said == ["2 unreachable", "1 full (too many peers)", "1 of another genesis block"])
    }

    @Test func onlyTheLastMinutesCount() {
        #expect(counts([(300, .dialFailed(endpoint, node(1)))]).isEmpty)
        #expect(counts([(299, .dialFailed(endpoint, node(1)))]) == ["1 unreachable"])
    }

    /// Every cause is words; none shows how the code calls it.
    @Test func nothingIsTheCodesOwnName() {
        let labels = ["wrongGenesis", "wrongNetwork", "wrongFork", "wrongVersion", "invalidRange"]
        let causes: [CloseCause] =
            DisconnectReason.allCases.flatMap { [.remote($0), .local($0)] } + [.remote(nil), .network, .outputOverflow]
            + [.timeout(.handshake), .timeout(.hello), .protocolError(.corruptCompression)]
        let refusals: [PeerRefusal] = [
            .isSelf, .banned, .excluded, .insufficientWork, .rangeClosed, .tooManyPeers, .inboundSlotsFull,
            .tooManyPendingSessions, .alreadyConnected, .unexpectedIdentity, .subnetFull,
        ]
        let events: [PeerEvent] =
            labels.map { .sessionRefused(node(1), label: $0, reason: "") }
            + causes.map { .handshakeEnded(endpoint, node(1), isInbound: false, $0) }
            + refusals.map { .refused(node(1), $0) } + [.dialFailed(endpoint, nil)]
        for event in events {
            for text in counts([(0, event)]) {
                #expect(text.firstMatch(of: /[a-z][A-Z]|\(\)|_/) == nil, "\(text)")
            }
        }
        #expect(counts([(0, .connected(node(1), isInbound: false))]).isEmpty)
    }
}
