import DevP2P
import NIOCore
import NIOEmbedded
import Testing

@testable import NodeNIO

@Suite("A connection on an embedded channel, in virtual time")
struct ConnectionHandlerTests {
    @Test func helloAndMessagesInOrder() throws {
        let pair = try ConnectionPair()
        try pair.connect()
        #expect(pair.initiator.owner.isReady)
        #expect(pair.recipient.owner.isReady)

        let sent = (0..<100).map { ToyMessage(number: $0) }
        pair.initiator.send(sent)
        try pair.run()
        let received = try pair.recipient.owner.payloads.map { try ToyMessage(id: 0, payload: $0[...]).number }
        #expect(received == Array(0..<100))
    }

    @Test func oneBatchOfReadsIsOneCallAndOneBatchOfSendsOneWrite() throws {
        let pair = try ConnectionPair()
        try pair.connect()
        let batches = pair.recipient.owner.batches.count
        pair.initiator.send((0..<50).map { ToyMessage(number: $0) })
        let first = try pair.initiator.channel.readOutbound(as: ByteBuffer.self)
        #expect(first != nil)
        #expect(try pair.initiator.channel.readOutbound(as: ByteBuffer.self) == nil)
        // In pieces, as the kernel likes to give them; the last completes the batch.
        var bytes = try #require(first)
        while let piece = bytes.readSlice(length: min(700, max(1, bytes.readableBytes))) {
            pair.recipient.channel.pipeline.fireChannelRead(piece)
        }
        pair.recipient.channel.pipeline.fireChannelReadComplete()
        #expect(pair.recipient.owner.batches.count == batches + 1)
        #expect(pair.recipient.owner.payloads.count == 50)
    }

    @Test func silenceBeforeTheKeyExchangeEndsIt() throws {
        let pair = try ConnectionPair()
        try pair.recipient.connect()
        pair.advance(4)
        #expect(pair.recipient.channel.isActive)
        #expect(pair.recipient.owner.events.isEmpty)
        pair.advance(2)
        #expect(pair.recipient.owner.cause == .timeout(.handshake))
        #expect(pair.recipient.owner.isClosed)
        #expect(!pair.recipient.channel.isActive)
    }

    @Test func silenceBeforeHelloEndsIt() throws {
        let pair = try ConnectionPair()
        try pair.initiator.connect()
        try pair.recipient.connect()
        try pair.carry(pair.initiator, pair.recipient)
        // The answer never comes back: half open.
        guard case .identified = pair.recipient.owner.events.last else {
            Issue.record("no key exchange: \(pair.recipient.owner.events)")
            return
        }
        pair.advance(9)
        #expect(pair.recipient.channel.isActive)
        pair.advance(2)
        #expect(pair.recipient.owner.cause == .timeout(.hello))
        #expect(!pair.recipient.channel.isActive)
    }

    @Test func anIdleConnectionIsKeptUpByPings() throws {
        let pair = try ConnectionPair()
        try pair.connect()
        for _ in 0..<20 {
            pair.advance(10)
            try pair.run()
        }
        #expect(pair.initiator.channel.isActive)
        #expect(pair.recipient.channel.isActive)
        #expect(pair.recipient.owner.cause == nil)
    }

    @Test func aVanishedPeerIsGivenUp() throws {
        let pair = try ConnectionPair()
        try pair.connect()
        pair.advance(31)
        #expect(pair.recipient.owner.cause == .timeout(.idle))
        // Its Disconnect can't arrive: the socket is closed nevertheless.
        pair.advance(3)
        #expect(!pair.recipient.channel.isActive)
        #expect(pair.recipient.owner.isClosed)
    }

    @Test func garbageEndsIt() throws {
        let pair = try ConnectionPair()
        try pair.recipient.connect()
        let garbage = ByteBuffer(repeating: 0x04, count: 1200)
        pair.recipient.channel.pipeline.fireChannelRead(garbage)
        pair.recipient.channel.pipeline.fireChannelReadComplete()
        guard case .protocolError(.handshake) = pair.recipient.owner.cause else {
            Issue.record("\(String(describing: pair.recipient.owner.cause))")
            return
        }
        pair.loop.run()
        #expect(!pair.recipient.channel.isActive)
        #expect(pair.recipient.owner.isClosed)
    }

