import EthCrypto
import Primitives
import Testing

@Suite struct ConstantTimeTests {
    @Test func comparesBytes() {
        let bytes = (0..<40).map { UInt8($0) }
        #expect(constantTimeEqual(bytes, bytes))
        #expect(constantTimeEqual(bytes[4..<20], ([0] + bytes)[5..<21]))
        #expect(constantTimeEqual(bytes, (0..<40).lazy.map { UInt8($0) }))
        #expect(!constantTimeEqual(bytes, bytes.dropLast()))
        #expect(!constantTimeEqual(bytes, []))
        #expect(constantTimeEqual([], []))
        for bit in 0..<320 {
            var changed = bytes
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(!constantTimeEqual(bytes, changed))
            #expect(!constantTimeEqual(bytes, changed.lazy.map { $0 }))
        }
    }

    @Test func comparesBuffers() {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        #expect(constantTimeEqual(nothing, nothing))
        let bytes: [UInt8] = [1, 2, 3]
        bytes.withUnsafeBytes { bytes in
            #expect(constantTimeEqual(bytes, bytes))
            #expect(!constantTimeEqual(bytes, nothing))
            #expect(constantTimeEqual(UnsafeRawBufferPointer(rebasing: bytes[..<0]), nothing))
        }
    }

    @Test func comparesValues() {
        let empty = Keccak256.empty
        #expect(constantTimeEqual(empty, Keccak256.hash([])))
        #expect(!constantTimeEqual(empty, Hash32()))
    }
}
