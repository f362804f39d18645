import CSecp256k1
public import Primitives

/// A private key of secp256k1: a number from 1 to the order of the group minus one.
///
/// It prints as its public key: the secret reaches a log, a dump or a failed test only through `bytes`.
public struct PrivateKey: Sendable {
    private let scalar: Hash32

    /// The public key that belongs to this key.
    public let publicKey: PublicKey

    /// The key with this big-endian scalar.
    ///
    /// - Throws: `CryptoError.invalidPrivateKey` unless it is 32 bytes, not zero, and below the order of the group.
    public init(_ bytes: some Collection<UInt8>) throws(CryptoError) {
        guard let scalar = Hash32(bytes) else { throw .invalidPrivateKey }
        try self.init(scalar: scalar)
    }

    /// The key written as 64 hexadecimal digits, with or without `0x`.
    ///
    /// - Throws: `CryptoError.invalidPrivateKey` as `init(_:)`, or if it is not hexadecimal.
    public init(hex: String) throws(CryptoError) {
        guard let scalar = Hash32(hex: hex) else { throw .invalidPrivateKey }
        try self.init(scalar: scalar)
    }

    private init(scalar: Hash32) throws(CryptoError) {
        var point = secp256k1_pubkey()
        let made = scalar.withBytePointer { secp256k1_ec_pubkey_create(Secp256k1.context, &point, $0) }
        guard made == 1 else { throw .invalidPrivateKey }
        self.scalar = scalar
        publicKey = Secp256k1.publicKey(point)
    }

    /// A new key from the next 32 bytes of `random` (from further 32 bytes in the rare case that these are no valid
    /// key).
    public static func generate(using random: inout some RandomNumberGenerator) -> PrivateKey {
        while true {
            var scalar = Hash32()
            scalar.withUnsafeMutableBytes { bytes in
                for offset in stride(from: 0, to: bytes.count, by: 8) {
                    bytes.storeBytes(of: random.next().littleEndian, toByteOffset: offset, as: UInt64.self)
                }
            }
            if let key = try? PrivateKey(scalar: scalar) { return key }
        }
    }

    /// The scalar, 32 bytes, big-endian.
    public var bytes: [UInt8] { scalar.bytes }

    /// Signs `hash`. The nonce is derived from key and hash (RFC 6979), so the same hash gets the same signature; `s`
    /// is low (EIP-2).
    public func sign(_ hash: Hash32) -> Signature {
        var made = secp256k1_ecdsa_recoverable_signature()
        let signed = hash.withBytePointer { hash in
            scalar.withBytePointer { scalar in
                secp256k1_ecdsa_sign_recoverable(Secp256k1.context, &made, hash, scalar, nil, nil)
            }
        }
        precondition(signed == 1, "a valid key signs every hash")
        return Signature(made)
    }

    /// The X coordinate of the product of this key and `peer`, not hashed: what ECIES and RLPx derive secrets from.
    ///
    /// - Throws: `CryptoError.invalidPublicKey` if `peer` is not on the curve.
    public func sharedSecret(with peer: PublicKey) throws(CryptoError) -> Hash32 {
        guard var point = Secp256k1.parse(peer) else { throw .invalidPublicKey }
        var made: Int32 = 0
        let secret = Hash32(writtenBy: { output in
            made = scalar.withBytePointer { scalar in
                secp256k1_ecdh(
                    Secp256k1.context, output, &point, scalar,
                    { output, x, _, _ in
                        guard let output, let x else { return 0 }
                        output.update(from: x, count: Hash32.byteCount)
                        return 1
                    }, nil)
            }
        })
        precondition(made == 1, "a valid key and a point on the curve have a product")
        return secret
    }
}

extension PrivateKey: Equatable {
    /// Compares in constant time.
    public static func == (left: PrivateKey, right: PrivateKey) -> Bool {
        constantTimeEqual(left.scalar, right.scalar)
    }
}

extension PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "PrivateKey(of \(publicKey))" }

    public var debugDescription: String { description }

    public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}
