import DevP2P
import EthWire
import Primitives
import RLP
import Testing

/// Each item of each message, at any depth, replaced by nil, an empty list and other nothings (go-ethereum's
/// CVE-2020-26264 and CVE-2025-24883 were crashes by values that weren't there).
@Suite("Hardening: nil and empty lists in each place of each eth message")
struct EmptyItemTests {
    /// Nil or zero, an empty list, lists of nothing, a zero of one byte, 32 bytes of ones, a long integer.
    private static let nothings: [[UInt8]] = [
        [0x80], [0xc0], [0xc1, 0x80], [0xc1, 0xc0], [0x00], [0xa0] + [UInt8](repeating: 0xff, count: 32),
        [0x88] + [UInt8](repeating: 0xff, count: 8),
    ]

    /// The item with each item in it replaced, and each list's elements left out from each place on.
    static func variants(of item: ArraySlice<UInt8>, depth: Int = 0) -> [[UInt8]] {
        var result = nothings
        var reader = RLPReader(item)
        guard depth < 8, reader.nextIsList == true, var list = try? reader.readList() else { return result }
        var elements: [ArraySlice<UInt8>] = []
        while let element = try? list.readRaw() { elements.append(element) }
        for place in elements.indices {
            for variant in variants(of: elements[place], depth: depth + 1) {
                result.append(Self.list(elements[..<place] + [variant[...]] + elements[(place + 1)...]))
            }
            result.append(Self.list(elements[..<place]))
            result.append(Self.list(elements[...place] + elements[place...]))
        }
        return result
    }

    private static func list(_ elements: ArraySlice<ArraySlice<UInt8>>) -> [UInt8] {
        var writer = RLPWriter()
        writer.list { for element in elements { $0.writeRaw(element) } }
        return writer.bytes
    }

    /// Refused with an offence and a reason, or taken, and then written as it came.
    private static func check(_ messages: [EthMessage], _ version: EthVersion) -> (Int, Int) {
        var (refused, taken) = (0, 0)
        for message in messages.map({ EthForm($0, version) }) {
            for variant in variants(of: message.payload[...]) {
                do throws(WireError) {
                    let decoded = try EthForm(id: message.id, payload: variant[...], version)
                    taken += 1
                    #expect(decoded.payload == variant, "\(message.message.messageID) \(Hex.encode(variant))")
                    try? HostileMessageTests.exhaust(decoded.message)
                } catch {
                    refused += 1
                    #expect([.malformedMessage, .oversizedMessage, .protocolBreach].contains(error.offence))
                    #expect([.protocolBreach, .subprotocolError].contains(error.disconnectReason))
                }
            }
        }
        return (refused, taken)
    }

    @Test("nil and empty lists in each place, eth/68: refused, or taken and written as they came")
    func eth68() throws {
        let (refused, taken) = Self.check(try HostileMessageTests.messages68(), .eth68)
        #expect(refused > 400)
        #expect(taken > 50)
    }

    @Test("nil and empty lists in each place, eth/69: refused, or taken and written as they came")
    func eth69() throws {
        let (refused, taken) = Self.check(try HostileMessageTests.messages69(), .eth69)
        #expect(refused > 400)
        #expect(taken > 50)
    }

    @Test("an empty payload for each message id: malformed, reason 2")
    func emptyPayload() {
        for id in EthMessageID.allCases {
            let error = #expect(throws: WireError.self) { try EthForm(id: id.rawValue, payload: [], .eth69) }
            #expect(error?.offence == .malformedMessage && error?.disconnectReason == .protocolBreach)
        }
    }

    @Test("lists nested 100,000 deep in each message: an error, no exhausted stack")
    func nested() {
        var deep: [UInt8] = []
        var size = 0
        for _ in 0..<100_000 {
            // From the inside out, headers in reverse.
            let header = Self.header(size)
            deep += header.reversed()
            size += header.count
        }
        let payload = Array(deep.reversed())
        for id in EthMessageID.allCases {
            if let message = try? EthForm(id: id.rawValue, payload: payload[...], .eth69) {
                try? HostileMessageTests.exhaust(message.message)
            }
        }
        #expect(throws: RLPError.tooDeep) { try RLPValidator.validate(payload[...]) }
    }

    private static func header(_ size: Int) -> [UInt8] {
        guard size >= 56 else { return [UInt8(0xc0 + size)] }
        var digits: [UInt8] = []
        var rest = size
        while rest > 0 {
            digits.insert(UInt8(rest & 0xff), at: 0)
            rest >>= 8
        }
        return [UInt8(0xf7 + digits.count)] + digits
    }
}
