import CBench
import EthCrypto
import RLPx
import SansIO

/// Whole handshakes against the curve operations that they consist of.
enum HandshakeRace {
    static func figures() throws -> [Figure] {
        var random = NodeRandom(seed: 5)
        let (here, there) = (PrivateKey.generate(using: &random), PrivateKey.generate(using: &random))
        let whole = { (count: Int) in
            for _ in 0..<count { keep(handshake(here, there, &random)) }
        }
        let timings = race(rounds: 21, [whole, { bench_handshake_curve($0) }])
        var both = Figure(
            SessionFigures.group, "handshakes a second and core, both ends", 1e9 / timings[0].median, "/s")
        both.best = 1e9 / timings[0].least
        both.besides = "bare: 4 keys, 8 ECDH, 1 signature, 1 recovery"
        both.reference = 1e9 / timings[1].median
        both.ratio = timings[0].share(of: timings[1])
        both.goal = "ratio >= 0.9"
        both.isMet = (both.ratio ?? 0) >= 0.9

        var initiator = try Handshake(initiatorTo: there.publicKey, identity: here, random: random)
        let auth = initiator.takeOutput()
        let reading = race([
            { count in
                for _ in 0..<count {
                    keep(try? ECIES.decrypt(auth[2...], with: there, authenticating: Array(auth[..<2])))
                }
            }, { bench_ecdh($0) },
        ])
        return [
            both,
            Figure(
                SessionFigures.group, "handshake: auth message decrypted", reading[0], besides: "bare: 1 ECDH",
                reading[1], unit: "us", goal: .ratio(1 / 1.1)),
        ]
    }

    private static func handshake(_ here: PrivateKey, _ there: PrivateKey, _ random: inout NodeRandom) -> Bool {
        guard var initiator = try? Handshake(initiatorTo: there.publicKey, identity: here, random: random.fork())
        else { return false }
        var recipient = Handshake(recipient: there, random: random.fork())
        guard (try? recipient.receive(initiator.takeOutput()[...])) != nil else { return false }
        return (try? initiator.receive(recipient.takeOutput()[...])) != nil
    }
}
