import CBench
import EthCrypto
import Primitives
import SansIO

/// Hashes and signatures.
enum CryptoFigures {
    static let group = "crypto"

    static func all() -> [Figure] { permutation() + hashes() + ciphers() + signatures() }

    /// Beside OpenSSL's hash of the same rate: both absorb blocks of 136 bytes with the same permutation.
    private static func permutation() -> [Figure] {
        let sizes = [(16_384, "16 KiB: one permutation", 121.0), (32, "32 B", 1)]
        return sizes.map { size, name, permutations in
            let message = [UInt8].noise(size)
            let timings = race([
                { count in for _ in 0..<count { keep(Keccak256.hash(message)) } },
                { bench_sha3(message, size, $0) },
            ])
            return Figure(
                group, "Keccak-256 of \(name)", timings[0], besides: "OpenSSL's SHA3-256", timings[1],
                per: permutations, goal: .ratio(1))
        }
    }

    private static func ciphers() -> [Figure] {
        let block = Box(AESBlock(key: [UInt8](repeating: 1, count: 32)))
        let stream = Box(
            AESCTR(key: [UInt8](repeating: 1, count: 32), iv: [UInt8](repeating: 0, count: AESBlock.byteCount)))
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 64 << 10)
        defer { bytes.deallocate() }
        bytes.initialize(repeating: 0)
        guard let start = bytes.baseAddress else { return [] }
        let first = UnsafeMutableRawBufferPointer(start: start, count: AESBlock.byteCount)
        let blocks = race([
            { count in for _ in 0..<count { block.value.encrypt(first) } }, { bench_aes_blocks($0) },
        ])
        let streams = race([
            { count in for _ in 0..<count { stream.value.apply(UnsafeMutableRawBufferPointer(bytes)) } },
            { bench_aes_stream(start, bytes.count, $0) },
        ])
        return [
            Figure(
                group, "AES-256, one block after the other", blocks[0], besides: "OpenSSL's own", blocks[1],
                goal: .ratio(0.9)),
            Figure(
                group, "AES-256-CTR, 64 KiB", bytes: bytes.count, streams[0], besides: "OpenSSL's own", streams[1],
                goal: .ratio(0.9)),
        ]
    }

    private static func hashes() -> [Figure] {
        var figures: [Figure] = []
        for (size, permutations) in [(32, 1), (512, 4)] {
            let message = [UInt8].noise(size)
            let timings = race([
                { count in for _ in 0..<count { keep(Keccak256.hash(message)) } },
                { bench_permutations($0 * permutations) },
            ])
            figures.append(
                Figure(
                    group, "Keccak-256 of \(size) B", timings[0], besides: "bare permutations: \(permutations)",
                    timings[1]))
        }
        for count in [4, 8, 64] {
            let messages = (0..<count).map { _ in [UInt8].noise(512) }
            let joined = messages.flatMap { $0 }
            let ranges = (0..<count).map { 512 * $0..<512 * ($0 + 1) }
            let timings = race([
                { times in
                    for _ in 0..<times { joined.withUnsafeBytes { keep(Keccak256.hashes(of: ranges, in: $0)) } }
                },
                { times in for _ in 0..<times { for message in messages { keep(Keccak256.hash(message)) } } },
            ])
            figures.append(
                Figure(
                    group, "Keccak-256 of 512 B, \(count) at once: each", timings[0], besides: "one by one", timings[1],
                    per: Double(count), goal: .ratio(count == 4 ? 2 : 4)))
        }
        return figures
    }

    private static func signatures() -> [Figure] {
        var random = NodeRandom(seed: 11)
        let key = PrivateKey.generate(using: &random)
        let hash = Keccak256.hash([1, 2, 3])
        let signature = key.sign(hash)
        let publicKey = key.publicKey
        let rows: [(String, (Int) -> Void, (Int) -> Void)] = [
            ("sign", { count in for _ in 0..<count { keep(key.sign(hash)) } }, { bench_sign($0) }),
            ("recover", { count in for _ in 0..<count { keep(try? signature.recover(hash)) } }, { bench_recover($0) }),
            (
                "verify", { count in for _ in 0..<count { keep(signature.verify(hash, by: publicKey)) } },
                { bench_verify($0) }
            ),
            (
                "shared secret", { count in for _ in 0..<count { keep(try? key.sharedSecret(with: publicKey)) } },
                { bench_ecdh($0) }
            ),
        ]
        return rows.map { name, ours, bare in
            let timings = race([ours, bare])
            return Figure(
                group, "secp256k1: \(name)", timings[0], besides: "the library's own", timings[1], unit: "us",
                goal: .ratio(0.9))
        }
    }
}
