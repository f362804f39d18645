import RLPx
public import SansIO

extension PeerConnection {
    /// Frames messages, in order. Those of a capability that the peer doesn't share, and all before `ready` and after
    /// the end, are dropped.
    public mutating func send(_ messages: [OutboundMessage], now: Instant) {
        guard case .ready(let codes) = phase else { return }
        for message in messages {
            guard let code = codes.code(capability: message.capability, id: message.id) else { continue }
            guard let payload = isCompressed ? message.payload : message.rlp else { continue }
            send(code: code, payload: payload, now: now)
        }
    }

    /// Frames a payload that is compressed, where it has to be.
    mutating func send(code: UInt64, payload: [UInt8], now: Instant) {
        let before = output.count
        do {
            try codec?.seal(code: code, payload: payload.span, into: &output)
        } catch {
            // A capability of this node sends what no frame can hold: the peer would wait for it in vain.
            end(.local(.subprotocolError), telling: .subprotocolError, now: now)
            return
        }
        guard !output.isEmpty else { return }
        if code < BaseMessage.codeCount { controlBytes += output.count - before }
        timers.outputBegan(now)
        if output.count > limits.maxOutputBytes { end(.outputOverflow, now: now) }
    }
}
