import CBench
import EthCrypto
import Foundation
import Primitives
import SansIO

/// Hashes and signatures.
enum CryptoFigures {
    static let group = "crypto"

    static func all() -> [Figure] { permutation() + hashes() + signatures() }

    /// One permutation of a long hash, beside OpenSSL's in the same run: both absorb blocks of 136 bytes.
    private static func permutation() -> [Figure] {
        let message = [UInt8].noise(16_384)
        let permutations = Double(16_384 / 136 + 1)
        let before = time(rounds: 7) { count in for _ in 0..<count { keep(Keccak256.hash(message)) } }
        let peer = opensslSpeed(bytes: message.count)
        let after = time(rounds: 7) { count in for _ in 0..<count { keep(Keccak256.hash(message)) } }
        var figure = Figure(
            group, "Keccak-256 of 16 KiB: one permutation",
            Timing(samples: before.samples + after.samples), per: permutations)
        if let peer {
            figure.besides = "openssl speed -evp sha3-256"
            figure.reference = peer / permutations
            figure.ratio = peer / permutations / figure.value
            figure.goal = "ratio >= 1"
            figure.isMet = (figure.ratio ?? 0) >= 1
        }
        let bare = time { bench_permutations($0) }
        return [figure, Figure(group, "Keccak-f[1600]: one permutation, bare", bare)]
    }

    /// Nanoseconds of one SHA3-256 of this many bytes; nil where the program isn't there.
    private static func opensslSpeed(bytes: Int) -> Double? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl", "speed", "-seconds", "2", "-bytes", "\(bytes)", "-evp", "sha3-256"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        // The last line: the name, and thousands of bytes a second.
        guard let last = text.split(separator: "\n").last(where: { $0.lowercased().hasPrefix("sha3-256") }),
            let field = last.split(separator: " ").last, let rate = Double(field.filter { $0 != "k" })
        else { return nil }
        return Double(bytes) / (rate * 1e3) * 1e9
    }

    private static func hashes() -> [Figure] {
        let one = race([{ bench_permutations($0) }])[0]
        var figures: [Figure] = []
        for (size, permutations) in [(11, 1), (512, 4)] {
            let message = [UInt8].noise(size)
            let timings = race([
                { count in for _ in 0..<count { keep(Keccak256.hash(message)) } },
                { bench_permutations($0 * permutations) },
            ])
            figures.append(
                Figure(
                    group, "Keccak-256 of \(size) B", timings[0], besides: "bare: \(permutations) permutations",
                    timings[1]))
        }
        keep(one)
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
                    per: Double(count), goal: count == 64 ? .ratio(4) : nil))
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
