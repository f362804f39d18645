import DevP2P
import EthWire
import RLP
import Testing

/// Requests for more than there is (CVE-2024-32972: a count of zero less one became 2^64 - 1 headers).
@Suite("Hardening: header request counts of 2^63")
struct RequestCountTests {
    @Test(
        "header request counts of 2^63, 2^64 - 1 and 0, CVE-2024-32972: they decode as what they are, and take no memory",
        arguments: [0, 1 << 63, 1 << 63 - 1, .max] as [UInt64])
    func counts(_ count: UInt64) throws {
        for skip in [0, 1 << 63, .max] as [UInt64] {
            let request = HeadersRequest(from: .number(.max), limit: count, skip: skip, isReverse: true)
            let message = EthForm(.getBlockHeaders(requestID: .max, request), .eth69)
            let decoded = try EthForm(id: message.id, payload: message.payload[...], .eth69)
            guard case .getBlockHeaders(let id, let again) = decoded.message else {
                Issue.record("\(decoded.message.messageID)")
                return
            }
            #expect(id == .max && again == request)
        }
    }

    @Test("a count of more than 64 bits, CVE-2024-32972: malformed, reason 2")
    func overflow() {
        let error = #expect(throws: WireError.malformed(.integerOverflow)) {
            try EthForm(.getBlockHeaders, hex: "cf" + "01" + "cd" + "01" + "89010000000000000000" + "80" + "80", .eth69)
        }
        #expect(error?.offence == .malformedMessage && error?.disconnectReason == .protocolBreach)
    }
}
