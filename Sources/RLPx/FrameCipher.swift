import EthCrypto
import Primitives

/// The ciphers and MACs of both directions of one connection.
struct FrameCipher: ~Copyable, Sendable {
    private var macCipher: AESBlock
    private var egressCipher: AESCTR
    private var egressMAC: FrameMAC
    private var ingressCipher: AESCTR
    private var ingressMAC: FrameMAC

    init(_ secrets: HandshakeSecrets) {
        let key = secrets.aes.bytes
        let counter = [UInt8](repeating: 0, count: FrameLayout.block)
        macCipher = AESBlock(key: secrets.mac.bytes)
        egressCipher = AESCTR(key: key, iv: counter)
        egressMAC = FrameMAC(secrets.egress)
        ingressCipher = AESCTR(key: key, iv: counter)
        ingressMAC = FrameMAC(secrets.ingress)
    }

    /// Encrypts a header in place; returns its MAC.
    @inline(__always)
    mutating func sealHeader(_ header: UnsafeMutableRawBufferPointer) -> FrameMAC.Block {
        egressCipher.apply(header)
        return egressMAC.header(header.loadUnaligned(as: FrameMAC.Block.self), &macCipher)
    }

    /// Encrypts a padded body in place; returns its MAC.
    @inline(__always)
    mutating func sealBody(_ body: UnsafeMutableRawBufferPointer) -> FrameMAC.Block {
        egressCipher.apply(body)
        return egressMAC.body(UnsafeRawBufferPointer(body), &macCipher)
    }

    /// Decrypts a header in place; false, and nothing decrypted, unless `found` is its MAC.
    @inline(__always)
    mutating func openHeader(_ header: UnsafeMutableRawBufferPointer, _ found: FrameMAC.Block) -> Bool {
        let expected = ingressMAC.header(header.loadUnaligned(as: FrameMAC.Block.self), &macCipher)
        guard expected.isEqualInConstantTime(found) else { return false }
        ingressCipher.apply(header)
        return true
    }

    /// Decrypts a padded body in place; false, and nothing decrypted, unless `found` is its MAC.
    @inline(__always)
    mutating func openBody(_ body: UnsafeMutableRawBufferPointer, _ found: FrameMAC.Block) -> Bool {
        let expected = ingressMAC.body(UnsafeRawBufferPointer(body), &macCipher)
        guard expected.isEqualInConstantTime(found) else { return false }
        ingressCipher.apply(body)
        return true
    }
}
