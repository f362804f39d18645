public import EthCrypto
public import Primitives
import RLP
public import SansIO

/// The key exchange at the start of an RLPx connection, for one end of it (rlpx.md, "Initial Handshake").
///
/// Only the form of EIP-8 is supported, as in go-ethereum; the older form without a size prefix is no longer in use.
///
///     initiator: init(initiatorTo:) -> output auth;   receive ack  -> Completed
///     recipient: init(recipient:);                    receive auth -> output ack, Completed
///
/// After an error the connection must be closed; nothing is sent to the peer.
public struct Handshake: Sendable {
    /// The maximum size of a received message without its size prefix, in bytes (go-ethereum).
    public static let maxMessageBytes = 2048

    /// The result of a successful exchange.
    public struct Completed: Sendable {
        /// The secrets of this end, for `FrameCodec`.
        public let secrets: HandshakeSecrets
        /// The peer's static key. The peer has proved that it holds the private key.
        public let remoteKey: PublicKey
        /// Bytes received after the handshake: the beginning of the peer's first frame.
        public let rest: [UInt8]
    }

    private enum Role: Sendable {
        case initiator(to: PublicKey, auth: [UInt8])
        case recipient
    }

    private let role: Role
    /// Whether there is no encryption: only in a simulation.
    private var isPlain = false
    private let identity: PrivateKey
    private let ephemeral: PrivateKey
    private let nonce: Hash32
    private var random: NodeRandom
    private var input: [UInt8] = []
    private var output: [UInt8] = []

    /// The end that dialed. `takeOutput` has its auth message at once.
    ///
    /// - Throws: `invalidKey` if `remoteKey` isn't on the curve.
    public init(initiatorTo remoteKey: PublicKey, identity: PrivateKey, random: NodeRandom) throws(RLPxError) {
        var random = random
        let ephemeral = PrivateKey.generate(using: &random)
        let nonce = Self.nonce(&random)
        guard let shared = try? identity.sharedSecret(with: remoteKey) else { throw .invalidKey }
        let auth = AuthMessage(
            signature: ephemeral.sign(shared ^ nonce), initiatorKey: identity.publicKey, nonce: nonce)
        output = try HandshakeEnvelope.seal(auth, to: remoteKey, random: &random)
        role = .initiator(to: remoteKey, auth: output)
        self.identity = identity
        self.ephemeral = ephemeral
        self.nonce = nonce
        self.random = random
    }

    /// The end that was dialed.
    public init(recipient identity: PrivateKey, random: NodeRandom) {
        var random = random
        self.init(
            recipient: identity, ephemeral: .generate(using: &random), nonce: Self.nonce(&random), random: random)
    }

    /// An exchange of messages of the same sizes without encryption, for simulations. It authenticates nobody.
    ///
    /// - Parameter remoteKey: the key of the peer that is dialed; nil at the end that was dialed.
    package init(plainWith remoteKey: PublicKey?, identity: PrivateKey, random: NodeRandom) {
        var random = random
        // Nothing is encrypted, so no ephemeral key is needed.
        ephemeral = identity
        self.identity = identity
        nonce = Self.nonce(&random)
        isPlain = true
        if let remoteKey {
            let auth = AuthMessage(
                signature: Signature(r: Hash32(), s: Hash32(), recoveryID: 0), initiatorKey: identity.publicKey,
                nonce: nonce)
            output = HandshakeEnvelope.sealPlain(auth, to: remoteKey, random: &random)
            role = .initiator(to: remoteKey, auth: output)
        } else {
            role = .recipient
        }
        self.random = random
    }

    /// The recipient with a given ephemeral key and nonce, for known-answer tests.
    init(recipient identity: PrivateKey, ephemeral: PrivateKey, nonce: Hash32, random: NodeRandom) {
        role = .recipient
        self.identity = identity
        self.ephemeral = ephemeral
        self.nonce = nonce
        self.random = random
    }

    /// Removes and returns the bytes to send.
    public mutating func takeOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }

    /// Adds bytes received from the peer. Returns nil while more are needed.
    ///
    /// The size prefix is checked as soon as it is there, so at most `maxMessageBytes` plus one call's bytes are held.
    ///
    /// - Throws: `handshakeSize`, `undecryptableHandshake`, `malformedHandshake` or `invalidKey`.
    public mutating func receive(_ bytes: ArraySlice<UInt8>) throws(RLPxError) -> Completed? {
        input.append(contentsOf: bytes)
        guard let length = try HandshakeEnvelope.length(input), input.count >= length else { return nil }
        let envelope = Array(input[..<length])
        let rest = Array(input[length...])
        input = []
        switch role {
        case _ where isPlain: return try receivePlain(envelope, rest: rest)
        case .initiator(let remoteKey, let auth):
            return try receive(ack: envelope, from: remoteKey, auth: auth, rest: rest)
        case .recipient:
            return try receive(auth: envelope, rest: rest)
        }
    }

    private func receive(
        ack envelope: [UInt8], from remoteKey: PublicKey, auth: [UInt8], rest: [UInt8]
    ) throws(RLPxError) -> Completed {
        let ack = try HandshakeEnvelope.open(envelope, as: AckMessage.self, with: identity)
        guard let agreement = try? ephemeral.sharedSecret(with: ack.ephemeralKey) else { throw .invalidKey }
        let secrets = HandshakeSecrets(
            agreement: agreement, initiatorNonce: nonce, recipientNonce: ack.nonce, auth: auth, ack: envelope,
            isInitiator: true)
        return Completed(secrets: secrets, remoteKey: remoteKey, rest: rest)
    }

    private mutating func receive(auth envelope: [UInt8], rest: [UInt8]) throws(RLPxError) -> Completed {
        let auth = try HandshakeEnvelope.open(envelope, as: AuthMessage.self, with: identity)
        guard let shared = try? identity.sharedSecret(with: auth.initiatorKey),
            let remoteEphemeral = try? auth.signature.recover(shared ^ auth.nonce),
            let agreement = try? ephemeral.sharedSecret(with: remoteEphemeral)
        else { throw .invalidKey }
        let ack = try HandshakeEnvelope.seal(
            AckMessage(ephemeralKey: ephemeral.publicKey, nonce: nonce), to: auth.initiatorKey, random: &random)
        output = ack
        let secrets = HandshakeSecrets(
            agreement: agreement, initiatorNonce: auth.nonce, recipientNonce: nonce, auth: envelope, ack: ack,
            isInitiator: false)
        return Completed(secrets: secrets, remoteKey: auth.initiatorKey, rest: rest)
    }

    private mutating func receivePlain(_ envelope: [UInt8], rest: [UInt8]) throws(RLPxError) -> Completed {
        switch role {
        case .initiator(let remoteKey, _):
            _ = try HandshakeEnvelope.openPlain(envelope, as: AckMessage.self, by: identity.publicKey)
            return Completed(secrets: .plain, remoteKey: remoteKey, rest: rest)
        case .recipient:
            let auth = try HandshakeEnvelope.openPlain(envelope, as: AuthMessage.self, by: identity.publicKey)
            let ack = AckMessage(ephemeralKey: identity.publicKey, nonce: nonce)
            output = HandshakeEnvelope.sealPlain(ack, to: auth.initiatorKey, random: &random)
            return Completed(secrets: .plain, remoteKey: auth.initiatorKey, rest: rest)
        }
    }

    private static func nonce(_ random: inout NodeRandom) -> Hash32 {
        Hash32(filledBy: { $0.copyBytes(from: random.bytes(Hash32.byteCount)) })
    }
}
