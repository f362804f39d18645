import RLP
import SansIO
import Testing

@testable import DevP2P

/// A number, which version 2 writes with a word before it.
private struct Tally: Capability {
    struct Message: VersionedMessage, Equatable {
        let count: UInt64

        static func messageCount(version: UInt64) -> UInt8 { version < 2 ? 1 : 3 }
        static func use(of id: UInt8) -> MessageUse { .gossip }

        var id: UInt8 { 0 }

        init(_ count: UInt64) { self.count = count }

        func encode(version: UInt64, into writer: inout RLPWriter) {
            writer.list { list in
                if version >= 2 { list.write("tally".utf8) }
                list.write(count)
            }
        }

        init(id: UInt8, payload: ArraySlice<UInt8>, version: UInt64) throws(WireError) {
            count = try WireError.decodeList(payload) { (list) throws(RLPError) in
                if version >= 2 { _ = try list.readBytes(limit: 10) }
                return try list.read(UInt64.self)
            }
        }
    }

    enum Event: Sendable, Equatable {
        case received(UInt64, version: UInt64)
    }

    static let name = CapabilityName("tally", version: 2)
    static let versions: [UInt64] = [1, 2]

    mutating func peerJoined(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        if node.peers.count == 3 { node.broadcast(Message(7)) }
    }

    mutating func received(_ message: Message, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        node.emit(.received(message.count, version: peer.version))
    }
}

@Suite("Capabilities of several versions")
struct CapabilityFamilyTests {
    private var node = HostContext<Tally.Event>(now: Fixture.start, random: NodeRandom(seed: 1))
    /// Behind three other capabilities of the node.
    private var host = CapabilityHost(Tally(), index: 3)

    private mutating func join(_ peer: Int, index: Int) {
        host.take(.joined(TestPeer.make(UInt64(peer)), index: index), &node)
    }

    @Test("each version is negotiated by itself, with its own number of ids")
    func descriptors() {
        #expect(host.descriptors.map(\.name.description) == ["tally/1", "tally/2"])
        #expect(host.descriptors.map(\.messageCount) == [1, 3])
        #expect(host.name == Tally.name && host.use(of: 0, at: 3) == .gossip)
    }

    @Test("a message is encoded once for each version, and goes out by the index of the version")
    mutating func broadcast() throws {
        join(1, index: 4)
        join(2, index: 3)
        join(3, index: 4)
        let sent = node.effects.compactMap { effect -> (ConnectionID, OutboundMessage)? in
            if case .send(let id, let message) = effect { (id, message) } else { nil }
        }
        // Older versions first, then in the order of the peers.
        #expect(sent.map(\.1.capability) == [3, 4, 4])
        #expect(sent[0].0 == TestPeer.make(2).connection)
        #expect(sent[0].1.rlp == [0xc1, 7])
        #expect(sent[1].1.rlp == [0xc7, 0x85] + Array("tally".utf8) + [7])
        for (_, message) in sent { host.sent(message) }
        #expect(host.metrics.map(\.messagesSent) == [1, 2])
    }

    @Test("what comes is decoded by the peer's version, and counted there")
    mutating func decoding() throws {
        join(1, index: 3)
        join(2, index: 4)
        node.effects = []
        for peer in [1, 2] as [UInt64] {
            host.take(.received(TestPeer.make(peer).connection, index: 0, id: 0, payload: [0xc1, 5]), &node)
        }
        guard case .event(let event) = try #require(node.effects.first) else {
            Issue.record("\(node.effects)")
            return
        }
        #expect(event == .received(5, version: 1))
        // The same bytes are no message of version 2.
        guard node.effects.count == 3, case .offence(_, .malformedMessage) = node.effects[1] else {
            Issue.record("\(node.effects)")
            return
        }
        #expect(host.metrics.map(\.malformed) == [0, 1])
        #expect(host.peers.map(\.version).sorted() == [1, 2])
    }

    @Test("who isn't joined is sent nothing")
    mutating func absent() {
        join(1, index: 3)
        host.withContext(&node) {
            $1.send(Tally.Message(1), to: TestPeer.make(2))
        }
        #expect(node.effects.isEmpty)
    }
}