    @Test func goodbyeArrivesAndBothEndsClose() throws {
        let pair = try ConnectionPair()
        try pair.connect()
        pair.initiator.handler.disconnect(.tooManyPeers)
        try pair.run()
        #expect(pair.initiator.owner.cause == .local(.tooManyPeers))
        #expect(pair.recipient.owner.cause == .remote(.tooManyPeers))
        #expect(!pair.recipient.channel.isActive)
        pair.advance(3)
        #expect(!pair.initiator.channel.isActive)
        #expect(pair.initiator.owner.isClosed)
    }

    @Test func whatComesAfterTheGoodbyeIsDropped() throws {
        let pair = try ConnectionPair()
        try pair.connect()
        pair.initiator.handler.disconnect(.requested)
        pair.initiator.send([ToyMessage(number: 1)])
        pair.recipient.send([ToyMessage(number: 2)])
        try pair.run()
        #expect(pair.initiator.owner.payloads.isEmpty)
        #expect(pair.recipient.owner.payloads.isEmpty)
    }

    @Test func aSlowOwnerStopsTheReadingUntilItHasCaughtUp() throws {
        // 4 MiB in all: 1 MiB may be owed, and 64 KiB wait in the connection.
        let limits = IngressLimits(maxMessageBytes: 1 << 20, maxBufferedBytes: 1 << 16, maxBufferedMessages: 1000)
        let pair = try ConnectionPair(limits: limits, recipientTakesAtOnce: false)
        try pair.connect()
        #expect(pair.recipient.isReading)
        var sent = 0
        while pair.recipient.isReading, sent < 256 {
            pair.initiator.send([ToyMessage([UInt8](repeating: UInt8(truncatingIfNeeded: sent), count: 1 << 14))])
            sent += 1
            try pair.run()
        }
        #expect(!pair.recipient.isReading)
        #expect(sent < 100)
        // Meanwhile nothing more is handed over, whatever comes in; and silence is not the peer's fault.
        let handed = pair.recipient.owner.payloads.count
        pair.initiator.send([ToyMessage(number: 7)])
        try pair.run()
        #expect(pair.recipient.owner.payloads.count == handed)

        pair.recipient.owner.take(pair.recipient.handler)
        pair.loop.run()
        pair.recipient.owner.take(pair.recipient.handler)
        pair.loop.run()
        #expect(pair.recipient.isReading)
        #expect(pair.recipient.owner.payloads.count == sent + 1)
        #expect(pair.recipient.owner.cause == nil)
    }

    @Test func aPausedConnectionHandsOverNothingAndStopsReadingThenGoesOnInOrder() throws {
        let limits = IngressLimits(maxMessageBytes: 1 << 20, maxBufferedBytes: 1 << 20, maxBufferedMessages: 10)
        let pair = try ConnectionPair(limits: limits)
        try pair.connect()
        pair.recipient.handler.pause(true)
        for number in 0..<30 {
            pair.initiator.send([ToyMessage(number: number)])
            try pair.run()
        }
        #expect(pair.recipient.owner.payloads.isEmpty && !pair.recipient.isReading)
        pair.recipient.handler.pause(false)
        try pair.run()
        #expect(pair.recipient.isReading)
        let numbers = try pair.recipient.owner.payloads.map { try ToyMessage(id: 0, payload: $0[...]).number }
        #expect(numbers == Array(0..<30))
    }

    @Test func theOwnerIsToldWhenAPeerTakesTooLittleAndWhenItHasTakenAll() throws {
        let pair = try ConnectionPair()
        try pair.connect()
        pair.recipient.channel.isWritable = false
        pair.recipient.send([pair.incompressible(1 << 20)])
        #expect(pair.recipient.owner.congestion.isEmpty)
        pair.recipient.send([pair.incompressible(1 << 20)])
        #expect(pair.recipient.owner.congestion == [true])
        pair.recipient.channel.isWritable = true
        pair.recipient.channel.pipeline.fireChannelWritabilityChanged()
        #expect(pair.recipient.owner.congestion == [true, false])
    }

