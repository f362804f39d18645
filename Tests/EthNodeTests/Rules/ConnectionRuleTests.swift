import DevP2P
import EthCrypto
import EthNode
import EthWire
import NodeCore
import NodeRecord
import Primitives
import SansIO
import Storage
import Testing

/// From a connection to a peer, and its end.
@Suite("Rules: connections")
struct ConnectionRuleTests {
    private func contact(_ peer: Int) throws -> NodeContact {
        NodeContact(
            publicKey: try Stage.key(peer).publicKey, ip: .v4(0x0a00_0001 + UInt32(peer)), udpPort: 0, tcpPort: 30303)
    }

    private func refusals(_ stage: Stage) -> [String] {
        stage.events.compactMap { if case .connectionRefused(_, let reason) = $0 { reason } else { nil } }
    }

    @Test("a static peer is dialed, and dialed again after a failure, until it is removed")
    func dialing() throws {
        var stage = try Stage(Forge.genesis())
        stage.handle(.addPeer(try contact(1)))
        #expect(stage.dials.count == 1)
        stage.handle(.dialFailed(stage.dials[0]))
        stage.run(for: .seconds(300))
        #expect(stage.dials.count == 2)
        stage.handle(.dialFailed(stage.dials[1]))
        stage.handle(.removePeer(try Stage.key(1).publicKey.nodeID))
        stage.run(for: .seconds(3_600))
        #expect(stage.dials.count == 2)
    }

    @Test("a dial that this machine couldn't make is made later, as if there had been none")
    func postponing() throws {
        var stage = try Stage(Forge.genesis())
        stage.handle(.addPeer(try contact(1)))
        for round in 1...5 {
            #expect(stage.dials.count == round)
            stage.handle(.dialPostponed(stage.dials[round - 1]))
            stage.run(for: .seconds(11))
        }
    }

    @Test("a dial that reaches somebody else is refused")
    func identity() throws {
        var stage = try Stage(Forge.genesis())
        stage.handle(.addPeer(try contact(1)))
        stage.handle(.connection(stage.dials[0], [.identified(try Stage.key(2).publicKey)]))
        #expect(stage.closed[stage.dials[0]] == .unexpectedIdentity && refusals(stage).count == 1)
    }

    @Test(
        "a full node gives a slot to a peer whose chain ends well below its own", arguments: [Stage.eth68, Stage.eth69])
    func behind(capability: Int) throws {
        let forge = try Forge(Forge.genesis(), blocks: 20)
        // Four of them for those who dial it.
        var stage = try Stage(forge.genesis, store: forge.store.store) { $0.node.maxPeers = 8 }
        for peer in 1...4 { try stage.join(peer, sharing: [capability], head: forge.heads[19]) }
        stage.run(for: .seconds(3))
        #expect(stage.closed.isEmpty)
        for (peer, head) in [(5, 20), (6, 18)] {
            try stage.join(peer, sharing: [capability], head: forge.heads[head - 1])
            #expect(stage.closed == [Stage.connection(peer): .tooManyPeers])
            stage.clear()
        }
        try stage.join(7, sharing: [capability], head: forge.heads[16])
        #expect(stage.closed[Stage.connection(7)] == nil && stage.closed.count == 1)
    }

    @Test("an address that comes back at once is refused before a byte is read")
    func throttle() throws {
        var stage = try Stage(Forge.genesis())
        let address = Endpoint(ip: .v4(0x0808_0808), port: 1)
        stage.handle(.accepted(Stage.connection(1), from: address))
        #expect(stage.closed.isEmpty)
        stage.handle(.accepted(Stage.connection(2), from: address))
        #expect(
            stage.closed.keys.map { $0 } == [Stage.connection(2)]
                && refusals(stage) == ["its address connected a moment ago"])
    }

    @Test("after its own Disconnect a node takes nothing more from the connection, and tells the end once")
    func closing() throws {
        var stage = try Stage(Forge.genesis())
        for peer in 1...4 { try stage.join(peer, sharing: [Stage.eth68]) }
        // A second Status breaks the protocol.
        let status = try #require(stage.eth(to: 1).first)
        stage.say(status, by: 1)
        #expect(stage.closed[Stage.connection(1)] == .subprotocolError)
        stage.clear()
        stage.say(.getBlockHeaders(requestID: 1, HeadersRequest(from: .number(0), limit: 1)), by: 1)
        stage.say(status, by: 1)
        #expect(stage.events.isEmpty && stage.sent.isEmpty && stage.closed.isEmpty && stage.jobs.isEmpty)
        stage.handle(.connection(Stage.connection(1), [.closed(.local(.subprotocolError))]))
        stage.handle(.connection(Stage.connection(1), [.closed(.network)]))
        #expect(stage.events.count { if case .peerDisconnected = $0 { true } else { false } } == 1)
        #expect(stage.node.status.peerCount == 3)
    }

    @Test("a peer that sends no Status in time is let go")
    func silent() throws {
        var stage = try Stage(Forge.genesis())
        for peer in 1...4 { try stage.join(peer, sharing: [Stage.eth68]) }
        let id = Stage.connection(9)
        let hello = PeerHello(clientID: "x", p2pVersion: 5, listenPort: 0, capabilities: [], shared: [Stage.eth68])
        stage.handle(.accepted(id, from: Endpoint(ip: .v4(0x0a00_0009), port: 1)))
        stage.handle(.connection(id, [.identified(try Stage.key(9).publicKey), .ready(hello)]))
        #expect(stage.node.status.peerCount == 4, "it is no peer yet")
        stage.run(for: EthLimits.handshakeTimeout)
        #expect(stage.closed == [id: .timeout])
        #expect(stage.offences(of: 9) == [.requestTimeout])
    }

    @Test("a node that stops says goodbye to all, dials nobody and seals nothing")
    func stopping() throws {
        let signer = try Forge.signer()
        var stage = try Stage(Forge.genesis()) { $0.chain.sealingKey = signer }
        for peer in 1...2 { try stage.join(peer, sharing: [Stage.eth68]) }
        stage.handle(.stop)
        #expect(stage.closed == [Stage.connection(1): .quitting, Stage.connection(2): .quitting])
        for peer in 1...2 { stage.leave(peer) }
        stage.handle(.addPeer(try contact(3)))
        stage.run(for: .seconds(5))
        #expect(stage.dials.isEmpty && !stage.jobs.contains("seal a block"))
    }

    @Test("the result of a job that nobody waits for is nothing")
    func unknownJob() throws {
        var stage = try Stage(Forge.genesis())
        stage.handle(.jobCompleted(JobID(rawValue: 1_000)))
        #expect(stage.events.isEmpty && stage.jobs.isEmpty)
    }
}
