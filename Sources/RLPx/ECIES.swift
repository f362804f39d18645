public import EthCrypto
public import Primitives
public import SansIO

/// Encryption to a public key, as in the RLPx handshake (rlpx.md of the devp2p specification, "ECIES Encryption").
///
/// secp256k1, one round of the concatenation KDF of NIST SP 800-56 with SHA-256, AES-128-CTR, HMAC-SHA256. A message is
/// `04 || ephemeral key (64) || counter block (16) || ciphertext || MAC (32)`.
public enum ECIES {
    /// The size of a message minus that of its plaintext, in bytes.
    public static let overhead = 1 + PublicKey.byteCount + blockBytes + Hash32.byteCount

    private static let blockBytes = AESBlock.byteCount

    /// Encrypts `plaintext` to the holder of the private key of `receiver`.
    ///
    /// - Parameter prefix: bytes that the MAC covers too, but that aren't part of the message.
    /// - Throws: `invalidKey` if `receiver` isn't on the curve.
    public static func encrypt(
        _ plaintext: [UInt8], to receiver: PublicKey, authenticating prefix: [UInt8], random: inout NodeRandom
    ) throws(RLPxError) -> [UInt8] {
        let ephemeral = PrivateKey.generate(using: &random)
        guard let shared = try? ephemeral.sharedSecret(with: receiver) else { throw .invalidKey }
        let keys = Keys(shared)
        let counter = random.bytes(blockBytes)
        var ciphertext = plaintext
        var cipher = AESCTR(key: keys.encryption, iv: counter)
        ciphertext.withUnsafeMutableBytes { cipher.apply($0) }
        let code = HMACSHA256.authenticate(key: keys.authentication, counter, ciphertext, prefix)

        var message: [UInt8] = []
        message.reserveCapacity(plaintext.count + overhead)
        message.append(0x04)
        message += ephemeral.publicKey.bytes
        message += counter
        message += ciphertext
        message += code.bytes
        return message
    }

    /// Decrypts a message to `receiver`, after checking its MAC.
    ///
    /// - Throws: `undecryptableHandshake`, whichever check failed: the sender must not learn which.
    public static func decrypt(
        _ message: ArraySlice<UInt8>, with receiver: PrivateKey, authenticating prefix: [UInt8]
    ) throws(RLPxError) -> [UInt8] {
        guard message.count >= overhead, message.first == 0x04 else { throw .undecryptableHandshake }
        var rest = message.dropFirst()
        let sender = PublicKey(rest.prefix(PublicKey.byteCount))
        rest = rest.dropFirst(PublicKey.byteCount)
        let counter = Array(rest.prefix(blockBytes))
        var plaintext = Array(rest.dropFirst(blockBytes).dropLast(Hash32.byteCount))
        // Multiplying a point that isn't on the curve would leak the private key to the sender: `sharedSecret` refuses
        // it.
        guard let sender, let shared = try? receiver.sharedSecret(with: sender) else { throw .undecryptableHandshake }
        let keys = Keys(shared)
        let code = HMACSHA256.authenticate(key: keys.authentication, counter, plaintext, prefix)
        guard constantTimeEqual(code.bytes, rest.suffix(Hash32.byteCount)) else { throw .undecryptableHandshake }
        var cipher = AESCTR(key: keys.encryption, iv: counter)
        plaintext.withUnsafeMutableBytes { cipher.apply($0) }
        return plaintext
    }

    /// The keys derived from the X coordinate of the shared point.
    struct Keys {
        let encryption: [UInt8]
        let authentication: [UInt8]

        init(_ shared: Hash32) {
            let derived = SHA256.hash([0, 0, 0, 1] + shared.bytes).bytes
            encryption = Array(derived[..<16])
            authentication = SHA256.hash(derived[16...]).bytes
        }
    }
}
