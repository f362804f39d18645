import EthCrypto
import Primitives

/// How a parent refers to a node: by the 32 bytes of its hash, or by its encoding itself if that is shorter.
struct NodeReference: Sendable {
    /// The hash, or the encoding followed by zeros.
    var bytes = Hash32()
    /// 32 for a hash, 1 ... 31 for an encoding, 0 if the node is not encoded yet, or if there is no node.
    var count: UInt8 = 0

    /// No node.
    init() {}

    init(bytes: Hash32, count: UInt8) {
        self.bytes = bytes
        self.count = count
    }

    init(hash: Hash32) {
        bytes = hash
        count = 32
    }

    /// The reference to the node with this encoding.
    init(encoding: UnsafeRawBufferPointer) {
        self.init()
        if encoding.count < 32 {
            bytes.withUnsafeMutableBytes { $0.copyMemory(from: encoding) }
            count = UInt8(truncatingIfNeeded: encoding.count)
        } else {
            bytes = Keccak256.hash(encoding)
            count = 32
        }
    }

    var isHash: Bool { count == 32 }

    /// The number of bytes that the reference takes in the encoding of its parent.
    var encodedCount: Int { count == 32 ? 33 : max(1, Int(count)) }

    /// The hash of the node, whatever its size: that of a root is always used.
    var hash: Hash32 {
        isHash ? bytes : bytes.withUnsafeBytes { Keccak256.hash(UnsafeRawBufferPointer(rebasing: $0[..<Int(count)])) }
    }
}
