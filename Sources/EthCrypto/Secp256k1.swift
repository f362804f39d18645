import CLibCrypto
import CSecp256k1
import Primitives

/// libsecp256k1's context, and conversions between its points and `PublicKey`.
enum Secp256k1 {
    /// The library's context. It is written only here, before anyone else has it; every function that is called with
    /// it afterwards takes it as a pointer to const, which the library allows from any number of threads.
    private struct Context: @unchecked Sendable {
        let pointer: OpaquePointer

        init() {
            guard let pointer = secp256k1_context_create(UInt32(SECP256K1_CONTEXT_NONE)) else {
                preconditionFailure("out of memory")
            }
            // Blinds multiplications by secrets against timing and power analysis. It never changes a result, so
            // it breaks no replay; without a seed the library works unblinded.
            var seed = Hash32()
            if seed.withUnsafeMutableBytes({ RAND_bytes($0.baseAddress, Int32($0.count)) }) == 1 {
                _ = seed.withBytePointer { secp256k1_context_randomize(pointer, $0) }
            }
            self.pointer = pointer
        }
    }

    private static let shared = Context()

    static var context: OpaquePointer { shared.pointer }

    /// The point with the coordinates `key`; nil if it is not on the curve.
    static func parse(_ key: PublicKey) -> secp256k1_pubkey? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 + PublicKey.byteCount) { encoded in
            encoded[0] = 0x04
            _ = key.withBytePointer {
                encoded[1...].update(fromContentsOf: UnsafeBufferPointer(start: $0, count: PublicKey.byteCount))
            }
            return parse(UnsafeBufferPointer(encoded))
        }
    }

    /// The point encoded in 33 or 65 bytes (SEC 1, section 2.3.4); nil if it is not on the curve.
    static func parse(_ encoded: UnsafeBufferPointer<UInt8>) -> secp256k1_pubkey? {
        guard let address = encoded.baseAddress else { return nil }
        var point = secp256k1_pubkey()
        return secp256k1_ec_pubkey_parse(context, &point, address, encoded.count) == 1 ? point : nil
    }

    /// The coordinates of `point`, which comes from the library.
    static func publicKey(_ point: secp256k1_pubkey) -> PublicKey {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 + PublicKey.byteCount) { encoded in
            var point = point
            var count = encoded.count
            guard let address = encoded.baseAddress,
                secp256k1_ec_pubkey_serialize(context, address, &count, &point, UInt32(SECP256K1_EC_UNCOMPRESSED)) == 1
            else { preconditionFailure("a point that the library made has coordinates") }
            return PublicKey(writtenBy: { $0.update(from: address + 1, count: PublicKey.byteCount) })
        }
    }
}
