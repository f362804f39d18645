import Chain
import EthCrypto
import NodeRecord
import Primitives
import RLP
import RLPx
import SansIO

/// Inputs to begin with, made with our own encoders. `./Tools/fuzz --seeds` writes them to Tools/Fuzz/Seeds.
enum Seeds {
    static func list(_ body: (inout RLPWriter) -> Void) -> [UInt8] {
        var writer = RLPWriter()
        writer.list { body(&$0) }
        return writer.bytes
    }

    static func item(_ value: some RLPEncodable) -> [UInt8] { value.rlp }

    /// Any bytes, but always the same.
    static func noise(_ count: Int, _ seed: UInt64) -> [UInt8] {
        var random = NodeRandom(seed: seed, stream: 12)
        return random.bytes(count)
    }

    @Sendable static func rlp() -> [[UInt8]] {
        let deep = (0..<20).reduce([UInt8]([0x80])) { inner, _ in list { $0.writeRaw(inner) } }
        return [
            [0x80], [0x7f], [0xc0], [0x81, 0x80], deep,
            list { list in
                list.write(UInt64.max)
                list.write(UInt256.max)
                list.write([UInt8](repeating: 7, count: 60))
                list.list { $0.write(Hash32.emptyTrieRoot) }
            },
            list { $0.write([UInt8](repeating: 7, count: 300)) },
            // What is wrong in one way each.
            [0x81, 0x7f], [0xb8, 0x01, 0x80], [0xf8, 0x00], [0xbf] + [UInt8](repeating: 0xff, count: 8),
            [0x82, 0x00, 0x01],
        ]
    }

    @Sendable static func ecies() -> [[UInt8]] {
        [KnownECIES.message, [0, 9, 2, 1, 2] + Array("starling".utf8), noise(120, 1)]
    }

    /// The plaintexts of auth and ack, as `fuzzHandshake` seals them, and whole messages.
    @Sendable static func handshake() -> [[UInt8]] {
        let signature = Fixed.peerKeys[1].sign(Hash32.emptyTrieRoot).bytes
        let auth = list { list in
            list.write(signature)
            list.write(Fixed.peerKeys[0].publicKey)
            list.write(Hash32.emptyListHash)
            list.write(UInt8(4))
        }
        let ack = list { list in
            list.write(Fixed.peerKeys[1].publicKey)
            list.write(Hash32.emptyListHash)
            list.write(UInt8(4))
        }
        return [[255] + auth + noise(50, 2), [10] + ack, [20] + (FixedSession.shared?.auth ?? []), [0, 0xff, 0xff]]
    }

    @Sendable static func frames() -> [[UInt8]] {
        let ping: [UInt8] = [2, 0xc0]
        return [
            FuzzOutput.program { output in
                output.put(255, 0)
                output.put(block: ping)
                output.put(3, 0xc2, 0x80, 0x80, 0)
                output.put(0, 1)
                output.put(block: [0x82, 0x01, 0x00] + noise(500, 3))
                output.put(0, 0xff)
                output.put(10, 2, 0, 1, 0)
                output.put(block: ping)
                output.put(7, 3)
                output.put(block: noise(64, 4))
            },
            FuzzOutput.program { output in
                output.put(255, 0)
                output.put(block: [0x80])
                output.put(0, 0)
                for content in [[], [0x81], [0x81, 0x01], [0x89] + noise(9, 5), [0x00]] as [[UInt8]] {
                    output.put(255, 0)
                    output.put(block: content)
                    output.put(0, 0)
                }
            },
            [255, 2, 0xff, 0xff, 0xff, 0, 16] + noise(16, 6), noise(200, 7),
        ]
    }

    @Sendable static func record() -> [[UInt8]] {
        var draft = NodeRecordDraft()
        draft.setAddress(.v4(0x0808_0808))
        draft.set(NodeRecord.Key.tcp, integer: 30303)
        draft.set(NodeRecord.Key.udp, integer: 30303)
        draft.set(NodeRecord.Key.eth, rlp: list { $0.list { $0.write([1, 2, 3, 4] as [UInt8]) } })
        let first = try? draft.signed(seq: 1, by: Fixed.peerKeys[0])
        draft.setAddress(.v6(0x2606_2800_0220_0001, 0x248))
        draft.set(NodeRecord.Key.udp6, integer: 30304)
        let second = try? draft.signed(seq: .max, by: Fixed.peerKeys[1])
        let key = Fixed.peerKeys[0].publicKey.hex
        let texts = [
            first?.description ?? "", "enode://\(key)@8.8.8.8:30303?discport=30304", "enode://\(key)@[::1]:30303",
            "enode://\(key)@boot.example.org:1", "enode://\(key)", "::ffff:1.2.3.4", "fe80::1:2", "1.2.3.4:5",
            "[::1]:80",
            "115792089237316195423570985008687907853269984665640564039457584007913129639935",
        ]
        return [first?.encoded ?? [], second?.encoded ?? []] + texts.map { Array($0.utf8) }
    }
}
