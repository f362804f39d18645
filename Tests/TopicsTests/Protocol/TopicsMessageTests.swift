import DevP2P
import Primitives
import RLP
import SansIO
import Testing

@testable import Topics

@Suite("The messages of topics/1")
struct TopicsMessageTests {
    static var messages: [TopicsMessage] {
        let ids = [TopicMessageID(7, .max), TopicMessageID(1, 2)]
        let contacts = [
            MeshContact(endpoint: Endpoint(ip: .loopback, port: 30303), publicKey: makePeer(1).publicKey),
            MeshContact(endpoint: Endpoint(ip: .v6(1, 2), port: 0), publicKey: makePeer(2).publicKey),
        ]
        return [
            .subscribe([.init(number: 0, topic: Topic("a")), .init(number: .max, topic: Topic("b/c"))]),
            .subscribe([]), .unsubscribe([0, 63, .max]), .unsubscribe([]), .graft([1]), .graft([0, 1]),
            .prune(topic: 3, MeshPrune(seconds: 60, contacts: contacts)), .prune(topic: 0, MeshPrune(seconds: 0)),
            .have(topic: 9, ids), .have(topic: 0, []), .want(ids), .want([]), .dontWant(ids),
            .publish(topic: 4, [1, 2, 3]), .publish(topic: 0, []), .publish(topic: 0, [5]),
        ]
    }

    @Test(arguments: messages.indices)
    func roundTripsAndDamage(_ index: Int) throws {
        let message = Self.messages[index]
        let bytes = message.payload
        let again = try TopicsMessage(id: message.id, payload: bytes[...])
        #expect(again.payload == bytes && again.id == message.id)
        for count in bytes.indices {
            #expect(throws: WireError.self) { try TopicsMessage(id: message.id, payload: bytes[..<count]) }
        }
        for bit in 0..<bytes.count * 8 {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            _ = try? TopicsMessage(id: message.id, payload: flipped[...])
        }
    }

    @Test func everyMessageIsAmongThem() {
        #expect(Set(Self.messages.map(\.id)) == Set(0..<TopicsMessage.reservedIDs))
    }

    @Test func noiseAndUnknownIDs() {
        var random = NodeRandom(seed: 2)
        for length in 0..<300 {
            let noise = random.bytes(length)
            for id in 0..<TopicsMessage.reservedIDs { _ = try? TopicsMessage(id: id, payload: noise[...]) }
        }
        #expect(throws: WireError.unknownMessageID(8)) { try TopicsMessage(id: 8, payload: [0xc0]) }
        #expect(TopicsCapability.descriptors[0].messageCount == 8)
        #expect(TopicsCapability.name.description == "topics/1")
    }

    @Test func countsAreLimited() {
        let ids = [TopicMessageID](repeating: TopicMessageID(1, 1), count: 1_025)
        let topics = [TopicSubscription](repeating: .init(number: 1, topic: Topic("a")), count: 65)
        let contact = MeshContact(endpoint: Endpoint(ip: .loopback, port: 1), publicKey: PublicKey())
        let contacts = [MeshContact](repeating: contact, count: 9)
        let rows: [(TopicsMessage, Int)] = [
            (.subscribe(topics), 64), (.unsubscribe([UInt64](repeating: 1, count: 65)), 64),
            (.graft([UInt64](repeating: 1, count: 65)), 64),
            (.prune(topic: 1, MeshPrune(seconds: 1, contacts: contacts)), 8),
            (.have(topic: 1, ids), 1_024), (.want(ids), 1_024), (.dontWant(ids), 1_024),
        ]
        for (message, limit) in rows {
            #expect(throws: WireError.limitExceeded(limit: limit), "message \(message.id)") {
                try TopicsMessage(id: message.id, payload: message.payload[...])
            }
        }
    }

    @Test func namesOfTopicsAreBounded() {
        func payload(_ name: [UInt8]) -> [UInt8] {
            var writer = RLPWriter()
            writer.list { list in
                list.list { entry in
                    entry.write(UInt64(1))
                    entry.write(name)
                }
            }
            return writer.bytes
        }
        let longest = [UInt8](repeating: 0xff, count: 64)
        #expect((try? TopicsMessage(id: 0, payload: payload(longest)[...])) != nil)
        #expect(throws: WireError.limitExceeded(limit: 64)) {
            try TopicsMessage(id: 0, payload: payload(longest + [1])[...])
        }
        #expect(throws: WireError.malformed(.invalidValue)) { try TopicsMessage(id: 0, payload: payload([])[...]) }
    }

    @Test func anAddressHasOneForm() {
        var writer = RLPWriter()
        writer.list { list in
            list.write(UInt64(1))
            list.write(UInt64(1))
            list.list { contacts in
                contacts.list { contact in
                    contact.write([UInt8](repeating: 0, count: 10) + [0xff, 0xff, 127, 0, 0, 1])
                    contact.write(UInt16(1))
                    contact.write(PublicKey())
                }
            }
        }
        #expect(throws: WireError.malformed(.invalidValue)) { try TopicsMessage(id: 3, payload: writer.bytes[...]) }
    }
}
