import DevP2P
import EthCrypto
import KeyValue
import NodeRecord
import Primitives
import RLP
import SansIO
import Synchronization
import Testing

@testable import NodeCore

/// A capability that greets its peers, counts on a worker thread, and answers how many have come.
private struct Greeter: Capability {
    struct Message: CapabilityMessage {
        static let reservedIDs: UInt8 = 1
        let id: UInt8 = 0
        let number: UInt64

        init(_ number: UInt64) { self.number = number }

        init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError) {
            number = try WireError.decodeList(payload) { (list) throws(RLPError) in try list.read(UInt64.self) }
        }

        func encode(into writer: inout RLPWriter) { writer.list { $0.write(number) } }
    }

    enum Event: Sendable, Equatable {
        case greeted(UInt64)
        case counted(Int)
    }

    enum Command: Sendable {
        case count(ReplyTo<Int>)
    }

    static let name = CapabilityName("greet", version: 1)

    mutating func started(_ node: inout CapabilityContext<Self>) { node.setRecordEntry("greet", rlp: [0x01]) }

    mutating func peerJoined(_ peer: Peer, _ node: inout CapabilityContext<Self>) {
        node.send(Message(UInt64(node.peers.count)), to: peer)
        node.run("count") { 20 + 22 }
    }

    mutating func received(_ message: Message, from peer: Peer, _ node: inout CapabilityContext<Self>) {
        node.emit(.greeted(message.number))
    }

    mutating func jobCompleted(_ result: Int, _ node: inout CapabilityContext<Self>) { node.emit(.counted(result)) }

    mutating func commandReceived(_ command: Command, _ node: inout CapabilityContext<Self>) {
        switch command {
        case .count(let receiver): node.reply(node.peers.count, to: receiver)
        }
    }
}

@Suite("The kernel without a chain")
struct KernelTests {
    private let now = Instant(unixSeconds: 1_760_000_000)

    private func key(_ number: UInt64) -> PrivateKey {
        var random = NodeRandom(seed: number, stream: 5)
        return PrivateKey.generate(using: &random)
    }

    private func node(on store: MemoryStore = MemoryStore()) throws -> NodeCore {
        var configuration = NodeConfiguration(key: key(0), clientID: "test", udpPort: 30303, tcpPort: 30303)
        configuration.discoveryEnabled = false
        var core = try NodeCore(configuration: configuration, store: store, random: NodeRandom(seed: 1), now: now)
        core.register(Greeter())
        core.handle(.start, now: now)
        return core
    }

    /// A peer that shares the capability.
    private func join(_ core: inout NodeCore) {
        let id = ConnectionID(accepted: 1)
        let hello = PeerHello(clientID: "other", p2pVersion: 5, listenPort: 0, capabilities: [], shared: [0])
        core.handle(.accepted(id, from: Endpoint(ip: .loopback, port: 5)), now: now)
        core.handle(.connection(id, [.identified(key(1).publicKey), .ready(hello)]), now: now)
    }

    private func events(_ effects: [NodeEffect]) -> [Greeter.Event] {
        effects.compactMap { effect in
            if case .event(.capability(Greeter.name, let event as Greeter.Event)) = effect { event } else { nil }
        }
    }

    @Test("its Hello has no eth, its store no chain, and its record what the capability has set")
    func withoutChain() throws {
        let store = MemoryStore()
        var core = try node(on: store)
        #expect(core.localHello.capabilities.map(\.name.description) == ["greet/1", "topics/1"])
        #expect(NodeCore.columns.map(\.name) == ["peers"])
        core.handle(.stop, now: now)
        #expect(core.status.record.ethEntry == nil)
        #expect(core.status.record.value(of: "greet").map { Array($0) } == [0x01])
    }

    @Test("messages, jobs and events keep their types")
    func typed() throws {
        var core = try node()
        join(&core)
        var effects = core.takeEffects()
        let sent = effects.compactMap { effect -> [OutboundMessage]? in
            if case .send(_, let messages) = effect { messages } else { nil }
        }
        #expect(sent.joined().map(\.id) == [0] && sent.joined().map(\.capability) == [0])
        for case .run(let id, let job) in effects {
            job.work()
            core.handle(.jobCompleted(id), now: now)
            // A second word of the same job says nothing.
            core.handle(.jobCompleted(id), now: now)
        }
        effects = core.takeEffects()
        #expect(events(effects) == [.counted(42)])
        let message = ConnectionEvent.message(capability: 0, id: 0, payload: [0xc1, 7])
        core.handle(.connection(ConnectionID(accepted: 1), [message]), now: now)
        #expect(events(core.takeEffects()) == [.greeted(7)])
    }

    @Test("a command is answered on the way that it brought")
    func reply() throws {
        var core = try node()
        join(&core)
        _ = core.takeEffects()
        let answers = Answers()
        core.handle(.command(Greeter.name, Greeter.Command.count(ReplyTo { answers.note($0) })), now: now)
        for case .reply(let reply) in core.takeEffects() { reply() }
        #expect(answers.values == [1])
        // To nobody there is no answer, and no harm.
        core.handle(.command(CapabilityName("nobody", version: 1), 5), now: now)
        #expect(core.takeEffects().isEmpty)
    }

    private final class Answers: Sendable {
        private let state = Mutex<[Int]>([])
        var values: [Int] { state.withLock { $0 } }
        func note(_ value: Int) { state.withLock { $0.append(value) } }
    }
}
