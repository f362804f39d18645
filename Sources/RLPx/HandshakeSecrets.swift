public import EthCrypto
public import Primitives

/// The secrets that both ends share after the key exchange, as one end uses them: the input of `FrameCodec`.
public struct HandshakeSecrets: Sendable {
    /// The key of the frame encryption, AES-256-CTR in both directions.
    public let aes: Hash32
    /// The key of the block cipher within the frame MACs, AES-256.
    public let mac: Hash32
    /// The initial state of the running hash for the MACs of sent frames.
    public let egress: Keccak256
    /// The initial state of the running hash for the MACs of received frames.
    public let ingress: Keccak256
    /// Whether there are no secrets, and frames are not encrypted: only in a simulation.
    let isPlain: Bool

    /// Known secrets, for instance of a test vector.
    public init(aes: Hash32, mac: Hash32, egress: Keccak256, ingress: Keccak256) {
        self.aes = aes
        self.mac = mac
        self.egress = egress
        self.ingress = ingress
        isPlain = false
    }

    private init() {
        aes = Hash32()
        mac = Hash32()
        egress = Keccak256()
        ingress = Keccak256()
        isPlain = true
    }

    /// No secrets, for simulations.
    static let plain = HandshakeSecrets()
}

extension HandshakeSecrets {
    /// Derives the secrets (rlpx.md, "Initial Handshake").
    ///
    /// - Parameter agreement: the shared secret of the two ephemeral keys.
    /// - Parameter auth: the initiator's message as it was sent, with its size prefix; `ack` likewise the recipient's.
    init(
        agreement: Hash32, initiatorNonce: Hash32, recipientNonce: Hash32, auth: [UInt8], ack: [UInt8],
        isInitiator: Bool
    ) {
        let nonces = Keccak256.hash(recipientNonce.bytes + initiatorNonce.bytes)
        let shared = Keccak256.hash(agreement.bytes + nonces.bytes)
        let aes = Keccak256.hash(agreement.bytes + shared.bytes)
        let mac = Keccak256.hash(agreement.bytes + aes.bytes)
        let fromInitiator = Self.runningHash(mac ^ recipientNonce, auth)
        let fromRecipient = Self.runningHash(mac ^ initiatorNonce, ack)
        self.init(
            aes: aes, mac: mac, egress: isInitiator ? fromInitiator : fromRecipient,
            ingress: isInitiator ? fromRecipient : fromInitiator)
    }

    private static func runningHash(_ start: Hash32, _ message: [UInt8]) -> Keccak256 {
        var hash = Keccak256()
        hash.update(start)
        hash.update(message)
        return hash
    }
}
