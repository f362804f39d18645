import DevP2P
import EthCrypto
import Primitives
import RLP
import Sidecar

/// A program outside the node that says anything, to the session that serves it and the relay behind that.
public func fuzzSidecar(_ bytes: [UInt8]) throws(BrokenProperty) {
    var input = FuzzInput(bytes)
    var program = SidecarProgram()
    while !input.isAtEnd { try program.step(&input) }
    try program.finish()
}

private struct SidecarProgram {
    private static let capability = CapabilityDescriptor(
        name: CapabilityName("chat", version: 1), messageCount: 4,
        limits: IngressLimits(maxMessageBytes: 512, maxBufferedBytes: 4096, maxBufferedMessages: 16))
    private static let maxQueuedBytes = 4096

    private var session = SidecarSession(
        capability, own: Fixed.nodeKey.publicKey, maxQueuedMessages: 16, maxQueuedBytes: maxQueuedBytes)
    private var attached = false
    private var connected: [Peer] = []
    private var written: [UInt8] = []
    private var joined: Set<UInt64> = []

    mutating func step(_ input: inout FuzzInput) throws(BrokenProperty) {
        switch input.choice(8) {
        case 0: try receive(input.block(), isWelcome: input.bool())
        case 1...3: try receive(Self.frame(&input), isWelcome: input.choice(8) > 0)
        case 4: tell(&input)
        case 5: try read(1 << input.choice(17))
        case 6: if input.choice(8) == 0 { refuse() }
        default: try require(session.grant(7) == nil, "granted what it hasn't asked for")
        }
    }

    /// A frame of the right length: fields of the kinds that the protocol has, true or not.
    private static func frame(_ input: inout FuzzInput) -> [UInt8] {
        let type = input.choice(12)
        var content = [UInt8(type)]
        let peer: [UInt8] = Array(repeating: 0, count: 7) + [input.byte() & 3]
        switch type {
        case 1: content += [input.bool() ? 1 : input.byte()] + Array((input.bool() ? "chat/1" : "chat/2").utf8)
        case 2: content += peer + [input.byte() & 7] + RLPMender.mend(input.block())
        case 3: content += [input.byte() & 7] + RLPMender.mend(input.block())
        case 4: content += peer + Array((input.bool() ? "spam" : "love").utf8)
        case 5: content += peer + [input.byte() & 31]
        case 7, 8: content += Array("votes".utf8)
        case 9: content += [input.byte() & 7] + Array("votes".utf8) + input.block()
        case 10: content += [UInt8](repeating: input.byte(), count: 16) + [input.byte() & 3]
        default: content += input.block()
        }
        return (0..<4).map { UInt8(truncatingIfNeeded: content.count >> (24 - 8 * $0)) } + content
    }

    /// As the socket does: who asks is granted or refused before anything else that he said counts.
    private mutating func receive(_ bytes: [UInt8], isWelcome: Bool) throws(BrokenProperty) {
        for piece in [bytes.prefix(3), bytes.dropFirst(3)] {
            let hadEnded = session.hasEnded
            let outcome = session.receive(piece)
            try require(!hadEnded || !outcome.wantsAttachment && outcome.commands.isEmpty, "more after the end")
            guard outcome.wantsAttachment, !isWelcome else {
                if outcome.wantsAttachment, let command = session.grant(7) { try obey([command]) }
                try obey(outcome.commands)
                continue
            }
            session.refuse(.outOfOrder)
        }
    }

    private mutating func refuse() {
        session.refuse(.outOfOrder)
        attached = false
    }

    /// What the relay is told must be in the capability's own terms, and from a program that is attached.
    private mutating func obey(_ commands: [SidecarSession.Command]) throws(BrokenProperty) {
        for command in commands {
            switch command {
            case .attach(let number):
                try require(number == 7 && !attached, "a program is attached twice")
                attached = true
                session.relay(.attached(7, peers: connected))
            case .detach(let number):
                try require(number == 7 && attached, "a program is detached that wasn't attached")
                attached = false
            case .send(let message, _), .broadcast(let message):
                try require(attached, "a program speaks before it is attached")
                try require(message.id < Self.capability.messageCount, "message id \(message.id)")
                try require(message.payload.count <= Self.capability.limits.maxMessageBytes, "a message too large")
                let isItem = (try? RLPValidator.validate(message.payload[...])) != nil
                try require(isItem, "a payload that isn't RLP")
            case .report, .credit, .disconnect, .judge:
                try require(attached, "a program judges before it is attached")
            case .subscribe, .unsubscribe: try require(attached, "a program has topics before it is attached")
            case .publish(let bytes, _):
                try require(attached, "a program publishes before it is attached")
                try require(bytes.count <= Self.capability.limits.maxMessageBytes, "a topic's message too large")
            }
        }
    }

    private mutating func tell(_ input: inout FuzzInput) {
        let number = Int(input.byte() & 3)
        let peer = Peer(
            connection: ConnectionID(rawValue: UInt64(number)), id: Fixed.peerKeys[number].publicKey.nodeID,
            publicKey: Fixed.peerKeys[number].publicKey, isInbound: number & 1 == 0, clientID: "peer/\(number)",
            endpoint: Fixed.endpoints[number])
        let isConnected = connected.contains(peer)
        if !isConnected {
            connected.append(peer)
            session.relay(.joined(peer))
        } else if input.choice(4) == 0 {
            connected.removeAll { $0 == peer }
            session.relay(.left(peer))
        } else if input.choice(4) == 0 {
            let message = TopicMessage(
                topic: Topic("votes"), id: TopicMessageID(1, 2), bytes: input.block(), from: peer)
            session.relay(.topicMessage(message))
        } else if let message = try? RelayedMessage<RawMessage>(id: 1, payload: RLPMender.mend(input.block())[...]) {
            session.relay(.received(message, from: peer))
        }
    }

    private mutating func read(_ count: Int) throws(BrokenProperty) {
        let had = session.hasBytes
        let bytes = session.takeBytes(about: count)
        try require(had == !bytes.isEmpty, "bytes are promised and don't come, or come unannounced")
        try require(
            bytes.count <= count + Self.maxQueuedBytes + 1024, "\(bytes.count) bytes where \(count) were asked for")
        written += bytes
        try readFrames()
    }

    /// What the program reads: whole frames, and of peers only those that it was told of.
    private mutating func readFrames() throws(BrokenProperty) {
        while written.count >= 5 {
            let length = written[..<4].reduce(0) { $0 << 8 | Int($1) }
            guard written.count >= 4 + length else { return }
            let frame = written[4..<4 + length]
            written.removeFirst(4 + length)
            let peer = frame.dropFirst().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
            switch frame.first {
            case 0x81, 0x82, 0x86, 0x87: break
            case 0x83: try require(joined.insert(peer).inserted, "a peer joins twice")
            case 0x84: try require(joined.contains(peer), "a message of a peer that hasn't joined")
            case 0x85: try require(joined.remove(peer) != nil, "a peer leaves that hasn't joined")
            default: throw BrokenProperty("a frame of type \(String(describing: frame.first))")
            }
        }
    }

    mutating func finish() throws(BrokenProperty) {
        for _ in 0..<64 where session.hasBytes { try read(1 << 16) }
        try require(!session.hasBytes && written.isEmpty, "the session never comes to an end of what it says")
    }
}
