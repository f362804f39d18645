/// What is wrong with a key or a signature that came from outside.
public enum CryptoError: Error, Equatable, Sendable {
    /// Not 32 bytes, zero, or not below the order of the group.
    case invalidPrivateKey
    /// Not the coordinates of a point on secp256k1, or of the wrong length.
    case invalidPublicKey
    /// `r`, `s` or the recovery id is out of range, or no key could have made the signature.
    case invalidSignature
}

extension CryptoError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidPrivateKey: "it is not a private key of secp256k1 (64 hexadecimal digits)"
        case .invalidPublicKey: "it is not a public key of secp256k1"
        case .invalidSignature: "it is not a signature that any key could have made"
        }
    }
}
