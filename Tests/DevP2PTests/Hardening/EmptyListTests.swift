import EthCrypto
import Primitives
import RLP
import SansIO
import Testing

@testable import DevP2P

/// Nil and empty lists wherever the base protocol has a field (go-ethereum's CVE-2020-26264 was a nil that a handler
/// didn't expect; nim-eth#438 and Nethermind#12896 were malformed messages of this kind).
@Suite("Hardening: nil and empty lists in Hello and Disconnect")
struct EmptyListTests {
    /// The fields of a good Hello.
    private var fields: [[UInt8]] {
        var capabilities = RLPWriter()
        capabilities.write(list: [Fixture.chat.name])
        var key = RLPWriter()
        key.write(Fixture.key(1).publicKey.bytes)
        return [[0x05], [0x83, 0x72, 0x61, 0x77], capabilities.bytes, [0x80], key.bytes]
    }

    private func list(_ fields: [[UInt8]]) -> [UInt8] {
        var writer = RLPWriter()
        writer.list { for field in fields { $0.writeRaw(field) } }
        return writer.bytes
    }

    /// A list in place of a list, a string in place of a string: those that are allowed.
    private static let allowed: Set<[Int]> = [[1, 0], [3, 0]]

    @Test(
        "nil, an empty list and lists of nothing for each field of Hello: silent end and bad handshake, or reason 3 or 6"
    )
    func hello() throws {
        let nothings: [[UInt8]] = [[0x80], [0xc0], [0xc1, 0xc0], [0xc1, 0x80], [0xc2, 0xc0, 0xc0]]
        for place in fields.indices {
            for (kind, nothing) in nothings.enumerated() {
                var changed = fields
                changed[place] = nothing
                var peer = try RawPeer.connected()
                try peer.send(0, list(changed))
                let why = "\(nothing) as field \(place)"
                if Self.allowed.contains([place, kind]) {
                    #expect(peer.events.ready != nil, "\(why)")
                    continue
                }
                switch (place, kind) {
                // Version 0 is taken; no capability, no key.
                case (0, 0): #expect(peer.events.ready?.p2pVersion == 0, "\(why)")
                case (2, 1): #expect(peer.events.closed == .local(.uselessPeer), "\(why)")
                case (4, 0): #expect(peer.events.closed == .protocolError(.invalidIdentity), "\(why)")
                default:
                    guard case .protocolError(.malformedHello) = peer.events.closed else {
                        Issue.record("\(why): \(String(describing: peer.events.closed))")
                        continue
                    }
                    #expect(peer.events.closed?.offence == .badHandshake, "\(why)")
                    #expect(peer.node.ending == .finished, "\(why)")
                }
            }
        }
    }

    @Test("a Hello that ends after each of its fields, and one with nothing in it")
    func short() throws {
        for count in fields.indices {
            var peer = try RawPeer.connected()
            try peer.send(0, list(Array(fields[..<count])))
            #expect(peer.events.closed == .protocolError(.malformedHello(.truncated)), "\(count) fields")
            #expect(peer.events.closed?.offence == .badHandshake)
        }
    }

    @Test("Hello's list announces more than there is, up to 2^64 - 1 bytes: no memory, no trap")
    func lengths() throws {
        let lies: [[UInt8]] = [
            [0xf8, 0xff], [0xf9, 0xff, 0xff], [0xfb] + [UInt8](repeating: 0xff, count: 4),
            [0xff] + [UInt8](repeating: 0xff, count: 8), [0xff, 0x7f] + [UInt8](repeating: 0xff, count: 7),
            [0xbf] + [UInt8](repeating: 0xff, count: 8), [0xf8, 0x00], [0xf8, 0x37],
        ]
        for lie in lies {
            var peer = try RawPeer.connected()
            try peer.send(0, lie + [0x05])
            guard case .protocolError(.malformedHello) = peer.events.closed else {
                Issue.record("\(lie): \(String(describing: peer.events.closed))")
                continue
            }
        }
    }

    @Test("Disconnect with nil, empty and nested empty lists: the end without a reason, never an offence")
    func disconnect() throws {
        for payload in [[], [0x80], [0xc0], [0xc1, 0x80], [0xc1, 0xc0], [0xc2, 0xc0, 0xc0]] as [[UInt8]] {
            var peer = try RawPeer.ready()
            try peer.send(1, Snappy.compress(payload))
            guard case .remote(let reason) = peer.events.closed else {
                Issue.record("\(payload): \(String(describing: peer.events.closed))")
                continue
            }
            // go-ethereum takes an empty string for zero.
            #expect(reason == nil || reason == .requested, "\(payload)")
            #expect(peer.events.closed?.offence == nil)
        }
    }
}
