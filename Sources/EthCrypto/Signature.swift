import CSecp256k1
public import Primitives

/// An ECDSA signature on secp256k1, with the two bits needed to recover the signer's public key.
///
/// Any bytes make a value; `recover` and `verify` check the ranges.
public struct Signature: Sendable, Hashable {
    /// The X coordinate of the nonce's point modulo the order of the group, big-endian.
    public var r: Hash32
    /// The second number of the signature, big-endian.
    public var s: Hash32
    /// 0 ... 3: bit 0 is the parity of Y of the nonce's point, bit 1 whether its X was reduced to make `r`.
    public var recoveryID: UInt8

    /// The length of `bytes`: 65.
    public static var byteCount: Int { 65 }

    /// A signature of these numbers, which aren't checked.
    public init(r: Hash32, s: Hash32, recoveryID: UInt8) {
        self.r = r
        self.s = s
        self.recoveryID = recoveryID
    }

    /// The signature encoded in 65 bytes: `r`, `s`, recovery id. Nil for another length.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Signature.byteCount else { return nil }
        let sStart = bytes.index(bytes.startIndex, offsetBy: Hash32.byteCount)
        let idStart = bytes.index(sStart, offsetBy: Hash32.byteCount)
        guard let r = Hash32(bytes[..<sStart]), let s = Hash32(bytes[sStart..<idStart]) else { return nil }
        self.init(r: r, s: s, recoveryID: bytes[idStart])
    }

    /// The signature made by the library.
    init(_ made: secp256k1_ecdsa_recoverable_signature) {
        var made = made
        var recoveryID: Int32 = 0
        // PublicKey serves as a buffer of 64 bytes on the stack, for r and s.
        let compact = PublicKey(writtenBy: { compact in
            _ = secp256k1_ecdsa_recoverable_signature_serialize_compact(
                Secp256k1.context, compact, &recoveryID, &made)
        })
        self.init(r: compact.x, s: compact.y, recoveryID: UInt8(truncatingIfNeeded: recoveryID))
    }

    /// The encoding that `init(_:)` reads, 65 bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Signature.byteCount)
        r.withUnsafeBytes { bytes.append(contentsOf: $0) }
        s.withUnsafeBytes { bytes.append(contentsOf: $0) }
        bytes.append(recoveryID)
        return bytes
    }

    /// The public key that made this signature of `hash`. Accepts a high `s`, as the ECRECOVER precompile does; callers
    /// that must refuse it (EIP-2) check `hasLowS`.
    ///
    /// - Throws: `CryptoError.invalidSignature` if `r`, `s` or the recovery id is out of range or no key fits.
    public func recover(_ hash: Hash32) throws(CryptoError) -> PublicKey {
        // libsecp256k1 aborts the process on any other id.
        guard recoveryID < 4 else { throw .invalidSignature }
        var parsed = secp256k1_ecdsa_recoverable_signature()
        var point = secp256k1_pubkey()
        let isRecovered = withCompact { compact in
            secp256k1_ecdsa_recoverable_signature_parse_compact(
                Secp256k1.context, &parsed, compact, Int32(recoveryID)) == 1
                && hash.withBytePointer { secp256k1_ecdsa_recover(Secp256k1.context, &point, &parsed, $0) } == 1
        }
        guard isRecovered else { throw .invalidSignature }
        return Secp256k1.publicKey(point)
    }

    /// Half the order of the group, rounded down: the largest low `s` (EIP-2).
    private static let halfOrder = UInt256(
        limbs: (0xdfe9_2f46_681b_20a0, 0x5d57_6e73_57a4_501d, 0xffff_ffff_ffff_ffff, 0x7fff_ffff_ffff_ffff))

    /// Whether `s` is at most half the order of the group. Anyone can compute the equally valid (r, order - s) from
    /// (r, s); only the one with the low `s` is accepted in a transaction (EIP-2).
    public var hasLowS: Bool { UInt256(bigEndian: s) <= Signature.halfOrder }

    /// Whether `key` made this signature of `hash`. False for a high `s`, as in go-ethereum's `VerifySignature`, and
    /// for a key that is not on the curve. Does not look at the recovery id.
    public func verify(_ hash: Hash32, by key: PublicKey) -> Bool {
        guard var point = Secp256k1.parse(key) else { return false }
        var parsed = secp256k1_ecdsa_signature()
        return withCompact { compact in
            secp256k1_ecdsa_signature_parse_compact(Secp256k1.context, &parsed, compact) == 1
                && hash.withBytePointer { secp256k1_ecdsa_verify(Secp256k1.context, &parsed, $0, &point) } == 1
        }
    }

    /// Calls a C function with the address of the 64 bytes `r`, `s`.
    private func withCompact<R>(_ body: (UnsafePointer<UInt8>) -> R) -> R {
        var compact = PublicKey()
        compact.x = r
        compact.y = s
        return compact.withBytePointer(body)
    }
}
