import Primitives
import RLP
import RLPx
public import SansIO

extension PeerConnection {
    /// Takes bytes from the peer, in pieces of any size. After the end they are dropped.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer, now: Instant) {
        switch phase {
        case .handshake: receiveHandshake(Array(bytes)[...], now)
        case .hello, .ready:
            codec?.append(bytes)
            openFrames(now)
        case .ended: break
        }
    }

    /// As `receive` for a buffer.
    public mutating func receive(_ bytes: ArraySlice<UInt8>, now: Instant) {
        bytes.withUnsafeBytes { receive($0, now: now) }
    }

    // MARK: Key exchange

    private mutating func receiveHandshake(_ bytes: ArraySlice<UInt8>, _ now: Instant) {
        guard case .handshake(var handshake) = phase else { return }
        do {
            let completed = try handshake.receive(bytes)
            phase = .handshake(handshake)
            guard let completed else { return }
            let answer = handshake.takeOutput()
            output += answer
            controlBytes += answer.count
            beginHello(completed, now)
        } catch {
            end(.protocolError(.handshake(error)), now: now)
        }
    }

    /// Sends Hello at once, without waiting for the peer's or for the node's opinion of the peer: that saves a round
    /// trip, and a Disconnect may follow it.
    private mutating func beginHello(_ completed: Handshake.Completed, _ now: Instant) {
        // A code of one byte, then the payload.
        codec = FrameCodec(completed.secrets, maxContentBytes: 1 + Hello.maxBytes)
        codec?.append(completed.rest[...])
        remoteKey = completed.remoteKey
        phase = .hello
        timers.helloBegan(now)
        events.append(.identified(completed.remoteKey))
        send(code: BaseMessage.hello, payload: Hello(hello, publicKey: publicKey).rlp, now: now)
        openFrames(now)
    }

    // MARK: Frames

    /// Opens what has come, until more is needed or the node is behind.
    mutating func openFrames(_ now: Instant) {
        do {
            while !ingress.isExhausted {
                switch phase {
                case .hello:
                    let first = try codec?.open { code, payload in
                        (code: code, payload: payload.withUnsafeBufferPointer { Array($0) })
                    }
                    guard let first else { return }
                    receiveFirst(first.code, first.payload, now)
                case .ready(let codes):
                    let isCompressed = isCompressed
                    let message = try codec?.open {
                        InboundMessage(code: $0, payload: $1, codes: codes, isCompressed: isCompressed)
                    }
                    guard let message else { return }
                    timers.frameReceived(now)
                    receive(message, codes, now)
                case .handshake, .ended: return
                }
            }
        } catch {
            end(error, now)
        }
    }

    private mutating func end(_ error: RLPxError, _ now: Instant) {
        if case .frameTooLarge(let bytes, let limit) = error, case .ready = phase {
            end(.oversizedMessage(bytes: bytes, limit: limit), now)
        } else {
            end(.frame(error), now)
        }
    }

    private mutating func end(_ error: ConnectionError, _ now: Instant) {
        end(.protocolError(error), telling: error.disconnectReason, now: now)
    }

    // MARK: Hello

    /// The peer's first message: Hello, or Disconnect in its place; neither is compressed, by the specification.
    private mutating func receiveFirst(_ code: UInt64, _ payload: [UInt8], _ now: Instant) {
        switch code {
        case BaseMessage.hello:
            var reader = RLPReader(payload)
            do {
                try receive(Hello(from: &reader), now)
            } catch {
                end(.malformedHello(error), now)
            }
        case BaseMessage.disconnect: end(.remote(DisconnectReason(received: payload)), now: now)
        default: end(.helloExpected(code: code), now)
        }
    }

    private mutating func receive(_ remote: Hello, _ now: Instant) {
        guard let key = remote.publicKey else { return end(.invalidIdentity, now) }
        guard key == remoteKey else {
            return end(.local(.unexpectedIdentity), telling: .unexpectedIdentity, now: now)
        }
        // An older peer doesn't know snappy (EIP-706). All else is as it was: go-ethereum speaks with any version.
        isCompressed = remote.version >= Hello.snappyVersion
        let codes = MessageCodes(local: hello.capabilities, remote: remote.capabilities)
        let said = PeerHello(
            clientID: remote.clientID, p2pVersion: remote.version, listenPort: remote.listenPort,
            capabilities: remote.capabilities, shared: codes.ranges.map(\.capability))
        remoteHello = said
        guard !codes.ranges.isEmpty else { return end(.local(.uselessPeer), telling: .uselessPeer, now: now) }
        phase = .ready(codes)
        codec?.maxContentBytes = codes.maxContentBytes
        ingress = IngressBudget(codes.ranges.map(\.limits), maxBytes: limits.maxBufferedBytes)
        timers.readyBegan(now)
        events.append(.ready(said))
    }

    // MARK: Messages

    private mutating func receive(_ message: InboundMessage, _ codes: MessageCodes, _ now: Instant) {
        switch message {
        case .capability(let place, let id, let payload):
            ingress.add(place: place, bytes: payload.count)
            events.append(.message(capability: codes.ranges[place].capability, id: id, payload: payload))
        case .ping:
            guard pings.take(now: now) else { return end(.pingFlood, now) }
            send(code: BaseMessage.pong, payload: BaseMessage.emptyList(isCompressed: isCompressed), now: now)
        // go-ethereum answers with a Disconnect of the same reason; nobody needs that.
        case .disconnect(let reason): end(.remote(reason), now: now)
        case .broken(let error): end(error, now)
        case .ignored: break
        }
    }
}
