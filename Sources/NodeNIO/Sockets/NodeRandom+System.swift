import SansIO

extension NodeRandom {
    /// A generator keyed with 32 bytes of the operating system's cryptographic randomness.
    static func system() -> NodeRandom {
        var generator = SystemRandomNumberGenerator()
        var key: [UInt8] = []
        for _ in 0..<4 { withUnsafeBytes(of: generator.next()) { key.append(contentsOf: $0) } }
        return NodeRandom(key: key)
    }
}
