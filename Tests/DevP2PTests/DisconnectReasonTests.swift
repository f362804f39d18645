import Primitives
import RLPx
import Testing

@testable import DevP2P

@Suite("Disconnect")
struct DisconnectReasonTests {
    @Test(
        "payloads, strict and sloppy ones",
        arguments: [
            ("c180", .requested), ("c100", .requested), ("c104", .tooManyPeers), ("c110", .subprotocolError),
            ("04", .tooManyPeers), ("00", .requested), ("80", .requested), ("c20409", .tooManyPeers),
            ("c104ff", .tooManyPeers), ("c10b", .timeout),
        ] as [(String, DisconnectReason)])
    func lenient(_ hex: String, _ reason: DisconnectReason) throws {
        #expect(DisconnectReason(payload: try #require([UInt8](hex: hex))[...]) == reason)
    }

    @Test("no reason", arguments: ["", "c0", "820102", "c3820102", "c10c", "c181ff", "c1c104", "f8", "c5", "81ff"])
    func invalid(_ hex: String) throws {
        #expect(DisconnectReason(payload: try #require([UInt8](hex: hex))[...]) == nil)
    }

    @Test("what this node sends", arguments: DisconnectReason.allCases)
    func encode(_ reason: DisconnectReason) {
        let expected: [UInt8] = reason == .requested ? [0xc1, 0x80] : [0xc1, reason.rawValue]
        #expect(reason.payload == expected)
        #expect(DisconnectReason(payload: reason.payload[...]) == reason)
    }

    @Test("causes read well")
    func descriptions() {
        #expect("\(CloseCause.remote(.tooManyPeers))" == "peer said: too many peers")
        #expect("\(CloseCause.local(.quitting))" == "we said: client quitting")
        #expect("\(CloseCause.timeout(.idle))" == "timeout: peer was silent")
        #expect(
            "\(CloseCause.protocolError(.frame(.badHeaderMAC)))" == "protocol error: frame: bad header MAC")
    }
}
