public import Primitives

/// HMAC with SHA-256 (RFC 2104), which authenticates ECIES messages.
///
/// Computed as two hashes here: OpenSSL's function looks up both algorithms by name in each call, which takes longer.
public enum HMACSHA256 {
    private static let blockBytes = 64

    /// The MAC of the concatenation of `parts` under `key`, of any length. Compare MACs with `constantTimeEqual`.
    public static func authenticate(key: [UInt8], _ parts: [UInt8]...) -> Hash32 {
        let key = key.count > blockBytes ? SHA256.hash(key).bytes : key
        var inner = [UInt8](repeating: 0x36, count: blockBytes)
        var outer = [UInt8](repeating: 0x5c, count: blockBytes)
        for (index, byte) in key.enumerated() {
            inner[index] ^= byte
            outer[index] ^= byte
        }
        for part in parts { inner += part }
        return SHA256.hash(outer + SHA256.hash(inner).bytes)
    }
}
