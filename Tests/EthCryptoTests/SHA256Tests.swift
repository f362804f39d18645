import EthCrypto
import Primitives
import Testing

@Suite struct SHA256Tests {
    /// The examples of FIPS 180-4.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func hashesText(text: String, hash: String) {
        let bytes = Array(text.utf8)
        #expect(SHA256.hash(bytes) == Hash32(hex: hash))
        #expect(SHA256.hash(bytes.lazy.map { $0 }) == Hash32(hex: hash))
        for cut in 0...bytes.count {
            let parts = bytes.withUnsafeBytes { bytes in
                SHA256.hash(
                    UnsafeRawBufferPointer(rebasing: bytes[..<cut]), UnsafeRawBufferPointer(start: nil, count: 0),
                    UnsafeRawBufferPointer(rebasing: bytes[cut...]))
            }
            #expect(parts == Hash32(hex: hash))
        }
    }

    @Test func hashOfNoParts() {
        #expect(SHA256.hash() == SHA256.hash([]))
    }
}

@Suite struct HMACSHA256Tests {
    /// The test cases of RFC 4231, but for the fifth, which truncates.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(1...25), [UInt8](repeating: 0xcd, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            [UInt8](repeating: 0xaa, count: 131),
            Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ])
    func authenticates(key: [UInt8], message: [UInt8], code: String) {
        #expect(HMACSHA256.authenticate(key: key, message) == Hash32(hex: code))
        for cut in [0, 1, message.count / 2, message.count] {
            let parts = HMACSHA256.authenticate(
                key: key, Array(message[..<cut]), [], Array(message[cut...]))
            #expect(parts == Hash32(hex: code))
        }
    }

    /// RFC 2104 pads a key with zeros, so an empty one is 64 zeros.
    @Test func acceptsAnEmptyKey() {
        let zeros = HMACSHA256.authenticate(key: [UInt8](repeating: 0, count: 64))
        #expect(HMACSHA256.authenticate(key: []) == zeros)
        #expect(zeros == Hash32(hex: "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"))
    }
}
