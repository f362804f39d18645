import CLibCrypto
public import Primitives

/// HMAC with SHA-256 (RFC 2104), which authenticates ECIES messages.
public enum HMACSHA256 {
    /// The code of `parts`, one after the other, under `key` of any length. Compare codes with `constantTimeEqual`.
    public static func authenticate(key: [UInt8], _ parts: [UInt8]...) -> Hash32 {
        var message: [UInt8] = []
        message.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        for part in parts { message.append(contentsOf: part) }
        precondition(key.count <= Int(Int32.max), "OpenSSL counts the bytes of a key in 32 bits")
        return Hash32(writtenBy: { output in
            let made = HMAC(SHA256.algorithm.pointer, key, Int32(key.count), message, message.count, output, nil)
            precondition(made != nil, "HMAC authenticates every input")
        })
    }
}
