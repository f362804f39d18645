import DevP2P
import EthCrypto
import Logging
import NIOCore
import NIOEmbedded
import Primitives
import RLP
import SansIO

@testable import NodeNIO

/// One message of a toy capability: some bytes.
struct ToyMessage: CapabilityMessage {
    static let reservedIDs: UInt8 = 1
    var bytes: [UInt8]
    var id: UInt8 { 0 }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// A number, to see the order.
    init(number: Int) { bytes = withUnsafeBytes(of: UInt64(number).bigEndian) { Array($0) } }

    var number: Int { Int(bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }) }

    func encode(into writer: inout RLPWriter) { writer.list { $0.write(bytes) } }

    init(id: UInt8, payload: ArraySlice<UInt8>) throws(WireError) {
        bytes = try WireError.decodeList(payload) { (list) throws(RLPError) in Array(try list.readBytes()) }
    }
}

/// The ends of one connection on embedded channels, in virtual time.
final class ConnectionPair {
    let loop = EmbeddedEventLoop()
    let initiator: Node
    let recipient: Node

    final class Node {
        let channel: EmbeddedChannel
        let handler: ConnectionHandler
        let owner: RecordingOwner
        let setup: ConnectionSetup

        init(
            _ role: ConnectionHandler.Role, key: PrivateKey, limits: IngressLimits, takesAtOnce: Bool,
            loop: EmbeddedEventLoop
        ) {
            let toy = CapabilityDescriptor(
                name: CapabilityName("toy", version: 1), messageCount: ToyMessage.reservedIDs, limits: limits)
            setup = ConnectionSetup(
                identity: key, hello: LocalHello(clientID: "test", capabilities: [toy]), clock: NodeClock(),
                logger: Logger(label: "test"))
            owner = RecordingOwner(takesAtOnce: takesAtOnce)
            handler = ConnectionHandler(id: ConnectionID(rawValue: 1), role: role, on: loop, setup: setup, owner: owner)
            channel = EmbeddedChannel(loop: loop)
        }

        func connect() throws {
            try channel.pipeline.syncOperations.addHandler(handler)
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        }

        /// What the channel was told (an embedded one doesn't keep the option).
        var isReading: Bool { handler.isReading }

        /// Sends toy messages in one call.
        func send(_ messages: [ToyMessage]) { handler.send(messages.map { OutboundMessage($0, capability: 0) }) }
    }

    init(
        limits: IngressLimits = .standard, recipientTakesAtOnce: Bool = true
    ) throws {
        var random = NodeRandom(seed: 1)
        let dialing = PrivateKey.generate(using: &random)
        let dialed = PrivateKey.generate(using: &random)
        initiator = Node(
            .initiator(to: dialed.publicKey), key: dialing, limits: .standard, takesAtOnce: true, loop: loop)
        recipient = Node(.recipient, key: dialed, limits: limits, takesAtOnce: recipientTakesAtOnce, loop: loop)
    }

    /// Carries bytes both ways until nobody has any.
    func run() throws {
        while try carry(initiator, recipient) || carry(recipient, initiator) { loop.run() }
        loop.run()
    }

    /// Each write of the sender's is a read of the receiver's; all of them are one batch.
    @discardableResult
    func carry(_ from: Node, _ to: Node) throws -> Bool {
        var moved = false
        while let bytes = try from.channel.readOutbound(as: ByteBuffer.self) {
            moved = true
            if to.channel.isActive { to.channel.pipeline.fireChannelRead(bytes) }
        }
        if moved { to.channel.pipeline.fireChannelReadComplete() }
        return moved
    }

    /// Connects both ends, to `ready`.
    func connect() throws {
        try initiator.connect()
        try recipient.connect()
        try run()
    }

    func advance(_ seconds: Int64) { loop.advanceTime(by: .seconds(seconds)) }
}
