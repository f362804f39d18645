import DevP2P
import RLPx
import SansIO

/// The first message of a session: any code, any payload, in authentic frames.
public func fuzzHello(_ bytes: [UInt8]) throws(BrokenProperty) {
    for payload in RLPMender.variants(bytes) {
        try receiveFirst([0x80] + payload)
    }
    try receiveFirst(bytes)
}

private func receiveFirst(_ content: [UInt8]) throws(BrokenProperty) {
    var session = try HostileSession.begin()
    try session.receive(session.frames.frame(content))
    try session.takeEvents()
    try require(session.isReady || session.isClosed || content.isEmpty, "a first message is neither taken nor refused")
    guard session.isReady else { return }
    // What was agreed works: the first code of the first capability is 16.
    let payload = OutboundMessage(capability: 0, id: 0, compressing: [0xc0]).payload
    try session.receive(session.frames.frame([0x10] + payload))
    try session.takeEvents()
    try require(session.payloads == [[0xc0]], "a ready session doesn't deliver")
}

/// A session after Hello: frames with any code and any snappy block, lies, time, and a node that takes its time.
public func fuzzConnection(_ bytes: [UInt8]) throws(BrokenProperty) {
    var session = try HostileSession.begin()
    try session.receive(session.frames.frame([0x80] + HostileSession.hello))
    var input = FuzzInput(bytes)
    while !input.isAtEnd, !session.isClosed { try step(&session, &input) }
    try session.takeEvents()
    try session.takeBytes()
    // A node that takes what comes, and a peer that is silent: it ends.
    for _ in 0..<8 where !session.isClosed {
        try session.wait(.seconds(31))
        try session.takeEvents()
    }
    try require(session.isClosed, "a silent peer is kept for ever")
}

private func step(_ session: inout HostileSession, _ input: inout FuzzInput) throws(BrokenProperty) {
    switch input.choice(16) {
    case 0...3:
        // A message that is compressed as it should be.
        let code = input.byte()
        let payload = OutboundMessage(capability: 0, id: 0, compressing: input.block()).payload
        try session.receive(session.frames.frame(codeBytes(UInt64(code)) + payload))
    case 4, 5:
        // Any bytes where a snappy block should be: what they stand for is what comes out.
        let block = input.block()
        try session.receive(session.frames.frame([0x10] + block))
        // The last of what has waited for the node.
        repeat { try session.takeEvents() } while session.connection.hasEvents
        guard session.isInStep else { return }
        if let content = PlainSnappy.decompress(block, limit: 5000) {
            try require(session.payloads.last == content || session.isClosed || !session.isReady, "snappy differs")
        } else {
            try require(session.isClosed, "a corrupt snappy block is taken")
        }
    case 6: try session.receive(session.frames.frame(codeBytes(input.uint64()) + input.block()))
    case 7: try session.receive(session.frames.frame(input.block()))
    case 8:
        session.isInStep = false
        try session.receive(input.block())
    case 9:
        session.isInStep = false
        let announced = Int(input.byte()) << 16 | Int(input.uint16())
        try session.receive(session.frames.header(announcing: announced) + session.frames.body(input.block()))
    case 10: try session.wait(.milliseconds(1 << Int64(input.choice(18))))
    case 11: try session.takeEvents()
    case 12: try session.takeBytes()
    case 13:
        let message = OutboundMessage(capability: input.choice(3), id: 0, compressing: input.block())
        session.connection.send([message], now: session.now)
    case 14:
        // Ping, in the codes' own range, as fast as it can.
        for _ in 0..<input.choice(8) { try session.receive(session.frames.frame([2, 1, 0, 0xc0])) }
    default: try end(&session, input.choice(16))
    }
}

private func end(_ session: inout HostileSession, _ choice: Int) throws(BrokenProperty) {
    if let reason = DisconnectReason(rawValue: UInt8(choice)) {
        session.connection.disconnect(reason, now: session.now)
    } else {
        session.connection.remoteClosed(now: session.now)
    }
    try session.takeEvents()
    try require(session.isClosed, "the end is not told")
}

/// A message code as a frame has it.
func codeBytes(_ code: UInt64) -> [UInt8] {
    if code == 0 { return [0x80] }
    if code < 0x80 { return [UInt8(code)] }
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: code >> (56 - 8 * UInt64($0))) }.drop { $0 == 0 }
    return [0x80 + UInt8(bytes.count)] + bytes
}