    @Test func aPeerThatTakesNothingIsGivenUp() throws {
        let pair = try ConnectionPair()
        try pair.connect()
        pair.initiator.channel.isWritable = false
        pair.initiator.send([ToyMessage(number: 1)])
        #expect(try pair.initiator.channel.readOutbound(as: ByteBuffer.self) == nil)
        pair.advance(19)
        #expect(pair.initiator.owner.cause == nil)
        pair.advance(2)
        #expect(pair.initiator.owner.cause == .timeout(.write))
        #expect(!pair.initiator.channel.isActive)
    }

    @Test func aFullOutboxStopsTheReadingThenEndsTheConnection() throws {
        let pair = try ConnectionPair()
        try pair.connect()
        let megabyte = pair.incompressible(1 << 20)
        for node in [pair.initiator, pair.recipient] {
            node.channel.isWritable = false
            for _ in 0..<3 { node.send([megabyte]) }
            #expect(node.owner.cause == nil)
        }
        #expect(!pair.recipient.isReading)
        // One of the two has to go on, or both would wait for ever.
        #expect(pair.initiator.isReading)
        for node in [pair.initiator, pair.recipient] {
            for _ in 0..<30 { node.send([megabyte]) }
            #expect(node.owner.cause == .outputOverflow)
            #expect(!node.channel.isActive)
        }
    }

    @Test func readingGoesOnWhenTheOutboxIsTaken() throws {
        let pair = try ConnectionPair()
        try pair.connect()
        pair.recipient.channel.isWritable = false
        pair.recipient.send([pair.incompressible(3 << 20)])
        #expect(!pair.recipient.isReading)
        pair.recipient.channel.isWritable = true
        pair.recipient.channel.pipeline.fireChannelWritabilityChanged()
        #expect(pair.recipient.isReading)
        try pair.run()
        #expect(pair.initiator.owner.payloads.count == 1)
    }

    @Test func waitingBytesGoOutWhenTheSocketTakesThem() throws {
        let pair = try ConnectionPair()
        try pair.connect()
        pair.initiator.channel.isWritable = false
        pair.initiator.send([ToyMessage(number: 1)])
        pair.initiator.send([ToyMessage(number: 2)])
        pair.initiator.channel.isWritable = true
        pair.initiator.channel.pipeline.fireChannelWritabilityChanged()
        try pair.run()
        #expect(pair.recipient.owner.payloads.count == 2)
    }

    @Test func theEndOfTheSocketComesAfterAllMessages() throws {
        let pair = try ConnectionPair(recipientTakesAtOnce: false)
        try pair.connect()
        pair.initiator.send((0..<10).map { ToyMessage(number: $0) })
        try pair.run()
        pair.recipient.channel.close(promise: nil)
        pair.loop.run()
        #expect(pair.recipient.owner.payloads.count == 10)
        #expect(pair.recipient.owner.cause == .network)
        #expect(pair.recipient.owner.isClosed)
    }

    @Test func aDialThatIsGivenUpBeforeItConnectsNeverSpeaks() throws {
        let pair = try ConnectionPair()
        pair.initiator.handler.disconnect(.requested)
        try pair.initiator.connect()
        pair.loop.run()
        #expect(try pair.initiator.channel.readOutbound(as: ByteBuffer.self) == nil)
        #expect(!pair.initiator.channel.isActive)
        #expect(pair.initiator.owner.events.isEmpty)
        #expect(pair.initiator.owner.isClosed)
    }
}

extension ConnectionPair {
    /// A message that snappy can't make smaller.
    func incompressible(_ count: Int) -> ToyMessage {
        var state: UInt64 = 1
        return ToyMessage(
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            })
    }
}
