import DevP2P
import EthNode
import EthWire
import KeyValue
import NodeCore
import Primitives
import SansIO
import Testing

/// What a defective capability may do: it wants very much at once.
private struct Flood: Capability {
    typealias Message = NoMessages
    typealias Event = Int
    typealias Command = Int

    static let name = CapabilityName("flood", version: 1)

    mutating func commandReceived(_ count: Int, _ node: inout CapabilityContext<Self>) {
        for number in 0..<count { node.emit(number) }
    }
}

@Suite("What follows from an input")
struct SettleTests {
    @Test("a call does all that follows from its input: there is nothing left for the next")
    func quiet() throws {
        var stage = try Stage(Forge.genesis())
        try stage.join(1, sharing: [Stage.eth69])
        stage.say(.transactions(EncodedList([try Forge.transfer(0, chainID: 99)])), by: 1)
        let before = stage.events.count
        #expect(stage.offences(of: 1) == [.invalidTransaction])
        stage.handle(.controlSent(0))
        #expect(stage.events.count == before)
    }

    @Test("what is too much for one call is continued at once by the next ones, in order")
    func bound() throws {
        let now = Stage.start
        let configuration = ChainNodeConfiguration.bare(key: try Stage.key(0), clientID: "test", port: 30303)
        var node = try NodeCore(
            configuration, store: MemoryStore(), random: NodeRandom(seed: 1), now: now)
        node.register(Flood())
        node.handle(.start, now: now)
        _ = node.takeEffects()
        node.handle(.command(Flood.name, 100_000), now: now)
        var numbers: [Int] = []
        var calls = 1
        while true {
            for case .event(.capability(_, let number as Int)) in node.takeEffects() { numbers.append(number) }
            guard node.deadline == now else { break }
            calls += 1
            node.handle(.deadlineReached, now: now)
        }
        #expect(numbers == Array(0..<100_000) && calls == 2)
    }
}
