import Foundation
import NIOCore
import NIOEmbedded
import Testing

@testable import NodeNIO

/// A listener without file descriptors stops for a while, and goes on.
@Suite("No file descriptors are left")
struct AcceptPauseTests {
    private final class Stage {
        let channel = EmbeddedChannel()
        var areSpare = true
        var pauses = 0

        init() throws {
            let pause = AcceptPause(areSpare: { self.areSpare }, onPause: { self.pauses += 1 })
            try channel.pipeline.syncOperations.addHandler(pause)
        }

        // An embedded channel always reads; that a real one doesn't is a test with a real node (`NodeEndTests`).
        var isReading: Bool {
            (try? !channel.pipeline.syncOperations.handler(type: AcceptPause.self).isPaused) ?? false
        }

        func fail(_ number: CInt) {
            channel.pipeline.fireErrorCaught(IOError(errnoCode: number, reason: "accept"))
        }

        /// A connection that was accepted; whether it goes on to whoever wants it.
        func accept() throws -> Bool {
            let connection = EmbeddedChannel()
            channel.pipeline.syncOperations.fireChannelRead(NIOAny(connection as any Channel))
            return try channel.readInbound(as: (any Channel).self) != nil
        }
    }

    @Test(arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM])
    func acceptFails(_ number: CInt) throws {
        let stage = try Stage()
        for _ in 0..<3 { stage.fail(number) }
        #expect(!stage.isReading && stage.pauses == 1)
        stage.channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        #expect(!stage.isReading)
        stage.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(stage.isReading)
        stage.fail(number)
        #expect(!stage.isReading && stage.pauses == 2)
    }

    /// Errors about one connection are as they were.
    @Test func otherErrorsGoOn() throws {
        let stage = try Stage()
        stage.fail(ECONNABORTED)
        #expect(stage.isReading && stage.pauses == 0)
        #expect(throws: IOError.self) { try stage.channel.throwIfErrorCaught() }
    }

    /// The last descriptors are left to the database.
    @Test func theLastOnesAreNotForConnections() throws {
        let stage = try Stage()
        #expect(try stage.accept())
        stage.areSpare = false
        #expect(try !stage.accept())
        #expect(!stage.isReading && stage.pauses == 1)
        stage.areSpare = true
        stage.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(try stage.isReading && stage.accept())
    }
}
