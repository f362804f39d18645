import RLPx

/// `FrameCodec.open`: any bytes, and any header and content under valid MACs, in pieces of any size.
public func fuzzFrames(_ bytes: [UInt8]) throws(BrokenProperty) {
    guard let session = FixedSession.shared else { throw BrokenProperty("the key exchange fails") }
    try receiveRawFrames(bytes, session)
    var program = FrameProgram(session)
    try program.run(bytes)
    try sealAndOpen(bytes, session)
}

private func receiveRawFrames(_ bytes: [UInt8], _ session: FixedSession) throws(BrokenProperty) {
    var codec = FrameCodec(session.recipient)
    codec.append(bytes[...])
    let opened = Result { () throws(RLPxError) in try codec.open { _, _ in true } }
    switch opened {
    case .success(nil): try require(bytes.count < 32, "a header with a wrong MAC is waited on")
    case .success: throw BrokenProperty("a frame that nobody sealed is opened")
    case .failure(let error): try require(error == .badHeaderMAC, "a wrong MAC is a \(error)")
    }
}

/// What one end seals, the other one opens.
private func sealAndOpen(_ bytes: [UInt8], _ session: FixedSession) throws(BrokenProperty) {
    var input = FuzzInput(bytes)
    var sender = FrameCodec(session.initiator)
    var receiver = FrameCodec(session.recipient)
    for _ in 0..<4 {
        let code = input.uint64()
        let payload = input.block()
        var wire: [UInt8] = []
        guard (try? sender.seal(code: code, payload: payload.span, into: &wire)) != nil else {
            throw BrokenProperty("a message of \(payload.count) bytes can't be sealed")
        }
        receiver.append(wire[...])
        let opened = try? receiver.open { found, content in
            found == code && content.withUnsafeBufferPointer { Array($0) } == payload
        }
        try require(opened == true, "opened, the message of code \(code) differs")
        try require(receiver.bufferedBytes == 0, "bytes are left over")
    }
}

/// A hostile sender's frames, and what must come of them.
private struct FrameProgram: ~Copyable {
    private var sender: HostileFrames
    private var codec: FrameCodec
    private let limit = 3000
    private var appended = 0
    private var failure: RLPxError?

    init(_ session: FixedSession) {
        sender = HostileFrames(session.initiator)
        codec = FrameCodec(session.recipient, maxContentBytes: limit)
    }

    mutating func run(_ bytes: [UInt8]) throws(BrokenProperty) {
        var input = FuzzInput(bytes)
        while !input.isAtEnd {
            let piece = 1 + Int(input.byte())
            switch input.choice(4) {
            case 0, 1:
                let content = input.block()
                let wire =
                    sender.header(announcing: content.count, data: input.bytes(input.choice(14)))
                    + sender.body(content, padding: input.byte())
                try receive(wire, piece: piece, content: content)
            case 2:
                // A header that lies about what follows.
                let announced = Int(input.byte()) << 16 | Int(input.uint16())
                let content = input.block()
                let wire = sender.header(announcing: announced) + sender.body(content)
                // Within the padding a lie is none.
                let fits = (announced + 15) / 16 == (content.count + 15) / 16
                let zeros = [UInt8](repeating: 0, count: 15)
                try receive(wire, piece: piece, content: fits ? Array((content + zeros).prefix(announced)) : nil)
            default: try receive(input.block(), piece: piece, content: nil)
            }
        }
    }

    /// - Parameter content: nil where no message may come of it.
    private mutating func receive(_ wire: [UInt8], piece: Int, content: [UInt8]?) throws(BrokenProperty) {
        var place = 0
        while place < wire.count {
            let end = min(place + piece, wire.count)
            codec.append(wire[place..<end])
            appended += end - place
            place = end
            try open(isComplete: place == wire.count, content: content)
        }
    }

    private mutating func open(isComplete: Bool, content: [UInt8]?) throws(BrokenProperty) {
        let failureBefore = failure
        let outcome = Result { () throws(RLPxError) in
            try codec.open { code, payload in (code, payload.withUnsafeBufferPointer { Array($0) }) }
        }
        switch outcome {
        case .failure(let error):
            try require(failureBefore == nil || failureBefore == error, "another error than before")
            failure = error
        case .success(let message?):
            try require(failureBefore == nil, "a message after an error")
            guard isComplete, let content else {
                throw BrokenProperty("a message of \(message.1.count) bytes from nowhere")
            }
            try require(content.count <= limit, "a frame above the limit is opened")
            try require(content.suffix(message.1.count) == message.1[...], "the payload differs")
        case .success(nil): break
        }
        try require(codec.bufferedBytes <= appended, "more is held than has come")
    }
}
