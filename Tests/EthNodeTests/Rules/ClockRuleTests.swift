import Chain
import DevP2P
import Discovery
import EthCrypto
import EthNode
import EthWire
import NodeCore
import Primitives
import SansIO
import Storage
import Testing

/// The node's own time, the time of day, and what happens when they part.
@Suite("Rules: the clock")
struct ClockRuleTests {
    private func changes(_ stage: Stage) -> [Duration] {
        stage.events.compactMap { if case .clockSet(let change) = $0 { change } else { nil } }
    }

    private func warnings(_ stage: Stage) -> [(Duration, Int)] {
        stage.events.compactMap { if case .clockDiffers(let by, let ranges) = $0 { (by, ranges) } else { nil } }
    }

    @Test(
        "a node whose clock was two minutes behind follows when it is set, and has blamed nobody",
        arguments: [true, false])
    func corrected(byGossip: Bool) throws {
        let forge = try Forge(Forge.genesis(), blocks: 3, from: -120)
        var stage = try Stage(forge.genesis)
        stage.servers = [1: (forge.store, 1_000)]
        try stage.join(1, sharing: [byGossip ? Stage.eth68 : Stage.eth69], head: byGossip ? nil : forge.heads[2])
        if byGossip { for block in forge.blocks { stage.say(.newBlock(block, totalDifficulty: 3), by: 1) } }
        stage.run(for: .seconds(20))
        #expect(stage.head == 0)
        stage.handle(.clockSet(offset: .seconds(140)))
        stage.run(for: .seconds(10))
        #expect(stage.head == 3 && stage.offences(of: 1).isEmpty)
        #expect(changes(stage) == [.seconds(140)])
    }

    @Test("timers don't see the clock: what is awaited isn't late when it jumps")
    func timers() throws {
        let forge = try Forge(Forge.genesis(), blocks: 20)
        var stage = try Stage(forge.genesis)
        try stage.join(1, sharing: [Stage.eth69], head: forge.heads[19])
        #expect(stage.ids(to: 1).contains(.getBlockHeaders))
        for offset in [Duration.seconds(3_600), .seconds(-3_600), .milliseconds(-3_599_999)] {
            stage.handle(.clockSet(offset: offset))
            stage.run(for: .milliseconds(100))
        }
        #expect(stage.offences(of: 1).isEmpty && stage.closed.isEmpty)
        #expect(changes(stage) == [.seconds(3_600), .seconds(-7_200)], "what NTP does all the time is no news")
        stage.run(for: .seconds(6))
        #expect(stage.offences(of: 1) == [.requestTimeout])
    }

    @Test("blocks are sealed by the time of day, forwards at once, backwards when it has come again")
    func sealing() throws {
        let signer = try Forge.signer()
        var stage = try Stage(Forge.genesis()) { $0.chain.sealingKey = signer }
        func lead() -> Int { Int(stage.node.ethNode.status.head.timestamp) - Int(Stage.start.unixSeconds) }
        stage.run(for: .milliseconds(2_500))
        #expect(lead() == 2)
        stage.handle(.clockSet(offset: .seconds(100)))
        stage.run(for: .seconds(1))
        #expect((102...103).contains(lead()))
        let head = stage.head
        stage.handle(.clockSet(offset: .seconds(90)))
        stage.run(for: .seconds(5))
        #expect(stage.head == head)
        stage.run(for: .seconds(10))
        #expect(stage.head > head)
    }

    @Test("a clock that is wrong by the blocks of most peers is said, now and then; one wrong peer is nothing")
    func blocks() throws {
        let forge = try Forge(Forge.genesis(), blocks: 9, from: 60)
        let current = try Forge(Forge.genesis(), blocks: 9, from: 0)
        func push(_ blocks: [Block]) throws -> Stage {
            var stage = try Stage(forge.genesis)
            for peer in 1...3 {
                try stage.join(peer, sharing: [Stage.eth68], from: .v4(0x0800_0001 + UInt32(peer) << 8))
            }
            for (index, block) in blocks.enumerated() {
                stage.say(.newBlock(block, totalDifficulty: 3), by: 1 + index % 3)
                stage.run(for: .milliseconds(1_000))
            }
            return stage
        }
        let wrong = warnings(try push(forge.blocks))
        #expect(wrong.count == 1 && wrong[0].1 == 3)
        #expect(wrong[0].0 > .seconds(-65) && wrong[0].0 < .seconds(-55))
        #expect(warnings(try push(current.blocks)).isEmpty)
        // The first of each three is of the wrong peer.
        let mixed = current.blocks.enumerated().map { $0.offset % 3 == 0 ? forge.blocks[$0.offset] : $0.element }
        #expect(warnings(try push(mixed)).isEmpty)
    }

    @Test("a clock that is wrong by the packets of discovery is said, though they are refused")
    func packets() throws {
        func pings(validFor seconds: Int) throws -> Stage {
            var stage = try Stage(Forge.genesis()) { $0.node.discoveryEnabled = true }
            let nowhere = EndpointV4(ip: nil, udpPort: 0, tcpPort: 0)
            for _ in 0..<3 {
                let expiration = UInt64(Int(stage.now.unixSeconds) + seconds)
                let ping = PacketV4.Ping(from: nowhere, to: nowhere, expiration: expiration, enrSeq: nil)
                let (datagram, _) = EnvelopeV4.seal(.ping(ping), by: try Stage.key(1))
                stage.handle(.datagram(datagram, from: Endpoint(ip: .v4(0x0808_0808), port: 30303)))
                stage.run(for: .seconds(7))
            }
            return stage
        }
        let wrong = warnings(try pings(validFor: -40))
        #expect(wrong.count == 1 && wrong[0].0 == .seconds(-60) && wrong[0].1 == 1)
        #expect(warnings(try pings(validFor: 120)).map(\.0) == [.seconds(60)])
        // Most clients, and besu.
        for seconds in [20, 60] { #expect(warnings(try pings(validFor: seconds)).isEmpty) }
    }
}
